"""Everybody signed there: the files come home, are checked, and become the envelope's own. All at once, or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import update

from charter.adapters.signer.provider import SignatureProvider
from charter.alliances.announce import announce
from charter.signing.models import EnvelopeDocument, SealedRevision, Signatory
from charter.signing.provider.checking import Accepted, Expected, Misnamed, Signed, Spoiled, accept
from charter.signing.provider.client import trust
from charter.signing.provider.following import SIGNED
from charter.signing.provider.models import ProviderDocument, ProviderRequest, ProviderSigner
from charter.signing.services.ceremony import note
from charter.signing.services.envelopes import departed, facts, held
from charter.work import Engine, Work
from workflows.base import N_, Missing, fire
from workflows.events import EnvelopeCompleted, SignatureSealed
from workflows.signing import EnvelopeChart, EnvelopeStatus


@dataclass(frozen=True)
class _File:
    row_id: int
    document_id: int
    remote_id: str
    expected: Expected
    original_sha256: str
    returned_sha256: str


@dataclass(frozen=True)
class _Order:
    request_id: str
    files: tuple[_File, ...]
    trails: tuple[tuple[int, str], ...]


def collect(engine: Engine, row_id: int, provider: SignatureProvider) -> bool:
    """Fetches, checks and writes. False when the envelope is not to be completed (ended meanwhile, or names a party that left).

    Raises ProviderAway, ProviderRefused, Spoiled, OSError (storage). What was fetched and checked is not fetched again.
    """
    with engine.work(write=False) as work:
        order = _order(engine, work, work.get(ProviderRequest, row_id))
    accepted = {file.document_id: _home(engine, provider, order.request_id, file) for file in order.files}
    for signer_id, remote_id in order.trails:
        _trail(engine, signer_id, provider.audit_trail(order.request_id, remote_id))
    for one in accepted.values():
        _keep_revisions(engine, one)
    with engine.work() as work:
        return _write(work, work.get(ProviderRequest, row_id), accepted)


def _order(engine: Engine, work: Work, row: ProviderRequest) -> _Order:
    envelope = row.envelope
    _each_signed(row)
    people = tuple((one.id, one.name) for one in envelope.signatories)
    fields = frozenset(one.field for one in envelope.signatories)
    files = tuple(
        _File(
            row_id=one.id,
            document_id=one.document_id,
            remote_id=one.remote_id,
            expected=Expected(engine.storage.get(one.sent_sha256), fields, people, row.level),
            original_sha256=one.sent_sha256,
            returned_sha256=one.returned_sha256,
        )
        for one in row.documents
    )
    return _Order(row.request_id, files, tuple((one.id, one.remote_id) for one in row.signers if not one.audit_sha256))


def _each_signed(row: ProviderRequest) -> None:
    """A request that is done, by the provider's own record, is one that everybody signed: the file alone may not tell (simple level)."""
    text = N_("%(provider)s dit la demande terminée, mais n’y compte pas de signature de %(name)s")
    signed = {one.signatory_id for one in row.signers if one.status == SIGNED}
    lacks = [one.name for one in row.envelope.signatories if one.id not in signed]
    if lacks:
        raise Misnamed(*(Missing(text, params={"provider": row.provider, "name": name}) for name in lacks))


def _home(engine: Engine, provider: SignatureProvider, request_id: str, file: _File) -> Accepted:
    fetched = engine.storage.get(file.returned_sha256) if file.returned_sha256 else provider.download(request_id, file.remote_id)
    accepted = accept(file.expected, fetched, now=engine.clock.now(), trust=trust(engine.settings))
    if not file.returned_sha256:
        digest = engine.storage.put(fetched)
        with engine.work() as work:
            row = work.get(ProviderDocument, file.row_id)
            row.returned_sha256, row.likeness = digest, accepted.likeness
    return accepted


def _trail(engine: Engine, signer_id: int, pdf: bytes) -> None:
    if not pdf.startswith(b"%PDF-"):
        raise Spoiled(Missing(N_("Le dossier de preuve rendu par le prestataire n’est pas un PDF")))
    digest = engine.storage.put(pdf)
    with engine.work() as work:
        work.get(ProviderSigner, signer_id).audit_sha256 = digest


def _ends(accepted: Accepted) -> list[int]:
    """How long the file was after each signature; whole after the last, with what completes it (revocation lists, archive timestamps)."""
    return [*(one.length for one in accepted.signatures[:-1]), len(accepted.pdf)]


def _keep_revisions(engine: Engine, accepted: Accepted) -> None:
    for length in _ends(accepted):
        engine.storage.put(accepted.pdf[:length])


def _write(work: Work, row: ProviderRequest, accepted: dict[int, Accepted]) -> bool:
    envelope = row.envelope
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent or departed(envelope) or not envelope.all_signed:
        return False
    for document in envelope.documents:
        _advance(work, document, accepted[document.id])
    hashes = tuple(document.current_sha256 for document in envelope.documents)
    for signatory in envelope.signatories:
        _sealed(work, signatory, [one for each in accepted.values() for one in each.signatures if one.signatory_id == signatory.id])
        serials = tuple(one.check.serial for each in accepted.values() for one in each.signatures if one.signatory_id == signatory.id)
        party = signatory.party.ref
        told = SignatureSealed(envelope=envelope.ref, signatory=signatory.ref, party=party, documents=hashes, serials=serials)
        announce(work, alliance, told)
    fire(EnvelopeChart, envelope, "complete", facts(envelope))
    envelope.completed_at = row.closed_at = work.now()
    row.status, row.trouble, row.detail = "done", "", ""
    announce(work, alliance, EnvelopeCompleted(envelope=envelope.ref, documents=hashes))
    return True


def _sealed(work: Work, signatory: Signatory, own: list[Signed]) -> None:
    """The time its certificate's owner signed at, when the file proves one; else when the provider said so."""
    times = [one.check.time for one in own if one.check.time is not None]
    if times:
        signatory.signed_at = max(times)
    note(work, signatory, "sealed")


def _advance(work: Work, document: EnvelopeDocument, accepted: Accepted) -> None:
    before, taken = document.current_sha256, set[int]()
    previous = before
    for number, (one, length) in enumerate(zip(accepted.signatures, _ends(accepted), strict=True), start=len(document.revisions) + 1):
        digest = hashlib.sha256(accepted.pdf[:length]).hexdigest()
        signatory_id = None if one.signatory_id in taken else one.signatory_id
        taken |= {one.signatory_id} if one.signatory_id else set()
        work.session.add(
            SealedRevision(
                document_id=document.id,
                signatory_id=signatory_id,
                number=number,
                previous_sha256=previous,
                sha256=digest,
                certificate_pem=one.certificate_pem,
                serial=one.check.serial,
                timestamp=one.check.time or work.now(),
                level=one.check.level,
            )
        )
        previous = digest
    moved = work.session.execute(
        update(EnvelopeDocument)
        .where(EnvelopeDocument.id == document.id, EnvelopeDocument.current_sha256 == before)
        .values(current_sha256=previous)
        .returning(EnvelopeDocument.id)
    ).scalar_one_or_none()
    if moved is None:
        raise RuntimeError(f"document {document.id} is no longer {before[:12]}")
    work.session.flush()
    work.session.refresh(document)
