"""How a party gets ready to sign, on its pages: the proofs it joins, a delegation; and what the envelope's pages tell of each party."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, limiter, me, page, standing, takes_files
from charter.errors import Forbidden, Invalid
from charter.i18n import format_number, gettext, say
from charter.signing import services
from charter.signing.answers import attached, limiting_party, the_envelope
from charter.signing.models import AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.pages.blueprint import pages
from charter.signing.party_schemas import TONES, DelegationForm, ProofForm, kind_options, proof_label, visa_label
from charter.signing.schemas import SignatoryView
from charter.signing.services.delegating import ONLY_HOLDER
from charter.signing.services.envelopes import must_deliberate
from charter.signing.services.proofs import check_before_signature, check_own_party
from workflows.base import N_
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus

PARTIES = ("accepted", "left")
ENVELOPE = 64 * 1024
"""What a form adds around a file."""
MEGABYTES = services.MAX_PROOF // 1024**2


@pages.get("/pieces/<signatory_ref>")
@inside("signing.authority")
def authority(alliance_ref: str, signatory_ref: str) -> Response:
    """What shows that this person may sign, and what may be joined to it."""
    own = _own(signatory_ref)
    return _authority(own, Form(ProofForm(), {"kind": ProofKind.deliberation.value if must_deliberate(own.party) else ""}))


@pages.post("/pieces/<signatory_ref>")
@limiter.limit("60 per hour")
@inside("signing.authority")
@takes_files(services.MAX_PROOF + ENVELOPE)
def join_proof(alliance_ref: str, signatory_ref: str) -> Response:
    """Joins a file."""
    own, form = _own(signatory_ref), Form(ProofForm())
    check_before_signature(own)
    if form.read():
        try:
            file = received_file()
            services.join_proof(current_work(), _own(signatory_ref), ProofKind(form.data["kind"]), file)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("La pièce est jointe : toute l’alliance peut la lire.")), "success")
            return redirect(url_for("signing.authority", alliance_ref=alliance_ref, signatory_ref=signatory_ref))
    return _authority(_own(signatory_ref), form, 422)


@pages.get("/pieces/<signatory_ref>/<proof_ref>")
@inside("alliance.see", parties=PARTIES)
def proof_file(alliance_ref: str, signatory_ref: str, proof_ref: str) -> Response:
    """A file that was joined, to keep: never shown in a page of ours."""
    proof = services.proof_of(_any(signatory_ref), proof_ref)
    return attached(current_work().storage.get(proof.sha256), proof.filename, proof.mime)


@pages.post("/pieces/<signatory_ref>/<proof_ref>/retrait")
@inside("signing.authority")
def withdraw_proof(alliance_ref: str, signatory_ref: str, proof_ref: str) -> Response:
    """Takes a file back."""
    services.withdraw_proof(current_work(), services.proof_of(_own(signatory_ref), proof_ref))
    flash(gettext(N_("La pièce est retirée.")), "success")
    return redirect(url_for("signing.authority", alliance_ref=alliance_ref, signatory_ref=signatory_ref))


@pages.get("/delegation/<signatory_ref>")
@inside("signing.authority")
def delegation(alliance_ref: str, signatory_ref: str) -> Response:
    """Asks who signs instead of the person the documents name."""
    return _delegation(_held(signatory_ref), Form(DelegationForm()))


@pages.post("/delegation/<signatory_ref>")
@limiter.limit("30 per hour")
@inside("signing.authority")
@takes_files(services.MAX_PROOF + ENVELOPE)
def delegate(alliance_ref: str, signatory_ref: str) -> Response:
    """Delegates, the proof in hand."""
    own, form = _held(signatory_ref), Form(DelegationForm())
    check_before_signature(own)
    if form.read():
        try:
            file = received_file()
            own, work = _held(signatory_ref), current_work()
            proof = services.join_proof(work, own, ProofKind.delegation, file)
            services.delegate(work, own, services.Choice(**{name: form.data[name] for name in ("member", "name", "email", "title")}), proof)
        except Invalid as error:
            form.refuse(Invalid({"file" if name == "proof" else name: said for name, said in error.fields.items()}))
        else:
            flash(gettext(N_("%(name)s signera pour %(party)s, par délégation."), name=own.name, party=own.organisation), "success")
            return to_envelope(alliance_ref)
    current_work().pause()
    return _delegation(_held(signatory_ref), form, 422)


@pages.post("/delegation/<signatory_ref>/fin")
@inside("signing.authority")
def end_delegation(alliance_ref: str, signatory_ref: str) -> Response:
    """The holder signs after all."""
    own = _held(signatory_ref)
    services.end_delegation(current_work(), own)
    flash(gettext(N_("La délégation est levée : %(name)s signera."), name=own.name), "success")
    return to_envelope(alliance_ref)


def to_envelope(alliance_ref: str) -> Response:
    """Back to where one came from: the preparation before the documents are out, the signatures after."""
    unsent = the_envelope().status == EnvelopeStatus.draft
    return redirect(url_for("signing.prepare" if unsent else "signing.show", alliance_ref=alliance_ref))


def received_file() -> services.ProofFile:
    """The request's file, checked and kept while no transaction is open. Raises Invalid (file). What was read before must be read again."""
    sent = request.files.get("file")
    name, content = (sent.filename or "", sent.read(services.MAX_PROOF + 1)) if sent else ("", b"")
    work = current_work()
    work.pause()
    return services.keep_proof(work, name, content)


def about(envelope: Envelope) -> dict[str, dict[str, Any]]:
    """What the envelope's pages tell of each signatory, by reference, and what the visitor may do about it."""
    ranked = len({one.rank for one in envelope.signatories}) > 1
    return {one.ref: {**_about(envelope, one), "ranked": ranked} for one in services.with_proofs(current_work(), envelope)}


def _about(envelope: Envelope, one: Signatory) -> dict[str, Any]:
    work, approver = current_work(), services.approver_of(envelope, one.party_id)
    live = services.open_to_change(one)
    waits = services.turn_of(envelope, one) if envelope.status == EnvelopeStatus.sent and one.status in AWAITED else ()
    visa = None
    if approver is not None:
        named = {"name": approver.name, "status": approver.status.value, "label": visa_label(approver), "tone": TONES[approver.status]}
        visa = {**named, "reason": approver.reason, "at": approver.at, "mine": approver.person_id == me().id}
    proofs = [_shown(proof) for proof in one.proofs]
    return {
        "ref": one.ref,
        "party": one.party.ref,
        "organisation": one.organisation,
        "name": one.name,
        "rank": one.rank,
        "delegate_of": one.delegate_of,
        "delegate_of_title": one.delegate_of_title,
        "proofs": proofs,
        "visa": visa,
        "waits": [{"what": say(lack), "who": list(lack.who)} for lack in waits],
        "recommend": live and must_deliberate(one.party) and not any(proof.kind == ProofKind.deliberation for proof in one.proofs),
        "may_join": live and services.acts_for_party(work, one),
        "may_delegate": live and services.may_delegate(work, one),
        "may_ask_visa": live and services.may_ask_visa(work, one.party),
        "may_lift_visa": live and approver is not None and services.may_lift_visa(work, one.party),
    }


def _shown(proof: AuthorityProof) -> dict[str, Any]:
    size = gettext(N_("%(n)s ko"), n=format_number(max(1, round(proof.size / 1024))))
    return {"ref": proof.ref, "name": proof.filename, "kind": proof_label(proof), "size": size, "at": proof.added_at}


def _any(ref: str) -> Signatory:
    """A signatory of any envelope the visitor may see: what was joined stays readable once another envelope is open."""
    return services.signatory_seen(current_work(), standing().alliance, ref, limiting_party())


def _own(ref: str) -> Signatory:
    """A signatory of the visitor's own party. Raises NotFound, Forbidden."""
    own = services.signatory_of(the_envelope(), ref)
    check_own_party(current_work(), own)
    return own


def _held(ref: str) -> Signatory:
    """A signatory whose place the visitor may give to somebody else. Raises NotFound, Forbidden."""
    own = services.signatory_of(the_envelope(), ref)
    if not services.may_delegate(current_work(), own):
        raise Forbidden(ONLY_HOLDER, name=own.printed[0], party=own.organisation)
    return own


def _authority(own: Signatory, form: Form, status: int = 200) -> Response:
    told = {"signatory": SignatoryView().dump(own), "proofs": [_shown(one) for one in own.proofs], "kinds": kind_options()}
    more = {"open": services.open_to_change(own), "deliberates": must_deliberate(own.party), "draft": own.envelope.status == "draft"}
    return page("signing/authority.html", status, form=form, megabytes=MEGABYTES, **told, **more)


def _delegation(own: Signatory, form: Form, status: int = 200) -> Response:
    approver = services.approver_of(own.envelope, own.party_id)
    away = {own.person_id, own.holder_id, approver.person_id if approver else None}
    members = [(one.id, one.person.display_name, one.title) for one in own.party.members_with(Role.signatory) if one.person_id not in away]
    holder, title = own.printed
    told = {"signatory": SignatoryView().dump(own), "holder": holder, "holder_title": title, "delegated": bool(own.delegate_of)}
    more = {"members": members, "open": services.open_to_change(own), "megabytes": MEGABYTES, "draft": own.envelope.status == "draft"}
    return page("signing/delegation.html", status, form=form, **told, **more)
