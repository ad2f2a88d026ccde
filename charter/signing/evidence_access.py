"""What the evidence's pages and API share: who may take the whole away, or one signatory's own, and a ZIP as an answer."""

from __future__ import annotations

from typing import IO, Any

from flask import send_file
from werkzeug.wrappers import Response

from charter.adapters.http import allowed, current_work, me, standing
from charter.errors import Forbidden, NotFound
from charter.signing import services
from charter.signing.answers import file
from charter.signing.models import Envelope, Signatory
from charter.signing.services.documents import NOT_MADE, made_for, signatory_evidence
from workflows.base import N_
from workflows.roles import Role
from workflows.visas import ApproverStatus

MIMES = {"pdf": "application/pdf", "json": "application/json"}
NOT_YOURS = N_("Ce dossier est celui de %(name)s : elle seule, les membres de %(party)s et ceux qui mènent l’alliance le prennent.")

NOT_ALL_YOURS = N_(
    "Le dossier de preuve complet porte l’adresse réseau et le navigateur de chaque signataire. Le prennent : les signataires, "
    "qui leur donne un visa, les référents et les représentants habilités des parties que les documents nomment, "
    "et ceux qui mènent ou facilitent l’alliance."
)


def may_take_whole(envelope: Envelope) -> bool:
    """Whether the visitor may take the whole evidence, which holds everybody's network address and browser: who leads or facilitates, who
    signs (or is replaced by a delegate), whose visa was asked, and the referents and signatories of the parties named, even one that left.
    """
    here, person = standing(), me().id
    signing = {one.person_id for one in envelope.signatories} | {one.holder_id for one in envelope.signatories}
    approving = {one.person_id for one in envelope.approvers if one.status != ApproverStatus.removed}
    named = here.party is not None and any(one.party_id == here.party.id for one in envelope.signatories)
    speaks = named and not here.roles.isdisjoint({Role.referent.value, Role.signatory.value})
    return allowed("signing.prepare") or person in signing | approving or speaks


def whole(envelope: Envelope) -> Envelope:
    """The envelope, whose whole evidence the visitor may take. Raises Forbidden saying who may."""
    if not may_take_whole(envelope):
        raise Forbidden(NOT_ALL_YOURS)
    return envelope


def may_take(signatory: Signatory) -> bool:
    """Whether the visitor may take this signatory's own evidence: that person, its party, those who lead."""
    here = standing()
    return allowed("signing.prepare") or signatory.person_id == me().id or (here.party is not None and here.party.id == signatory.party_id)


def own_of(envelope: Envelope, signatory_ref: str) -> Signatory:
    """The signatory, whose evidence the visitor may take. Raises NotFound, Forbidden saying who may."""
    signatory = services.signatory_of(envelope, signatory_ref)
    if not may_take(signatory):
        raise Forbidden(NOT_YOURS, name=signatory.name, party=signatory.organisation)
    return signatory


def check_trail(envelope: Envelope, signatory: Signatory) -> None:
    """The provider's record of one signature: for those who may take that signatory's evidence, or the whole. Raises Forbidden."""
    if not may_take_whole(envelope):
        own_of(envelope, signatory.ref)


def with_own_trails(view: dict[str, Any], envelope: Envelope) -> dict[str, Any]:
    """The provider's part of an envelope, with the records the visitor may take."""
    if may_take_whole(envelope):
        return view
    mine = {one.ref for one in envelope.signatories if may_take(one)}
    return {**view, "trails": [one for one in view["trails"] if one["signatory"] in mine]}


def own_file(signatory: Signatory, form: str) -> Response:
    """The signatory's own evidence, `form` pdf or json. Raises NotFound until it is made."""
    work = current_work()
    found = signatory_evidence(work, signatory)
    if form not in MIMES or found is None:
        raise NotFound(NOT_MADE)
    return file(work.storage.get(found.pdf if form == "pdf" else found.json), f"preuve-{signatory.position + 1:02d}.{form}", MIMES[form])


def takeable(envelope: Envelope) -> list[dict[str, str]]:
    """The signatories whose own evidence is made and open to the visitor: ref, name, organisation."""
    made = made_for(current_work(), envelope)
    return [
        {"ref": one.ref, "name": one.name, "organisation": one.organisation}
        for one in envelope.signatories
        if one.id in made and may_take(one)
    ]


def preparing(envelope: Envelope) -> int:
    """How many of the signatories' own evidence the visitor may take are still to be made."""
    made = made_for(current_work(), envelope)
    return sum(1 for one in envelope.signatories if one.id not in made and may_take(one))


def zipped(bundle: IO[bytes], name: str) -> Response:
    """A ZIP to keep; private, since its address belongs to members only. Read from the disk as it leaves."""
    response = send_file(bundle, mimetype="application/zip", as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response
