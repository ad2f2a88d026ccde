"""The whole evidence in one ZIP, to keep and to check without this service: what was signed, the evidence, its pieces, a program."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from charter.adapters.storage import Storage
from charter.config import ROOT
from charter.contracts.rendering import environment
from charter.errors import NotFound
from charter.i18n import speaking
from charter.signing.evidence.plain import Data
from charter.signing.models import Envelope, Signatory
from charter.signing.services.documents import NOT_MADE, signatory_evidence
from charter.work import Work

PROGRAM, GUIDE = ROOT / "docs" / "verifier.py", ROOT / "docs" / "verify.md"
IN_MEMORY = 8_000_000


@dataclass(frozen=True)
class _Kept:
    """Where the two forms of an evidence are kept (SHA-256), and since when."""

    json: str
    pdf: str
    at: datetime


def of_envelope(work: Work, envelope: Envelope) -> IO[bytes]:
    """The ZIP of the envelope's evidence, to be read from its beginning; on disk when it is large. Signed documents are the newest bytes:
    an archive timestamp added since only lengthens them. Raises NotFound until the evidence is made; OSError, ValueError (storage)."""
    if envelope.evidence_at is None:
        raise NotFound(NOT_MADE)
    return _bundle(work.storage, envelope, _Kept(envelope.evidence_json, envelope.evidence_pdf, envelope.evidence_at))


def of_signatory(work: Work, signatory: Signatory) -> IO[bytes]:
    """The same, of one signatory's own evidence."""
    found = signatory_evidence(work, signatory)
    if found is None:
        raise NotFound(NOT_MADE)
    return _bundle(work.storage, signatory.envelope, _Kept(found.json, found.pdf, found.at))


def _bundle(storage: Storage, envelope: Envelope, kept: _Kept) -> IO[bytes]:
    output = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the caller reads and closes it
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for name, data in _entries(storage, envelope, kept):
            archive.writestr(_entry(name, kept.at), data)
    output.seek(0)
    return output


def _entries(storage: Storage, envelope: Envelope, kept: _Kept) -> Iterator[tuple[str, bytes]]:
    data = storage.get(kept.json)
    told = json.loads(data)
    yield "LISEZ-MOI.txt", _readme(told).encode()
    yield "preuve.pdf", storage.get(kept.pdf)
    yield "preuve.json", data
    yield "verifier.py", PROGRAM.read_bytes()
    yield "verify.md", GUIDE.read_bytes()
    newest = {one.kind: one.current_sha256 for one in envelope.documents}
    signed = {one["name"]: newest[one["kind"]] for one in told["documents"]}
    for one in told["files"]:
        yield one["name"], storage.get(signed.get(one["name"], one["sha256"]))


def _readme(told: Data) -> str:
    with speaking("fr"):
        text: str = environment().get_template("evidence.txt").render(told=told)
    return text


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    moment = at.astimezone(UTC)
    entry = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
    entry.external_attr = 0o644 << 16
    return entry
