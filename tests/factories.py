"""People, organisations and alliances for tests, made through the kernel's own doors.

`person(work)`, `organisation(work)`, `alliance(work, kinds=…)`: an alliance in `proposal`, its parties accepted, each with one member
holding every voice-bearing role, and a facilitator. Rooms build their own stage on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from stdnum.luhn import calc_check_digit

from charter.accounts.models import Person
from charter.accounts.services import know
from charter.alliances.models import Alliance, Facilitator, Organisation, OrganisationKind, Party
from charter.alliances.organisations import OrganisationData, register
from charter.alliances.services import enrol
from charter.journal.services import record
from charter.work import Work
from workflows.events import AllianceProposed
from workflows.proposals import PartyStatus
from workflows.roles import Role

NAMES = {
    OrganisationKind.association: "Les Passerelles de l’emploi",
    OrganisationKind.company: "Vigie Sécurité",
    OrganisationKind.local_authority: "Département du Val-Fleuri",
    OrganisationKind.foundation: "Fondation des Rives",
    OrganisationKind.state_service: "Direction de l’emploi",
    OrganisationKind.academic: "Université du Val",
}
DEFAULT_KINDS = (OrganisationKind.association, OrganisationKind.company, OrganisationKind.local_authority)
SPEAKS = (Role.referent.value, Role.signatory.value, Role.drafter.value)
_numbers = count(1)


def siren(number: int) -> str:
    """A SIREN with a right key."""
    body = f"{80_000_000 + number:08d}"
    return body + calc_check_digit(body)


def person(work: Work, name: str = "", email: str = "") -> Person:
    """Somebody new."""
    number = next(_numbers)
    return know(work, email or f"personne{number}@exemple.test", name or f"Personne {number}")


def organisation(work: Work, kind: OrganisationKind = OrganisationKind.association, name: str = "") -> Organisation:
    """An organisation with a valid SIREN."""
    return register(
        work,
        OrganisationData(name=name or NAMES[kind], kind=kind, siren=siren(next(_numbers)), address="1 place du Marché, 38000 Grenoble"),
    )


def party(
    work: Work,
    into: Alliance,
    kind: OrganisationKind,
    *,
    status: PartyStatus = PartyStatus.accepted,
    roles: Sequence[str] = SPEAKS,
    name: str = "",
) -> Party:
    """A party with one member, already in unless told otherwise."""
    made = Party(
        alliance=into,
        organisation=organisation(work, kind, name),
        status=status,
        color=len(into.parties),
        invited_at=work.now(),
        answered_at=work.now() if status == PartyStatus.accepted else None,
    )
    work.add(made)
    enrol(work, made, person(work), roles, "présidente")
    return made


def alliance(
    work: Work, kinds: Sequence[OrganisationKind] = DEFAULT_KINDS, *, facilitator: bool = True, title: str = "Un sas vers l’emploi"
) -> Alliance:
    """An alliance in proposal, every party accepted."""
    made = Alliance(
        title=title,
        need="Des personnes loin de l’emploi attendent des mois avant un premier contrat.",
        territory_names=["Isère"],
        territory_codes=["departement:38"],
        sdgs=[8, 17],
        domains=["emploi"],
        created_at=work.now(),
    )
    work.add(made)
    for kind in kinds:
        party(work, made, kind)
    made.proposer_id = made.parties[0].id
    if facilitator:
        work.add(Facilitator(alliance=made, person=person(work, "Noé Passeur"), organisation="Atelier des alliances", named_at=work.now()))
    record(work, made.id, AllianceProposed(title=title, party=made.parties[0].ref, organisation=made.parties[0].name))
    work.session.flush()
    return made


def speaker(of: Party) -> Person:
    """The person who speaks for a party."""
    return of.members[0].person
