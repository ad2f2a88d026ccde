"""What follows the life of an amendment: it lapses with its object; who is asked, and who proposed, are told by mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.alliances.announce import follows, recipients
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.models import Amendment
from charter.drafting.schemas.amendments import AMENDMENT_KINDS
from charter.i18n import gettext, speaking
from charter.work import Work
from workflows.base import N_
from workflows.events import Event


@follows("drafting.lapse_amendments")
def lapse_amendments(work: Work, alliance: Alliance, event: Event) -> None:
    """Those without object any more lapse."""
    services.lapse_amendments(work, alliance)


@follows("drafting.settle_agreed")
def settle_agreed(work: Work, alliance: Alliance, event: Event) -> None:
    """A round lets articles go: amendments all agree on, which waited for it, enter the text."""
    services.settle_agreed(work, alliance)


@recipients("answerers")
def answerers(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    """Those who speak for the other parties."""
    proposer = getattr(event, "party", "")
    asked = [party for party in alliance.accepted_parties if party.ref != proposer]
    return [member.person for party in asked for member in services.speakers(work, party)]


@builder("drafting.amendment_proposed")
def proposed(work: Work, person_id: int, alliance_id: int, event: dict[str, Any], **_: Any) -> Mail | None:
    """A party asks the others for their word on its amendment."""
    return _mail(work, person_id, alliance_id, event, "amendment_proposed", N_("%(party)s propose un amendement : « %(title)s »"))


@builder("drafting.amendment_accepted")
def accepted(work: Work, person_id: int, alliance_id: int, event: dict[str, Any], **_: Any) -> Mail | None:
    """To the party that proposed: its words are in the text."""
    return _mail(work, person_id, alliance_id, event, "amendment_accepted", N_("Votre amendement est accepté : « %(title)s »"))


@builder("drafting.amendment_refused")
def refused(work: Work, person_id: int, alliance_id: int, event: dict[str, Any], **_: Any) -> Mail | None:
    """To the party that proposed: it is refused, and why."""
    return _mail(work, person_id, alliance_id, event, "amendment_refused", N_("Votre amendement est refusé : « %(title)s »"))


def _mail(work: Work, person_id: int, alliance_id: int, event: dict[str, Any], template: str, subject: str) -> Mail | None:
    person, alliance = work.get(Person, person_id), work.get(Alliance, alliance_id)
    amendment = work.session.scalar(select(Amendment).where(Amendment.ref == event["amendment"]))
    if amendment is None:
        return None
    with speaking(person.language):
        said = gettext(subject, title=amendment.title, party=amendment.party.name)
        values = _values(work, alliance, amendment)
    name = f"drafting/{template}"
    return Mail(to=person.email, subject=said, template=name, values=values, to_name=person.display_name, language=person.language)


def _values(work: Work, alliance: Alliance, amendment: Amendment) -> dict[str, Any]:
    return {
        "title": alliance.title,
        "amendment": amendment.title,
        "kind": gettext(AMENDMENT_KINDS[amendment.kind]),
        "party": amendment.party.name,
        "person": amendment.person.display_name,
        "reason_given": amendment.reason,
        "ending": amendment.ending,
        "against": [{"party": one.party.name, "reason": one.reason} for one in amendment.positions if one.reason],
        "url": f"{work.settings.public_url}/alliances/{alliance.ref}/charte/amendements/{amendment.ref}",
    }
