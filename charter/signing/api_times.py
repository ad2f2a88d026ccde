"""Deadlines, reminders and copies over the API."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, me
from charter.signing import services
from charter.signing.answers import copied_party, manages, the_envelope
from charter.signing.api_blueprint import api
from charter.signing.copy_schemas import CopyIn, CopyView
from charter.signing.models import Approver, CopyRecipient, Envelope, Signatory
from charter.signing.schemas import EnvelopeView, SigningDeadlineIn
from charter.signing.services.recalling import moments
from charter.signing.time_schemas import SigningRemindedView, SigningRemindersIn, SigningRemindersView
from workflows.signing import EnvelopeStatus


@api.post("/extension")
@api.arguments(SigningDeadlineIn)
@api.response(200, EnvelopeView)
@inside("signing.prepare")
def extend(data: dict[str, Any], alliance_ref: str) -> Envelope:
    """Moves the deadline of documents already sent to a later day; those awaited are told by mail."""
    found = the_envelope()
    services.extend(current_work(), found, data["deadline"])
    return found


@api.get("/reminders")
@api.response(200, SigningRemindersView)
@inside("alliance.see")
def reminders(alliance_ref: str) -> dict[str, Any]:
    """The automatic reminders, and when the next ones leave."""
    return _reminders(the_envelope())


@api.put("/reminders")
@api.arguments(SigningRemindersIn)
@api.response(200, SigningRemindersView)
@inside("signing.prepare")
def choose_reminders(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """Chooses the automatic reminders, before or after the sending."""
    found = the_envelope()
    services.choose_reminders(current_work(), found, data["days"], data["most"])
    return _reminders(found)


@api.post("/reminder")
@api.response(200, SigningRemindedView)
@inside("signing.prepare")
def remind_everyone(alliance_ref: str) -> dict[str, Any]:
    """Reminds by mail all those whose signature, or the visa it waits for, is awaited now, once a day and person at most."""
    reminded = services.remind_everyone(current_work(), the_envelope())
    return {
        "signatories": [one.ref for one in reminded if isinstance(one, Signatory)],
        "approvers": [one.ref for one in reminded if isinstance(one, Approver)],
    }


@api.get("/copies")
@api.response(200, CopyView(many=True))
@inside("alliance.see")
def copies(alliance_ref: str) -> list[dict[str, Any]]:
    """Those who are to get a copy of the signed documents; addresses are told to those who may change them."""
    return [_copy(one) for one in services.copies_of(current_work(), the_envelope())]


@api.post("/copies/<party_ref>")
@api.arguments(CopyIn)
@api.response(201, CopyView)
@inside("alliance.see")
def ask_copy(data: dict[str, str], alliance_ref: str, party_ref: str) -> dict[str, Any]:
    """A party has somebody get a copy once everybody has signed: its own referent may ask, or those who lead the alliance."""
    party = copied_party(party_ref)
    return _copy(services.ask_copy(current_work(), the_envelope(), party, me(), data["name"], data["email"]))


@api.delete("/copies/<party_ref>/<copy_ref>")
@api.response(204)
@inside("alliance.see")
def remove_copy(alliance_ref: str, party_ref: str, copy_ref: str) -> None:
    """That person gets no copy after all."""
    party = copied_party(party_ref)
    services.remove_copy(current_work(), the_envelope(), party, copy_ref)


def _reminders(envelope: Envelope) -> dict[str, Any]:
    work, policy = current_work(), services.policy_of(current_work(), envelope)
    out = envelope.status == EnvelopeStatus.sent
    ahead = [at for at in moments(work, envelope.alliance, envelope) if at > work.now()] if out else []
    return {"days": list(policy.days), "most": policy.most, "next": ahead}


def _copy(one: CopyRecipient) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("ref", "name", "asked_at", "sent_at")}
    return {**told, "party": one.party.ref, "email": one.email if manages(one.party) else ""}
