"""The proposal's mails, and those about who belongs to an alliance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.alliances.models import ROLE_LABELS, Alliance, Party
from charter.alliances.services import party_of
from charter.i18n import gettext, speaking
from charter.proposals.services import invitation_of
from charter.work import Work
from workflows.base import N_
from workflows.proposals import PartyStatus
from workflows.roles import Role

Told = Mapping[str, Any]


@builder("proposals.invitation")
def invitation(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Who invites, to what, and a single-use link; nothing once the party has answered or the invitation was withdrawn."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    party = party_of(alliance, event["party"])
    found = invitation_of(work, party)
    if party.status != PartyStatus.invited or found is None:
        return None
    link = found.link if found.link and not found.link.used_at and found.link.expires_at > work.now() else None
    answer_url = _url(work, alliance, "/reponse")
    values = {
        "url": accounts.link_url(work, link) if link else answer_url,
        "answer_url": answer_url,
        "until": link.expires_at if link else None,
        "party": party.name,
        "inviter": found.inviter.display_name if found.inviter else "",
        "proposer": _proposer(alliance),
        "word": found.word,
    }
    return _mail(work, person, alliance, "invitation", N_("Invitation à faire alliance : %(title)s"), values)


@builder("proposals.invitation_cancelled")
def invitation_cancelled(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """There is nothing to answer any more."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    values = {"party": event["organisation"], "proposer": _proposer(alliance)}
    return _mail(work, person, alliance, "invitation_cancelled", N_("Invitation retirée : %(title)s"), values)


@builder("proposals.party_accepted")
def party_accepted(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """A party has come in, with its word."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    party = party_of(alliance, event["party"])
    values = {"url": _url(work, alliance, "/proposition"), "party": event["organisation"], "word": party.answer_word}
    return _mail(work, person, alliance, "party_accepted", N_("%(party)s entre dans l’alliance « %(title)s »"), values)


@builder("proposals.party_declined")
def party_declined(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """A party has declined, and why; to those who lead only."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    values = {"url": _url(work, alliance, "/proposition"), "party": event["organisation"], "word": event["reason"]}
    return _mail(work, person, alliance, "party_declined", N_("%(party)s décline l’invitation : %(title)s"), values)


@builder("proposals.party_left")
def party_left(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """A party has left, and why."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    values = {"url": _url(work, alliance), "party": event["organisation"], "word": event["reason"]}
    return _mail(work, person, alliance, "party_left", N_("%(party)s quitte l’alliance « %(title)s »"), values)


@builder("proposals.member_added")
def member_added(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Somebody now acts for a party; nothing when they no longer do."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    party = party_of(alliance, event["party"])
    member = next((one for one in party.members if one.person_id == person_id and one.is_active), None)
    if member is None:
        return None
    with speaking(person.language):
        roles = [gettext(ROLE_LABELS[Role(role)]) for role in member.roles]
    values = {"url": _url(work, alliance), "party": party.name, "roles": roles}
    return _mail(work, person, alliance, "member_added", N_("Vous agissez pour %(party)s dans l’alliance « %(title)s »"), values)


@builder("proposals.facilitator_named")
def facilitator_named(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Somebody is the « tiers de confiance »; nothing when they no longer are."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    if not any(one.person_id == person_id and one.ended_at is None for one in alliance.facilitators):
        return None
    values = {"url": _url(work, alliance), "parties": [party.name for party in alliance.accepted_parties]}
    return _mail(work, person, alliance, "facilitator_named", N_("Vous êtes le tiers de confiance de l’alliance « %(title)s »"), values)


@builder("proposals.abandoned")
def abandoned(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """The alliance has ended before its time."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    values = {"url": _url(work, alliance), "word": event["reason"]}
    return _mail(work, person, alliance, "abandoned", N_("L’alliance « %(title)s » s’arrête"), values)


def _mail(work: Work, person: Person, alliance: Alliance, name: str, subject: str, values: dict[str, Any]) -> Mail:
    values = {"title": alliance.title, "name": person.name, **values}
    with speaking(person.language):
        said = gettext(subject, **values)
    return Mail(to=person.email, to_name=person.name, subject=said, template=f"proposals/{name}", values=values, language=person.language)


def _url(work: Work, alliance: Alliance, path: str = "") -> str:
    return f"{work.settings.public_url}/alliances/{alliance.ref}{path}"


def _proposer(alliance: Alliance) -> str:
    leading: Party | None = next((party for party in alliance.parties if party.id == alliance.proposer_id), None)
    return leading.name if leading else alliance.title
