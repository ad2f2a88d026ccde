"""The contract of an alliance, version after version, and the documents made from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base, JsonDict, StrEnumType
from charter.alliances.models import Alliance, new_ref
from workflows.contracts import ContractStatus

CHARTER = "charter"
CONTRACT = "contract"
KINDS = (CHARTER, CONTRACT)
"""The documents of a contract, in the order they are read and signed."""


class Contract(Base):
    """One version of an alliance's contract.

    `text_ref`: the adopted charter it goes with. `parameters`: the answers by name (a date as ISO 8601, money in euro cents). `assembled`:
    the two documents as data, exactly as they were laid out (see `documents.py`), empty until a rendering is asked for; it is what the
    reading views show, so that screen and PDF say the same. `input_sha256`: of all the rendering reads. `attempt` counts the renderings
    asked for. `journal_seq`, `journal_hash`: the head of the journal printed in the documents. `failure`: {reason, message, params} of the
    last rendering, empty when it went well.
    """

    __tablename__ = "contracts"
    __table_args__ = (UniqueConstraint("alliance_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    version: Mapped[int]
    status: Mapped[ContractStatus] = mapped_column(StrEnumType(ContractStatus), default=ContractStatus.draft)
    text_ref: Mapped[str] = mapped_column(String(16))
    parameters: Mapped[JsonDict] = mapped_column(default=dict)
    assembled: Mapped[JsonDict] = mapped_column(default=dict, deferred=True)
    input_sha256: Mapped[str] = mapped_column(String(64), default="")
    attempt: Mapped[int] = mapped_column(default=0)
    journal_seq: Mapped[int] = mapped_column(default=0)
    journal_hash: Mapped[str] = mapped_column(String(64), default="")
    failure: Mapped[JsonDict] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    requested_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    alliance: Mapped[Alliance] = relationship()
    documents: Mapped[list[Document]] = relationship(back_populates="contract", order_by="Document.position", cascade="all, delete-orphan")

    @property
    def is_open(self) -> bool:
        """True while its answers may change: nothing is being laid out, nothing is frozen."""
        return self.status in (ContractStatus.draft, ContractStatus.ready)


class Document(Base):
    """A PDF made from a contract. `sha256` is its content and its key in the storage; `size` in bytes. Kept as it is once frozen."""

    __tablename__ = "contract_documents"
    __table_args__ = (UniqueConstraint("contract_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    size: Mapped[int]
    created_at: Mapped[datetime]
    contract: Mapped[Contract] = relationship(back_populates="documents")


class RenderingProgress(Base):
    """How far a rendering is, written beside the outbox's transaction so that the screen moves meanwhile. Losing it loses nothing.

    `stage`: one of the engine's (`started`, `layout`, `drawing`, `finishing`); `page`: the page being laid out, 0 elsewhere.
    """

    __tablename__ = "rendering_progress"

    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    attempt: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(20))
    page: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
