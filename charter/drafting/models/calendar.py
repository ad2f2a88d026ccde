"""The calendar of the drafting of a text."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.drafting.models.texts import Text
from workflows.deadlines import Deadline


class DraftingCalendar(Base):
    """The deadlines of one text, each the last day that counts, in the alliance's zone. `sequence` counts the changes, as calendars do."""

    __tablename__ = "drafting_calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"), unique=True)
    amendments_on: Mapped[date | None]
    consents_on: Mapped[date | None]
    adoption_on: Mapped[date | None]
    sequence: Mapped[int] = mapped_column(default=0)
    set_at: Mapped[datetime]
    text: Mapped[Text] = relationship()

    @property
    def days(self) -> dict[Deadline, date | None]:
        """The day of each deadline, None for one nobody set."""
        return {Deadline.amendments: self.amendments_on, Deadline.consents: self.consents_on, Deadline.adoption: self.adoption_on}
