"""The documents made: finding one, its bytes."""

from __future__ import annotations

from sqlalchemy import select

from charter.alliances.models import Alliance
from charter.contracts.models import Contract, Document
from charter.errors import NotFound
from charter.work import Work
from workflows.contracts import ContractStatus


def frozen_documents(work: Work, alliance: Alliance) -> list[Document]:
    """The charter then the contract of the frozen version, to be signed; empty before it is frozen."""
    query = (
        select(Document)
        .join(Contract)
        .where(Contract.alliance_id == alliance.id, Contract.status == ContractStatus.frozen)
        .order_by(Contract.version.desc(), Document.position)
    )
    found = list(work.session.scalars(query))
    return [one for one in found if one.contract_id == found[0].contract_id]


def document_of(work: Work, alliance: Alliance, ref: str) -> Document:
    """The alliance's document with that reference, of any version. Raises NotFound."""
    found = work.session.scalar(select(Document).where(Document.alliance_id == alliance.id, Document.ref == ref))
    if found is None:
        raise NotFound
    return found


def bytes_of(work: Work, document: Document) -> bytes:
    """The PDF. Raises FileNotFoundError, ValueError when the disk gave back other bytes."""
    return work.storage.get(document.sha256)
