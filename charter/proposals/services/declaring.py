"""A party's declaration, one screen at a time, and made when every screen is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import rfc8785
from sqlalchemy import select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.alliances.services import hold
from charter.errors import Conflict, Invalid, Refused
from charter.i18n import gettext
from charter.proposals.catalogue import LEVERS, MEANS, MONEY, OBJECTIVES, POSTURES, Entry
from charter.proposals.models import Declaration
from charter.proposals.services.proposing import in_stage
from charter.work import Work
from workflows.base import N_, Missing
from workflows.events import DeclarationMade
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus

TEXT = 4000
LABEL = 300
MAX_CENTS = 10**13

STEPS: Mapping[str, tuple[str, ...]] = {
    "objectives": ("objectives",),
    "levers": ("levers",),
    "means": ("means",),
    "contributions": ("contributions",),
    "money": ("money_flows",),
    "constraints": ("constraints",),
    "strengths": ("strengths",),
    "asymmetries": ("fragilities", "needs"),
    "posture": ("posture",),
}
"""The screens, in order, and what each fills."""

CHOICES: Mapping[str, Sequence[Entry]] = {"objectives": OBJECTIVES, "levers": LEVERS, "means": MEANS}
NATURES = frozenset(entry.key for entry in MONEY) - {"none"}


@dataclass(frozen=True)
class DeclarationData:
    """A whole declaration; see `models.Declaration` for the shapes."""

    objectives: Sequence[str] = ()
    levers: Sequence[str] = ()
    means: Sequence[str] = ()
    contributions: Sequence[Mapping[str, Any]] = ()
    money_flows: Sequence[Mapping[str, Any]] = ()
    constraints: str = ""
    strengths: str = ""
    fragilities: str = ""
    needs: str = ""
    posture: str = ""


FIELDS = tuple(field.name for field in fields(DeclarationData))


def declaration_of(work: Work, party: Party) -> Declaration | None:
    """The party's declaration, begun or made."""
    return work.session.scalar(select(Declaration).where(Declaration.party_id == party.id))


def declarations_of(work: Work, alliance: Alliance) -> dict[int, Declaration]:
    """The declarations made by the parties that are in, by party id."""
    ids = [party.id for party in alliance.accepted_parties]
    rows = work.session.scalars(select(Declaration).where(Declaration.party_id.in_(ids), Declaration.sha256 != ""))
    return {row.party_id: row for row in rows}


def next_step(declaration: Declaration | None) -> str:
    """The first screen not answered yet; empty when all are."""
    answered = declaration.answered if declaration else []
    return next((step for step in STEPS if step not in answered), "")


def answer(work: Work, party: Party, step: str, values: Mapping[str, Any]) -> Declaration:
    """Saves one screen. A declaration made already is made anew when the answer changed it.

    Raises Invalid, Conflict, KeyError on an unknown step.
    """
    wanted = STEPS[step]
    _may_declare(work, party)
    clean = _checked(party, {name: values.get(name, getattr(DeclarationData, name)) for name in wanted})
    declaration = _row(work, party)
    for name, value in clean.items():
        setattr(declaration, name, value)
    _forget_contributions(declaration)
    if step not in declaration.answered:
        declaration.answered = [*declaration.answered, step]
    declaration.updated_at = work.now()
    if declaration.is_made:
        _make(work, party, declaration)
    work.session.flush()
    return declaration


def finish(work: Work, party: Party) -> Declaration:
    """Makes the declaration from the screens answered. Raises Refused naming the screens that wait, Conflict."""
    _may_declare(work, party)
    declaration = _row(work, party)
    waiting = next_step(declaration)
    if waiting:
        raise Refused(
            N_("Il reste des questions sans réponse."), [Missing(N_("Répondez à toutes les questions de la déclaration"), (party.name,))]
        )
    _make(work, party, declaration)
    return declaration


def declare(work: Work, party: Party, data: DeclarationData) -> Declaration:
    """Makes a whole declaration at once. Raises Invalid naming each wrong field, Conflict."""
    _may_declare(work, party)
    clean = _checked(party, asdict(data))
    declaration = _row(work, party)
    for name, value in clean.items():
        setattr(declaration, name, value)
    declaration.answered, declaration.updated_at = list(STEPS), work.now()
    _make(work, party, declaration)
    return declaration


def canonical(declaration: Declaration) -> bytes:
    """The declaration as RFC 8785 JSON: what its hash is over."""
    return rfc8785.dumps({name: getattr(declaration, name) for name in FIELDS})


def _may_declare(work: Work, party: Party) -> None:
    alliance = hold(work, party.alliance)
    in_stage(alliance, AllianceStatus.proposal, AllianceStatus.drafting)
    if party.status != PartyStatus.accepted:
        raise Conflict(N_("Votre organisation ne fait pas partie de cette alliance."))


def _row(work: Work, party: Party) -> Declaration:
    found = declaration_of(work, party)
    return found or work.add(Declaration(party=party, updated_at=work.now(), answered=[]))


def _make(work: Work, party: Party, declaration: Declaration) -> None:
    digest = hashlib.sha256(canonical(declaration)).hexdigest()
    if digest != declaration.sha256:
        declaration.sha256, declaration.made_at = digest, work.now()
        announce(work, party.alliance, DeclarationMade(party=party.ref, sha256=digest))


def _forget_contributions(declaration: Declaration) -> None:
    """Contributions of a means no longer declared go with it."""
    declaration.contributions = [one for one in declaration.contributions if one["means"] in declaration.means]


def _checked(party: Party, values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    clean = {name: _clean(party, name, value, errors) for name, value in values.items()}
    if errors:
        raise Invalid(errors)
    return clean


def _clean(party: Party, name: str, value: Any, errors: dict[str, list[str]]) -> Any:
    if name in CHOICES:
        kept = [entry.key for entry in CHOICES[name] if entry.key in value]
        if not kept or set(value) - set(kept):
            errors[name] = [gettext(N_("Choisissez au moins une réponse dans la liste"))]
        return kept
    if name == "posture":
        if value not in {entry.key for entry in POSTURES}:
            errors[name] = [gettext(N_("Choisissez une des deux réponses"))]
        return value
    if name == "contributions":
        return [_contribution(one, errors) for one in value]
    if name == "money_flows":
        return [_flow(party, one, errors) for one in value]
    text = str(value).strip()
    if len(text) > TEXT:
        errors[name] = [gettext(N_("Écrivez %(most)s caractères au plus"), most=TEXT)]
    return text


def _contribution(one: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    means, label = one.get("means", ""), " ".join(str(one.get("label", "")).split())
    if means not in {entry.key for entry in MEANS}:
        errors["contributions"] = [gettext(N_("Choisissez des moyens dans la liste"))]
    elif not 2 <= len(label) <= LABEL:
        errors["contributions"] = [gettext(N_("Dites en quelques mots ce que vous apportez"))]
    return {"means": means, "label": label, "cents": _cents(one.get("cents"), "contributions", errors)}


def _flow(party: Party, one: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    nature, to = one.get("nature", ""), one.get("to", "")
    others = {
        other.ref for other in party.alliance.parties if other is not party and other.status in (PartyStatus.accepted, PartyStatus.invited)
    }
    if nature not in NATURES:
        errors["money_flows"] = [gettext(N_("Dites s’il s’agit d’un don, d’une subvention, d’un prix ou d’une mise en commun"))]
    elif (to not in others) if nature != "pooled" else bool(to):
        errors["money_flows"] = [gettext(N_("Dites à quelle partie de l’alliance vous versez cet argent"))]
    purpose = " ".join(str(one.get("purpose", "")).split())[:LABEL]
    return {"nature": nature, "to": to, "cents": _cents(one.get("cents"), "money_flows", errors), "purpose": purpose}


def _cents(value: Any, field: str, errors: dict[str, list[str]]) -> int | None:
    if value is None or (isinstance(value, int) and 0 <= value < MAX_CENTS):
        return value
    errors[field] = [gettext(N_("Indiquez un montant en euros, ou laissez vide"))]
    return None
