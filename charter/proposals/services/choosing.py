"""The partnership model: a recommendation that explains itself, and the parties' own choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.errors import Invalid
from charter.i18n import gettext
from charter.proposals import recommendation
from charter.proposals.bill_indicator import BillFacts, Point, bill_indicator
from charter.proposals.catalogue import MODEL_BY_KEY
from charter.proposals.models import Declaration
from charter.proposals.recommendation import Advice, Money, Posture, Situation, advise
from charter.proposals.services.declaring import declarations_of
from charter.proposals.services.proposing import in_stage
from charter.work import Work
from workflows.base import N_
from workflows.events import ModelChosen
from workflows.lifecycle import AllianceStatus

REASON = 2000


def situation_of(work: Work, alliance: Alliance) -> Situation:
    """What the parties declared, as the rules look at it."""
    made = declarations_of(work, alliance)
    said = tuple(
        recommendation.Declaration(
            party=party.name,
            kind=party.organisation.kind,
            objectives=frozenset(made[party.id].objectives),
            levers=frozenset(made[party.id].levers),
            means=frozenset(made[party.id].means),
        )
        for party in alliance.accepted_parties
        if party.id in made
    )
    return Situation(said, _money(made.values()), _posture(made.values()))


def recommend(work: Work, alliance: Alliance) -> Advice:
    """The nine models, best first, with their reasons. It advises and never blocks."""
    return advise(situation_of(work, alliance))


def choose_model(work: Work, alliance: Alliance, model_key: str, reason: str = "") -> None:
    """The parties' choice. A reason is needed when it is not the model advised.

    Raises Invalid (model, reason), Conflict once drafting is over.
    """
    hold(work, alliance)
    in_stage(alliance, AllianceStatus.proposal, AllianceStatus.drafting)
    first = recommend(work, alliance).first
    advised = first.model.key if first else None
    _check_choice(model_key, reason.strip(), advised)
    alliance.model, alliance.model_reason = model_key, reason.strip()
    announce(work, alliance, ModelChosen(model=model_key, recommended=advised))


def bill_points(work: Work, alliance: Alliance) -> tuple[Point, ...]:
    """The five points of the bill that was not adopted, for this alliance: an indicator, never a condition."""
    made = declarations_of(work, alliance)
    innovative = any("innovation" in one.objectives or "societal_innovation" in one.levers for one in made.values()) if made else None
    kinds = frozenset(party.organisation.kind for party in alliance.accepted_parties)
    return bill_indicator(BillFacts(kinds=kinds, innovative=innovative, single_votes=True))


def _check_choice(model_key: str, reason: str, advised: str | None) -> None:
    errors = {}
    if model_key not in MODEL_BY_KEY:
        errors["model"] = [gettext(N_("Choisissez un des neuf modèles"))]
    elif model_key != advised and len(reason) < 3:
        errors["reason"] = [gettext(N_("Dites en quelques mots pourquoi vous choisissez ce modèle"))]
    if len(reason) > REASON:
        errors["reason"] = [gettext(N_("Écrivez %(most)s caractères au plus"), most=REASON)]
    if errors:
        raise Invalid(errors)


def _money(made: Iterable[Declaration]) -> Money | None:
    """The nature most flows have; none when everybody said that no money flows; None while nobody declared."""
    declarations = list(made)
    natures = Counter(flow["nature"] for one in declarations for flow in one.money_flows)
    if natures:
        return max((Money(nature) for nature in natures), key=lambda money: (natures[money], -list(Money).index(money)))
    return Money.none if declarations else None


def _posture(made: Iterable[Declaration]) -> Posture | None:
    """The posture most parties take; None when they are evenly divided or nobody declared."""
    counted = Counter(one.posture for one in made).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return Posture(counted[0][0])
