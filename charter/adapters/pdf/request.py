"""What is asked of the engine: plain, frozen, and hashed whole, so that the same request gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Progress = Callable[[str, int], None]
"""Called with a stage (`started`, `layout`, `drawing`, `finishing`) and a page number (0 outside `layout`)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the PDF. `relationship` is a PDF/A-3 AFRelationship: Source, Data, Alternative, Supplement, Unspecified."""

    name: str
    data: bytes
    description: str = ""
    relationship: str = "Data"
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignatureField:
    """One signature field, drawn by the template as `<input type="text" name=… title=…>`. `title` is read out by screen readers."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """One document to lay out. `created` must be aware: it is the only date the file holds, never the machine's clock."""

    html: str
    title: str
    created: datetime
    lang: str = "fr"
    css: tuple[str, ...] = ("documents.css",)
    attachments: tuple[Attachment, ...] = ()
    signature_fields: tuple[SignatureField, ...] = ()
    author: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        if self.created.tzinfo is None:
            raise ValueError("Rendering.created must be an aware datetime")

    def header(self) -> dict[str, object]:
        """Everything but the attachments' bytes, JSON-able; what crosses to the laying-out process."""
        return {
            "html": self.html,
            "title": self.title,
            "created": stamp(self.created),
            "lang": self.lang,
            "author": self.author,
            "subject": self.subject,
            "attachments": [
                {"name": a.name, "description": a.description, "relationship": a.relationship, "created": stamp(a.created or self.created)}
                for a in self.attachments
            ],
            "fields": [[field.name, field.title] for field in self.signature_fields],
        }

    def digest(self, surroundings: Mapping[str, object]) -> str:
        """SHA-256 (hex) of the request and of `surroundings` (engine version, style sheets, fonts): the key of the cache."""
        inputs = {
            "request": self.header(),
            "attachments": [hashlib.sha256(a.data).hexdigest() for a in self.attachments],
            "surroundings": dict(surroundings),
        }
        return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """UTC, to the second, in the W3C profile of ISO 8601 (what PDF metadata takes)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
