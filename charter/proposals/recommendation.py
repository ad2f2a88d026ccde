"""A first, explained recommendation of a partnership model among the nine. Pure: it advises and never blocks.

Each rule looks at what the parties declared and gives points to some models, with its reason in plain words. The ranking
is the sum; equal scores keep the models' own order. `advise` also says which other answer would put another model first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from charter.alliances.models import PUBLIC_KINDS, OrganisationKind
from charter.proposals.catalogue import MODELS, PartnershipModel
from workflows.base import N_


class Money(StrEnum):
    """Whether money flows between the parties, and why. Keys of `catalogue.MONEY`."""

    none = "none"
    gift = "gift"
    subsidy = "subsidy"
    price = "price"
    pooled = "pooled"


class Posture(StrEnum):
    """Keys of `catalogue.POSTURES`."""

    exchange = "exchange"
    coconstruction = "coconstruction"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one party declared: keys of `catalogue.OBJECTIVES`, `LEVERS` and `MEANS`."""

    party: str
    kind: OrganisationKind
    objectives: frozenset[str] = frozenset()
    levers: frozenset[str] = frozenset()
    means: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the rules look at. `money` and `posture` are None while nobody answered."""

    declarations: tuple[Declaration, ...] = ()
    money: Money | None = None
    posture: Posture | None = None

    def aiming(self, objective: str) -> tuple[str, ...]:
        """Names of the parties that declared `objective`."""
        return tuple(d.party for d in self.declarations if objective in d.objectives)

    def using(self, lever: str) -> tuple[str, ...]:
        """Names of the parties that declared `lever`."""
        return tuple(d.party for d in self.declarations if lever in d.levers)

    def bringing(self, means: str, *kinds: OrganisationKind) -> tuple[str, ...]:
        """Names of the parties that bring `means`, among `kinds` when given."""
        return tuple(d.party for d in self.declarations if means in d.means and (not kinds or d.kind in kinds))

    def of_kind(self, *kinds: OrganisationKind) -> tuple[str, ...]:
        """Names of the parties of these kinds."""
        return tuple(d.party for d in self.declarations if d.kind in kinds)


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: a French msgid and its params. `points` may be negative."""

    text: str
    points: int
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One model with its score and why, strongest reason first."""

    model: PartnershipModel
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """« If … (`text`, a msgid), then `model` would come first. »"""

    text: str
    model: PartnershipModel


@dataclass(frozen=True, slots=True)
class Advice:
    """All nine models, best first; `clear` is False when the first two are close or nothing was declared."""

    ranking: tuple[Ranked, ...]
    clear: bool
    caveats: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def first(self) -> Ranked | None:
        """The model advised; None when nothing declared speaks for any."""
        return self.ranking[0] if self.ranking[0].score > 0 else None


COMPANY = OrganisationKind.company
CLEAR_GAP = 2
MAX_CHANGES = 4

Points = Mapping[int, int]
Grant = tuple[Points, str, Mapping[str, object]]


def _money_rules(s: Situation) -> Iterator[Grant]:
    if s.money is Money.gift:
        yield {1: 4, 2: 2}, N_("De l’argent ou des biens sont donnés, sans prix en retour."), {}
        yield {6: -2, 9: -3}, N_("Ce modèle suppose un échange, et il s’agit ici d’un don."), {}
    if s.money is Money.price:
        yield {7: 3, 9: 3, 6: 2, 8: 1}, N_("Une partie en paie une autre pour un service."), {}
        yield {1: -3, 2: -2}, N_("Un service payé n’est pas un don."), {}
    if s.money is Money.pooled:
        yield {5: 4, 6: 2}, N_("Les parties mettent de l’argent en commun."), {}
    if s.money is Money.subsidy:
        yield {3: 2, 5: 1}, N_("Une subvention soutient un projet au service d’un besoin du territoire."), {}
    if s.money is Money.none:
        yield {4: 3, 2: 1}, N_("Aucun argent ne circule : les parties échangent du temps et des savoirs."), {}
        yield {7: -2, 9: -2}, N_("Ce modèle suppose un paiement, et aucun argent ne circule."), {}


def _posture_rules(s: Situation) -> Iterator[Grant]:
    if s.posture is Posture.coconstruction:
        yield {3: 2, 5: 2, 6: 1}, N_("Les parties veulent construire ensemble un but commun."), {}
    if s.posture is Posture.exchange:
        yield {4: 2, 9: 2, 7: 1, 8: 1, 6: 1, 1: 1}, N_("Chaque partie aide l’autre à atteindre son propre but."), {}


def _objective_rules(s: Situation) -> Iterator[Grant]:
    innovation, performance = s.aiming("innovation"), s.aiming("performance")
    if len(innovation) >= 2:
        yield {3: 3, 5: 2}, N_("Plusieurs parties veulent innover : %(parties)s."), {"parties": innovation}
    elif innovation:
        yield {3: 1, 5: 1}, N_("%(parties)s veut innover."), {"parties": innovation}
    if len(performance) >= 2:
        yield {6: 3, 4: 1}, N_("Plusieurs parties veulent mieux faire leur métier : %(parties)s."), {"parties": performance}
    elif performance:
        yield {6: 1, 8: 1, 9: 1}, N_("%(parties)s veut mieux faire son métier."), {"parties": performance}
    if mobilising := s.aiming("mobilisation"):
        yield {2: 2}, N_("Faire agir des personnes est un objectif de : %(parties)s."), {"parties": mobilising}
    if solidarity := s.aiming("solidarity"):
        yield {1: 1, 7: 1}, N_("La solidarité est un objectif de : %(parties)s."), {"parties": solidarity}


def _lever_rules(s: Situation) -> Iterator[Grant]:
    if givers := s.using("philanthropy"):
        yield {1: 2, 2: 2}, N_("Le mécénat est un levier de : %(parties)s."), {"parties": givers}
    if responsible := s.using("csr"):
        yield {8: 2, 7: 2}, N_("La responsabilité sociétale (RSE) est un levier de : %(parties)s."), {"parties": responsible}
    if inventive := s.using("societal_innovation"):
        yield {3: 2, 5: 1}, N_("L’innovation sociétale est un levier de : %(parties)s."), {"parties": inventive}


def _means_rules(s: Situation) -> Iterator[Grant]:
    if teams := s.bringing("human", COMPANY):
        yield {2: 2, 4: 1}, N_("Des équipes d’entreprise donnent du temps ou des compétences : %(parties)s."), {"parties": teams}
    if s.bringing("financial", COMPANY, OrganisationKind.foundation) and not teams and s.money is not Money.price:
        yield {1: 2}, N_("Le soutien d’une entreprise ou d’une fondation est surtout financier."), {}
    if len(sharing := s.bringing("human")) >= 2:
        yield {4: 2, 3: 1}, N_("Plusieurs parties apportent des compétences : %(parties)s."), {"parties": sharing}
    if len(equipped := s.bringing("material")) >= 2:
        yield {6: 1, 5: 1}, N_("Plusieurs parties apportent du matériel ou des locaux : %(parties)s."), {"parties": equipped}


def _kind_rules(s: Situation) -> Iterator[Grant]:
    if researchers := s.of_kind(OrganisationKind.academic):
        yield {3: 2}, N_("Un acteur de la recherche aide à essayer et à mesurer : %(parties)s."), {"parties": researchers}
    if s.declarations and not s.of_kind(COMPANY):
        yield {4: 1, 6: 1}, N_("Les parties peuvent partager ce qu’elles savent faire, sans entreprise parmi elles."), {}
        yield {2: -2, 8: -1}, N_("Ce modèle suppose le plus souvent une entreprise."), {}


RULES: tuple[Callable[[Situation], Iterator[Grant]], ...] = (
    _money_rules,
    _posture_rules,
    _objective_rules,
    _lever_rules,
    _means_rules,
    _kind_rules,
)

WHAT_IF: tuple[tuple[str, Callable[[Situation], Situation]], ...] = (
    (N_("si les parties voulaient construire ensemble un but commun"), lambda s: replace(s, posture=Posture.coconstruction)),
    (N_("si chaque partie aidait surtout l’autre à atteindre son propre but"), lambda s: replace(s, posture=Posture.exchange)),
    (N_("si aucun argent ne circulait"), lambda s: replace(s, money=Money.none)),
    (N_("si une partie donnait à une autre, sans prix en retour"), lambda s: replace(s, money=Money.gift)),
    (N_("si une partie en payait une autre pour un service"), lambda s: replace(s, money=Money.price)),
    (N_("si les parties mettaient de l’argent en commun"), lambda s: replace(s, money=Money.pooled)),
    (N_("si toutes les parties voulaient innover"), lambda s: _all_add(s, "objectives", "innovation")),
    (N_("si toutes les parties apportaient des compétences"), lambda s: _all_add(s, "means", "human")),
    (N_("si la responsabilité sociétale (RSE) était leur levier"), lambda s: _all_add(s, "levers", "csr")),
)


def rank(situation: Situation) -> tuple[Ranked, ...]:
    """The nine models, best first."""
    reasons: dict[int, list[Reason]] = {model.number: [] for model in MODELS}
    for rule in RULES:
        for points, text, params in rule(situation):
            for number, count in points.items():
                reasons[number].append(Reason(text, count, params))
    ranked = [
        Ranked(model, sum(r.points for r in reasons[model.number]), tuple(sorted(reasons[model.number], key=lambda r: -r.points)))
        for model in MODELS
    ]
    return tuple(sorted(ranked, key=lambda r: (-r.score, r.model.number)))


def advise(situation: Situation) -> Advice:
    """The ranking, whether it is clear, what to keep in mind, and which other answers would change the first model."""
    ranking = rank(situation)
    clear = ranking[0].score - ranking[1].score >= CLEAR_GAP
    return Advice(ranking, clear, tuple(_caveats(situation, clear)), _changes(situation, ranking[0].model))


def _caveats(situation: Situation, clear: bool) -> Iterator[str]:
    yield N_("Ce conseil aide à en parler. Les parties choisissent librement leur modèle.")
    if not clear:
        yield N_("Plusieurs modèles sont proches : prenez le temps de les comparer ensemble.")
    if situation.declarations and not situation.of_kind(COMPANY):
        yield N_(
            "Les neuf modèles décrivent surtout des liens entre associations et entreprises. Sans entreprise, lisez-les avec souplesse."
        )
    if situation.money is Money.price and situation.of_kind(*PUBLIC_KINDS):
        yield N_("Une partie publique qui paie un service doit vérifier les règles de la commande publique.")
    if situation.money is Money.subsidy and situation.declarations and not situation.of_kind(*PUBLIC_KINDS):
        yield N_("Une subvention vient d’une personne publique, et aucune partie ne l’est.")


def _changes(situation: Situation, first: PartnershipModel) -> tuple[Change, ...]:
    found: dict[str, Change] = {}
    for text, change in WHAT_IF:
        other = rank(change(situation))[0].model
        if other.key != first.key and other.key not in found:
            found[other.key] = Change(text, other)
    return tuple(found.values())[:MAX_CHANGES]


def _all_add(situation: Situation, name: str, value: str) -> Situation:
    declarations = tuple(_added(declaration, name, value) for declaration in situation.declarations)
    return replace(situation, declarations=declarations)


def _added(declaration: Declaration, name: str, value: str) -> Declaration:
    both = {"objectives": declaration.objectives, "levers": declaration.levers, "means": declaration.means}
    both[name] = both[name] | {value}
    return Declaration(declaration.party, declaration.kind, **both)
