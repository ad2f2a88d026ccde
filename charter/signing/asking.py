"""Who is asked what as turns come, as somebody signs for another, as a visa is awaited or refused: followers, audiences and mails."""

from __future__ import annotations

from collections.abc import Iterable

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.alliances.announce import follows, recipients
from charter.alliances.models import Alliance, Party
from charter.errors import NotFound
from charter.signing.letters import Told, ceremony_url, envelope_told, letter, page_url, until
from charter.signing.models import Approver, Envelope, Signatory
from charter.signing.services.envelopes import by_ref, departed
from charter.signing.services.inviting import invite
from charter.signing.services.turns import acts, turn_of
from charter.work import Work
from workflows.base import N_
from workflows.events import Event
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus
from workflows.visas import ApproverStatus


@follows("signing.invite")
def turns_come(work: Work, alliance: Alliance, event: Event) -> None:
    """Something moved: those whose turn has come are asked."""
    invite(work, by_ref(work, alliance, str(getattr(event, "envelope", ""))))


@recipients("signing_party")
def signing_party(work: Work, alliance: Alliance, event: Event) -> Iterable[Person]:
    """Who signs for the party, and its referents."""
    party, signatory = _party(work, alliance, event)
    return [*([signatory.person] if signatory else []), *(one.person for one in party.members_with(Role.referent))]


@recipients("delegation")
def delegation(work: Work, alliance: Alliance, event: Event) -> Iterable[Person]:
    """The holder, who was to sign, the party's referents: all but who signs now, who is invited, and whoever does it."""
    party, signatory = _party(work, alliance, event)
    referents = (one.person_id for one in party.members_with(Role.referent))
    ids = [int(getattr(event, "holder", 0)), int(getattr(event, "former", 0)), *referents]
    told = (work.session.get(Person, one) for one in dict.fromkeys(ids))
    away = {work.actor.person_id, signatory.person_id if signatory else None}
    return [one for one in told if one is not None and one.id not in away]


@builder("signing.visa_asked")
def visa_asked(work: Work, approver_id: int, alliance_id: int) -> Mail | None:
    """Your visa is awaited; nothing once it is said, or no more asked."""
    return _visa(work, work.get(Approver, approver_id), N_("Votre visa est attendu : %(title)s"))


@builder("signing.visa_reminder")
def visa_reminder(work: Work, approver_id: int, alliance_id: int) -> Mail | None:
    """The same, again."""
    return _visa(work, work.get(Approver, approver_id), N_("Rappel : votre visa est attendu, %(title)s"))


def _visa(work: Work, own: Approver, subject: str) -> Mail | None:
    if own.status != ApproverStatus.awaited or not acts(own) or not _out(own.envelope):
        return None
    envelope = own.envelope
    values = {
        "url": page_url(work, envelope.alliance, "/signature/mon-visa"),
        "party": own.party.name,
        "signer": next((one.name for one in envelope.signatories if one.party_id == own.party_id), ""),
        "documents": [one.title for one in envelope.documents],
        "deadline": until(envelope, own.person.language),
    }
    return letter(work, own.person, envelope.alliance, "visa_asked", subject, values, to=own.email)


@builder("signing.visa_given")
def visa_given(work: Work, signatory_id: int, alliance_id: int) -> Mail | None:
    """Nothing keeps you from signing any more."""
    own = work.get(Signatory, signatory_id)
    if own.status not in AWAITED or not _out(own.envelope) or turn_of(own.envelope, own):
        return None
    values = {"url": ceremony_url(work, own), "party": own.organisation}
    alliance = own.envelope.alliance
    return letter(work, own.person, alliance, "visa_given", N_("Vous pouvez signer : %(title)s"), values, to=own.email)


@builder("signing.visa_refused")
def visa_refused(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Somebody holds a party's signature back, and why; nothing once it is settled."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = envelope_told(work, alliance, event)
    live = (one for one in envelope.approvers if one.status == ApproverStatus.refused and one.party.ref == event["party"])
    refused = next((one for one in live if str(one.person_id) == event["person"]), None)
    if refused is None or not _out(envelope):
        return None
    values = {
        "url": page_url(work, alliance, "/signature"),
        "approver": refused.name,
        "party": refused.party.name,
        "reason_given": event["reason"],
    }
    return letter(work, person, alliance, "visa_refused", N_("Visa refusé pour %(party)s : %(title)s"), values)


@builder("signing.delegated")
def delegated(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Somebody else signs for the party, by delegation."""
    return _delegation(work, person_id, event, alliance_id, "delegated", N_("Signature déléguée pour %(party)s : %(title)s"))


@builder("signing.delegation_ended")
def delegation_ended(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """The holder signs after all."""
    return _delegation(work, person_id, event, alliance_id, "delegation_ended", N_("Fin de délégation pour %(party)s : %(title)s"))


def _delegation(work: Work, person_id: int, event: Told, alliance_id: int, name: str, subject: str) -> Mail | None:
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = envelope_told(work, alliance, event)
    own = next((one for one in envelope.signatories if one.ref == event["signatory"]), None)
    if own is None or envelope.status not in (EnvelopeStatus.draft, EnvelopeStatus.sent):
        return None
    holder = work.get(Person, int(event["holder"]))
    signer = work.get(Person, int(event["person"])) if "person" in event else holder
    url = page_url(work, alliance, "/signature")
    values = {"url": url, "party": own.organisation, "signer": signer.display_name, "holder": holder.display_name}
    return letter(work, person, alliance, name, subject, values)


def _party(work: Work, alliance: Alliance, event: Event) -> tuple[Party, Signatory | None]:
    ref = getattr(event, "party", "")
    party = next((one for one in alliance.parties if one.ref == ref), None)
    if party is None:
        raise NotFound
    envelope = by_ref(work, alliance, str(getattr(event, "envelope", "")))
    return party, next((one for one in envelope.signatories if one.party_id == party.id), None)


def _out(envelope: Envelope) -> bool:
    return envelope.status == EnvelopeStatus.sent and not departed(envelope)
