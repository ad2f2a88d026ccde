"""The signature over the API: the same journey and the same rules as the pages. Bearer tokens; problems in problem+json.

A signatory reads (`GET …/documents/{kind}.pdf`), says so, has a code mailed, types it, then returns the consent sentence word for word.
"""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, me, standing
from charter.adapters.http.requests import keep
from charter.alliances.services import party_of
from charter.errors import CharterError, Forbidden
from charter.signing import api_evidence, api_parties, api_times, services
from charter.signing.answers import file, manages, the_envelope, trace
from charter.signing.api_blueprint import api
from charter.signing.evidence_access import whole
from charter.signing.models import Envelope, Signatory
from charter.signing.schemas import (
    CeremonyView,
    EnvelopeView,
    SignatoryIn,
    SigningCodeIn,
    SigningConsentIn,
    SigningDeadlineIn,
    SigningReadIn,
    SigningReasonIn,
)
from workflows.base import N_

__all__ = ["api", "api_evidence", "api_parties", "api_times"]
PARTIES = ("accepted", "left")


@api.get("")
@api.response(200, EnvelopeView)
@inside("alliance.see", parties=PARTIES)
def envelope(alliance_ref: str) -> Envelope:
    """The newest envelope: its status, documents and signatories."""
    return the_envelope()


@api.put("/signatories/<party_ref>")
@api.arguments(SignatoryIn)
@api.response(200, EnvelopeView)
@inside("alliance.see")
def choose(data: dict[str, Any], alliance_ref: str, party_ref: str) -> Envelope:
    """Names who signs for a party: its own referent may, or those who lead the alliance."""
    found, party = the_envelope(), party_of(standing().alliance, party_ref)
    if not manages(party):
        raise Forbidden(N_("Seuls le référent de cette partie et celui qui mène l’alliance choisissent qui signe pour elle."))
    services.choose_signatory(current_work(), found, party, data["member"], data["title"])
    return found


@api.put("/deadline")
@api.arguments(SigningDeadlineIn)
@api.response(200, EnvelopeView)
@inside("signing.prepare")
def set_deadline(data: dict[str, Any], alliance_ref: str) -> Envelope:
    """Sets the day by which signatures are hoped for."""
    found = the_envelope()
    services.set_deadline(current_work(), found, data["deadline"])
    return found


@api.post("/send")
@api.response(200, EnvelopeView)
@inside("signing.prepare")
def send(alliance_ref: str) -> Envelope:
    """Sends the envelope to its signatories."""
    found = the_envelope()
    services.send(current_work(), found)
    return found


@api.post("/void")
@api.arguments(SigningReasonIn)
@api.response(200, EnvelopeView)
@inside("signing.void")
def void(data: dict[str, str], alliance_ref: str) -> Envelope:
    """Takes the envelope back; a new version of the contract opens."""
    found = the_envelope()
    services.void(current_work(), found, data["reason"])
    return found


@api.post("/signatories/<signatory_ref>/reminder")
@api.response(204)
@inside("signing.prepare")
def remind(alliance_ref: str, signatory_ref: str) -> None:
    """Reminds a signatory by mail, or whoever must give the visa they wait for, once a day at most."""
    services.remind(current_work(), services.signatory_of(the_envelope(), signatory_ref))


@api.get("/mine")
@api.response(200, CeremonyView)
@inside("signing.sign")
def mine(alliance_ref: str) -> dict[str, Any]:
    """Where the caller's own signature stands, and the sentence to return to sign."""
    return _ceremony(_mine())


@api.post("/mine/reading")
@api.response(200, CeremonyView)
@inside("signing.sign")
def have_read(alliance_ref: str) -> dict[str, Any]:
    """The caller has read every document to its end."""
    own = _mine()
    services.open_documents(current_work(), own, **trace())
    return _ceremony(own)


@api.post("/mine/reading/<kind>")
@api.arguments(SigningReadIn)
@api.response(200, CeremonyView)
@inside("signing.sign")
def read_to_end(data: dict[str, str], alliance_ref: str, kind: str) -> dict[str, Any]:
    """The caller has read one document (`charter`, `contract`) to its end; noted once."""
    own = _mine()
    services.read_to_end(current_work(), own, kind, data["way"], **trace())
    return _ceremony(own)


@api.post("/mine/code")
@api.response(202, CeremonyView)
@inside("signing.sign")
def send_code(alliance_ref: str) -> dict[str, Any]:
    """Mails a six-digit code to the caller."""
    own = _mine()
    services.send_code(current_work(), own, **trace())
    return _ceremony(own)


@api.post("/mine/identification")
@api.arguments(SigningCodeIn)
@api.response(200, CeremonyView)
@inside("signing.sign")
def identify(data: dict[str, str], alliance_ref: str) -> dict[str, Any]:
    """Checks the code. Five tries a code, counted even when refused."""
    own = _mine()
    try:
        services.identify(current_work(), own, data["code"], **trace())
    except CharterError:
        keep()
        raise
    return _ceremony(own)


@api.post("/mine/signature")
@api.arguments(SigningConsentIn)
@api.response(202, CeremonyView)
@inside("signing.sign")
def confirm(data: dict[str, str], alliance_ref: str) -> dict[str, Any]:
    """The caller signs; the seal follows by itself (the status becomes `sealing`, then `signed`)."""
    own = _mine()
    services.confirm(current_work(), own, data["sentence"], **trace())
    return _ceremony(own)


@api.post("/mine/refusal")
@api.arguments(SigningReasonIn)
@api.response(200, EnvelopeView)
@inside("signing.sign")
def decline(data: dict[str, str], alliance_ref: str) -> Envelope:
    """The caller refuses to sign; a new version of the contract opens."""
    own = _mine()
    services.decline(current_work(), own, data["reason"], **trace())
    return own.envelope


@api.get("/documents/<kind>.pdf")
@api.response(200, content_type="application/pdf")
@inside("alliance.see", parties=PARTIES)
def document(alliance_ref: str, kind: str) -> Response:
    """A document (`charter`, `contract`) with the signatures it has so far, exactly as stored."""
    work = current_work()
    found = services.document_of(the_envelope(), kind)
    return file(work.storage.get(found.current_sha256), services.describe(found).name, "application/pdf")


@api.get("/evidence.json")
@api.response(200, content_type="application/json")
@inside("alliance.see", parties=PARTIES)
def evidence_json(alliance_ref: str) -> Response:
    """The evidence file as canonical JSON (RFC 8785), with everybody's network address: for the envelope's signatories and approvers, the
    referents and signatories of the parties it names, and those who lead or facilitate the alliance; 403 to others."""
    return file(services.evidence(current_work(), whole(the_envelope()), "json"), "preuve.json", "application/json")


@api.get("/evidence.pdf")
@api.response(200, content_type="application/pdf")
@inside("alliance.see", parties=PARTIES)
def evidence_pdf(alliance_ref: str) -> Response:
    """The evidence file for people; open to the same as the JSON."""
    return file(services.evidence(current_work(), whole(the_envelope()), "pdf"), "preuve.pdf", "application/pdf")


def _mine() -> Signatory:
    return services.mine(the_envelope(), me(), standing().party)


def _ceremony(own: Signatory) -> dict[str, Any]:
    work = current_work()
    unread = [one.kind for one in services.unread(work, own)]
    return {"signatory": own, "unread": unread, "identified": services.identified(work, own), "sentence": services.sentence(own)}
