"""How parties get ready to sign, over the API: order, proofs of authority, delegation, visas. The same services as the pages."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, limiter, me, standing, takes_files
from charter.alliances.services import party_of
from charter.i18n import say
from charter.signing import services
from charter.signing.answers import attached, limiting_party, the_envelope
from charter.signing.api_blueprint import api
from charter.signing.models import Approver, AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.party_schemas import (
    ApproverView,
    DelegationIn,
    PersonIn,
    PreparedView,
    ProofQuery,
    ProofView,
    SigningOrderIn,
    VisaRefusalIn,
)
from charter.signing.services.proofs import check_before_signature, check_own_party
from workflows.signing import AWAITED, EnvelopeStatus

PARTIES = ("accepted", "left")
FORM = 64 * 1024
"""What a form adds around a file."""
BODY = {"required": True, "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}


@api.get("/preparation")
@api.response(200, PreparedView(many=True))
@inside("alliance.see", parties=PARTIES)
def preparation(alliance_ref: str) -> list[dict[str, Any]]:
    """Each signatory's rank, delegation, proofs and visa, and what must come before their turn."""
    return _prepared(the_envelope())


@api.put("/order")
@api.arguments(SigningOrderIn)
@api.response(200, PreparedView(many=True))
@inside("signing.prepare")
def set_order(data: dict[str, Any], alliance_ref: str) -> list[dict[str, Any]]:
    """Chooses who signs before whom, while the envelope is a draft."""
    services.set_order(current_work(), the_envelope(), data["ranks"])
    return _prepared(the_envelope())


@api.post("/signatories/<signatory_ref>/proofs")
@limiter.limit("60 per hour")
@api.doc(requestBody=BODY)
@api.arguments(ProofQuery, location="query")
@api.response(201, ProofView)
@inside("signing.authority")
@takes_files(services.MAX_PROOF + FORM)
def join_proof(data: dict[str, str], alliance_ref: str, signatory_ref: str) -> AuthorityProof:
    """Joins a PDF, a JPEG or a PNG: the part `file` of a form, or the whole body. The party's own, until it has signed."""
    work, own, sent = current_work(), _signatory(signatory_ref), request.files.get("file")
    check_own_party(work, own)
    check_before_signature(own)
    name, content = (sent.filename or "", sent.read(services.MAX_PROOF + 1)) if sent else (data["name"], request.get_data())
    work.pause()
    file = services.keep_proof(work, name, content)
    return services.join_proof(work, _signatory(signatory_ref), ProofKind(data["kind"]), file)


@api.get("/signatories/<signatory_ref>/proofs/<proof_ref>")
@inside("alliance.see", parties=PARTIES)
def proof_file(alliance_ref: str, signatory_ref: str, proof_ref: str) -> Response:
    """The file of a proof, as it was sent."""
    own = services.signatory_seen(current_work(), standing().alliance, signatory_ref, limiting_party())
    proof = services.proof_of(own, proof_ref)
    return attached(current_work().storage.get(proof.sha256), proof.filename, proof.mime)


@api.delete("/signatories/<signatory_ref>/proofs/<proof_ref>")
@api.response(204)
@inside("signing.authority")
def withdraw_proof(alliance_ref: str, signatory_ref: str, proof_ref: str) -> None:
    """Takes a proof back, until the party has signed."""
    services.withdraw_proof(current_work(), services.proof_of(_signatory(signatory_ref), proof_ref))


@api.put("/signatories/<signatory_ref>/delegation")
@api.arguments(DelegationIn)
@api.response(200, PreparedView)
@inside("signing.authority")
def delegate(data: dict[str, Any], alliance_ref: str, signatory_ref: str) -> dict[str, Any]:
    """Somebody else of the party signs, by delegation: the holder may, or the party's referent, until the signature is given."""
    own = _signatory(signatory_ref)
    choice = services.Choice(data["member"], data["name"], data["email"], data["title"])
    services.delegate(current_work(), own, choice, services.proof_of(own, data["proof"]))
    return _prepared_one(own)


@api.delete("/signatories/<signatory_ref>/delegation")
@api.response(204)
@inside("signing.authority")
def end_delegation(alliance_ref: str, signatory_ref: str) -> None:
    """The holder signs after all."""
    services.end_delegation(current_work(), _signatory(signatory_ref))


@api.put("/parties/<party_ref>/approver")
@api.arguments(PersonIn)
@api.response(200, ApproverView)
@inside("party.members")
def ask_visa(data: dict[str, Any], alliance_ref: str, party_ref: str) -> Approver:
    """Names whose visa must come before the party signs; the party's referent may."""
    party = party_of(standing().alliance, party_ref)
    return services.ask_visa(current_work(), the_envelope(), party, services.Choice(data["member"], data["name"], data["email"]))


@api.delete("/parties/<party_ref>/approver")
@api.response(204)
@inside("alliance.see")
def lift_visa(alliance_ref: str, party_ref: str) -> None:
    """The party does without a visa: its referent says so; once it has none left, its signatory, or those who lead or facilitate."""
    services.lift_visa(current_work(), the_envelope(), party_of(standing().alliance, party_ref))


@api.get("/visa")
@api.response(200, ApproverView)
@inside("alliance.see")
def visa(alliance_ref: str) -> Approver:
    """The visa asked of the caller."""
    return services.my_visa(the_envelope(), me())


@api.post("/visa/approval")
@api.response(200, ApproverView)
@inside("alliance.see")
def give_visa(alliance_ref: str) -> Approver:
    """The caller approves the documents; their hashes are recorded."""
    own = services.my_visa(the_envelope(), me())
    services.give_visa(current_work(), own)
    return own


@api.post("/visa/refusal")
@api.arguments(VisaRefusalIn)
@api.response(200, ApproverView)
@inside("alliance.see")
def refuse_visa(data: dict[str, str], alliance_ref: str) -> Approver:
    """The caller holds the party's signature back, and may think again until it is given."""
    own = services.my_visa(the_envelope(), me())
    services.refuse_visa(current_work(), own, data["reason"])
    return own


def _signatory(ref: str) -> Signatory:
    return services.signatory_of(the_envelope(), ref)


def _prepared(envelope: Envelope) -> list[dict[str, Any]]:
    return [_prepared_one(one) for one in services.with_proofs(current_work(), envelope)]


def _prepared_one(one: Signatory) -> dict[str, Any]:
    envelope = one.envelope
    waiting = envelope.status == EnvelopeStatus.sent and one.status in AWAITED
    lacks = services.turn_of(envelope, one) if waiting else ()
    names = ("name", "rank", "delegate_of", "delegate_of_title", "proofs")
    return {
        **{name: getattr(one, name) for name in names},
        "signatory": one.ref,
        "party": one.party.ref,
        "approver": services.approver_of(envelope, one.party_id),
        "waits": [{"what": say(lack), "who": list(lack.who)} for lack in lacks],
    }
