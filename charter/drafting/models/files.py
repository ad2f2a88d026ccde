"""Files of a text that wait for somebody: a PDF being laid out, an import being looked at. Both are forgotten after a while."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonDict
from charter.drafting.models.texts import Text, new_ref


class Export(Base):
    """A PDF somebody asked for. `data` is what it is laid out from, frozen at that moment; `name` the file's. `stage` and `page` tell how
    far the layout is (the engine's words); `pdf` is there once `made_at` is; `failure` {reason, message, params} when it never will be."""

    __tablename__ = "text_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    data: Mapped[JsonDict] = mapped_column(deferred=True)
    input_sha256: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(index=True)
    stage: Mapped[str] = mapped_column(String(20), default="")
    page: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(default=0)
    pdf: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    failure: Mapped[JsonDict] = mapped_column(default=dict)
    text: Mapped[Text] = relationship()

    @property
    def waiting(self) -> bool:
        """True until it is made or given up."""
        return self.made_at is None and not self.failure


class TextImport(Base):
    """A file somebody brought, as it was understood (`charter.drafting.files.understood.Understood.plain`); the file itself is not kept.
    `outcome` says what was done with it: {} nothing yet, {"replaced": …} or {"amendments": [refs]}."""

    __tablename__ = "text_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    understood: Mapped[JsonDict] = mapped_column(deferred=True)
    at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    outcome: Mapped[JsonDict] = mapped_column(default=dict)
    text: Mapped[Text] = relationship()
    person: Mapped[Person] = relationship()
