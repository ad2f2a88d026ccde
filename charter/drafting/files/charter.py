"""A charter as it is exported: plain data, the same whatever the format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Node = dict[str, Any]

FORMATS = ("pdf", "docx", "odt", "md")
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown; charset=utf-8",
}
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class ExportedArticle:
    """`nodes` normalised, whose hash with the title is `sha256`; `reservations`: (party, reason)."""

    number: int
    title: str
    nodes: Sequence[Node]
    sha256: str
    reservations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedCharter:
    """`draft`: nobody is bound by it. `state`: one sentence saying which state of the text this is, with its date, time and zone.
    `at`: that instant. `sha256`: of the whole, for an adopted version. `words`: the few words of our own around the articles."""

    title: str
    alliance: str
    reference: str
    version: int
    draft: bool
    state: str
    at: datetime
    parties: tuple[tuple[str, str], ...]
    articles: tuple[ExportedArticle, ...]
    words: Words
    facilitator: str = ""
    sha256: str = ""

    def heading(self, article: ExportedArticle) -> str:
        """« Article 3 – Nos engagements »."""
        return f"{self.words.article} {article.number} – {article.title}"


@dataclass(frozen=True, slots=True)
class Words:
    """What is written around the articles, in the document's language."""

    article: str
    draft: str
    parties: str
    facilitator: str
    reservation: str
    hashes: str
    hash_of: str
    whole: str


def file_name(charter: ExportedCharter, day: str, extension: str) -> str:
    """« charte-jardins-partages-projet-2026-11-22.docx »: letters, digits and hyphens, whatever the alliance is called."""
    state = "projet" if charter.draft else f"v{charter.version}-adoptee"
    return "-".join(part for part in ("charte", slug(charter.alliance), state, day) if part) + f".{extension}"


def slug(words: str) -> str:
    """« Les jardins d’Évreux » → « les-jardins-d-evreux », cut between two words."""
    spelt = re.sub(r"['’]", " ", words.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae"))
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    whole = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
    return whole if len(whole) <= LONGEST_SLUG else whole[: LONGEST_SLUG + 1].rsplit("-", 1)[0][:LONGEST_SLUG]
