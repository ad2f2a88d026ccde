"""Inviting a party, and its answer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from charter.accounts.models import Person
from charter.accounts.services import clean_email, know, make_link
from charter.alliances.announce import announce
from charter.alliances.models import PARTY_COLORS, Alliance, Organisation, OrganisationKind, Party
from charter.alliances.organisations import OrganisationData, register
from charter.alliances.services import check_distinct, enrol, hold
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from charter.proposals.models import Invitation
from charter.proposals.services.proposing import PROPOSER_ROLES, in_stage
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import InvitationCancelled, PartyAccepted, PartyDeclined, PartyInvited
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyChart, PartyStatus, RefusalFacts

LINK_LIFE = timedelta(days=14)
WORD = 2000
OPEN = (AllianceStatus.proposal, AllianceStatus.drafting)


def invite(
    work: Work,
    alliance: Alliance,
    organisation_name: str,
    kind: OrganisationKind,
    email: str,
    name: str = "",
    word: str = "",
    *,
    siren: str = "",
) -> Party:
    """Invites an organisation through one person, by mail. `siren` may be a SIRET.

    Raises Invalid (organisation_name, siren, email, word) when it cannot be read or is in already, Conflict once the writing
    has begun with at least two parties.
    """
    hold(work, alliance)
    _may_invite(alliance)
    data = _organisation(organisation_name, kind, siren)
    errors = {**check_distinct(alliance, data, field="organisation_name"), **_address_errors(alliance, clean_email(email))}
    if len(word) > WORD:
        errors["word"] = [gettext(N_("Écrivez %(most)s caractères au plus"), most=WORD)]
    if errors:
        raise Invalid(errors)
    person = know(work, email, name)
    party = _party(work, alliance, data, person, name)
    invitation = _invitation(work, party, person, word)
    announce(work, alliance, PartyInvited(party=party.ref, organisation=party.name, invitation=str(invitation.id)))
    return party


def accept(work: Work, party: Party, word: str = "") -> None:
    """The invited party comes in. Raises NotNow when it has answered already, Conflict when the alliance takes no one in any more."""
    alliance = hold(work, party.alliance)
    in_stage(alliance, *OPEN)
    fire(PartyChart, party, "accept")
    party.answered_at, party.answer_word = work.now(), word.strip()[:WORD]
    announce(work, alliance, PartyAccepted(party=party.ref, organisation=party.name))


def decline(work: Work, party: Party, reason: str) -> None:
    """The invited party says no, and why. Raises Blocked without a reason, NotNow when it has answered already."""
    alliance = hold(work, party.alliance)
    reason = reason.strip()[:WORD]
    fire(PartyChart, party, "decline", RefusalFacts(party.name, reason))
    party.answered_at, party.answer_word = work.now(), reason
    announce(work, alliance, PartyDeclined(party=party.ref, organisation=party.name, reason=reason))


def cancel(work: Work, party: Party) -> None:
    """Withdraws an invitation nobody answered. Raises NotNow when it was answered meanwhile."""
    alliance = hold(work, party.alliance)
    fire(PartyChart, party, "cancel")
    announce(work, alliance, InvitationCancelled(party=party.ref, organisation=party.name))


def invitation_of(work: Work, party: Party) -> Invitation | None:
    """How the party was invited; None for the proposer."""
    return work.session.scalar(select(Invitation).where(Invitation.party_id == party.id))


def may_invite(alliance: Alliance) -> bool:
    """While it is a proposal; or while it is written, when one party is left alone."""
    alone = len([party for party in alliance.parties if party.status in (PartyStatus.accepted, PartyStatus.invited)]) < 2
    return alliance.status == AllianceStatus.proposal or (alliance.status == AllianceStatus.drafting and alone)


def _may_invite(alliance: Alliance) -> None:
    if not may_invite(alliance):
        raise Conflict(N_("La co-rédaction a commencé avec les parties présentes : on n’invite plus à cette étape."))


def _organisation(name: str, kind: OrganisationKind, siren: str) -> OrganisationData:
    """Organisation data whose number, 9 or 14 digits, goes where it belongs."""
    digits = "".join(character for character in siren if character.isalnum())
    return OrganisationData(name=name, kind=kind, siret=siren) if len(digits) == 14 else OrganisationData(name=name, kind=kind, siren=siren)


def _address_errors(alliance: Alliance, email: str) -> dict[str, list[str]]:
    for party in alliance.parties:
        if party.status in (PartyStatus.accepted, PartyStatus.invited) and any(
            one.is_active and one.person.email == email for one in party.members
        ):
            text = (
                N_("Cette personne a déjà été invitée pour %(party)s")
                if party.status == PartyStatus.invited
                else N_("Cette personne agit déjà pour %(party)s")
            )
            return {"email": [gettext(text, party=party.name)]}
    if any(one.person.email == email and one.ended_at is None for one in alliance.facilitators):
        return {"email": [gettext(N_("Cette personne est votre tiers de confiance : elle n’appartient à aucune partie"))]}
    return {}


def _party(work: Work, alliance: Alliance, data: OrganisationData, person: Person, name: str) -> Party:
    party = work.add(
        Party(
            alliance=alliance,
            organisation=_register(work, data),
            status=PartyStatus.invited,
            color=len(alliance.parties) % PARTY_COLORS,
            invited_email=person.email,
            invited_name=name.strip()[:200],
            invited_at=work.now(),
            members=[],
        )
    )
    enrol(work, party, person, PROPOSER_ROLES)
    return party


def _register(work: Work, data: OrganisationData) -> Organisation:
    try:
        return register(work, data)
    except Invalid as error:
        names = {"name": "organisation_name", "siret": "siren"}
        raise Invalid({names.get(field, field): messages for field, messages in error.fields.items()}) from error


def _invitation(work: Work, party: Party, person: Person, word: str) -> Invitation:
    link = make_link(work, person, next_path=f"/alliances/{party.alliance.ref}/reponse", life=LINK_LIFE)
    return work.add(Invitation(party=party, inviter_id=work.actor.person_id, link=link, word=word.strip(), created_at=work.now()))
