"""Whom a party chooses for a part in its signature: one of its people, or somebody new who joins it for that."""

from __future__ import annotations

from dataclasses import dataclass

from charter.accounts.services import clean_email
from charter.alliances.models import Member, Party
from charter.alliances.services import add_member
from charter.errors import Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Choice:
    """A member's id; or, when None, the name and address of somebody new."""

    member: int | None = None
    name: str = ""
    email: str = ""
    title: str = ""


def bring(work: Work, party: Party, choice: Choice, role: Role) -> Member:
    """The member chosen, brought in with `role` when new; a signatory must hold the role already. Raises Invalid (member, name, email)."""
    if choice.member is None and not choice.email.strip():
        raise Invalid({"member": [gettext(N_("Choisissez une personne, ou indiquez le nom et l’adresse d’une autre"))]})
    member = _known(party, choice)
    if member is None:
        return add_member(work, party, email=choice.email, name=choice.name, roles=[role.value], title=choice.title)
    if role == Role.signatory and role not in member.roles:
        text = N_("%(name)s n’a pas le rôle de représentant habilité : son référent alliance peut le lui donner, page « Parties »")
        raise Invalid({"member" if choice.member is not None else "email": [gettext(text, name=member.person.display_name)]})
    return member


def _known(party: Party, choice: Choice) -> Member | None:
    active = [one for one in party.members if one.is_active]
    if choice.member is None:
        address = clean_email(choice.email)
        return next((one for one in active if one.person.email == address), None)
    found = next((one for one in active if one.id == choice.member), None)
    if found is None:
        raise Invalid({"member": [gettext(N_("Choisissez une personne de la liste"))]})
    return found
