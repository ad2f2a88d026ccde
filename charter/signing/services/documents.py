"""The signed files, byte for byte as they are kept (promise 3)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.alliances.models import Alliance, Party
from charter.errors import NotFound
from charter.signing.models import Envelope, EnvelopeDocument, Signatory, SignatoryEvidence
from charter.signing.services.envelopes import open_to
from charter.work import Work
from workflows.base import N_
from workflows.signing import EnvelopeStatus

NOT_MADE = N_("Le dossier de preuve est établi quand tout le monde a signé.")
FILE_NAMES = {"charter": "charte", "contract": "contrat"}


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document of an envelope: `sha256` names its newest bytes in the storage; `complete` when everybody has signed them."""

    kind: str
    title: str
    name: str
    sha256: str
    pages: int
    complete: bool


def completed(work: Work, alliance: Alliance, party: Party | None = None) -> list[Envelope]:
    """The envelopes everybody signed that are open to `party`, newest first."""
    query = open_to(alliance, party).where(Envelope.status == EnvelopeStatus.completed)
    return list(
        work.session.scalars(
            query.order_by(Envelope.id.desc()).options(selectinload(Envelope.documents), selectinload(Envelope.signatories))
        )
    )


def signed_documents(work: Work, alliance: Alliance) -> list[SignedDocument]:
    """The documents of the last envelope everybody signed, charter then contract; empty before the first."""
    return [describe(one) for envelope in completed(work, alliance)[:1] for one in envelope.documents]


def describe(document: EnvelopeDocument) -> SignedDocument:
    """The document as people download it."""
    complete = document.envelope.status == EnvelopeStatus.completed
    stem = FILE_NAMES.get(document.kind, document.kind)
    return SignedDocument(document.kind, document.title, f"{stem}.pdf", document.current_sha256, document.pages, complete)


def document_of(envelope: Envelope, kind: str) -> EnvelopeDocument:
    """The envelope's document of that kind. Raises NotFound."""
    found = next((one for one in envelope.documents if one.kind == kind), None)
    if found is None:
        raise NotFound
    return found


def evidence(work: Work, envelope: Envelope, form: str) -> bytes:
    """The envelope's evidence file, `form` json or pdf. Raises NotFound until it is made."""
    digest = {"json": envelope.evidence_json, "pdf": envelope.evidence_pdf}.get(form, "")
    if not digest:
        raise NotFound(NOT_MADE)
    return work.storage.get(digest)


def keep_evidence(work: Work, envelope: Envelope, json_sha256: str, pdf_sha256: str) -> None:
    """Notes where the evidence file is kept. The first one stays."""
    if not envelope.evidence_pdf:
        envelope.evidence_json, envelope.evidence_pdf, envelope.evidence_at = json_sha256, pdf_sha256, work.now()


def signatory_evidence(work: Work, signatory: Signatory) -> SignatoryEvidence | None:
    """Where one signatory's own evidence is kept; None until it is made."""
    return work.session.scalar(select(SignatoryEvidence).where(SignatoryEvidence.signatory_id == signatory.id))


def made_for(work: Work, envelope: Envelope) -> set[int]:
    """The ids of the signatories whose own evidence is made."""
    ids = [one.id for one in envelope.signatories]
    return set(work.session.scalars(select(SignatoryEvidence.signatory_id).where(SignatoryEvidence.signatory_id.in_(ids))))


def keep_signatory_evidence(work: Work, signatory: Signatory, json_sha256: str, pdf_sha256: str) -> None:
    """Notes where it is kept. The first one stays."""
    if signatory_evidence(work, signatory) is None:
        work.add(SignatoryEvidence(signatory_id=signatory.id, json=json_sha256, pdf=pdf_sha256, at=work.now()))
