"""Checking a signed document, whoever made it: a clear verdict for any bytes, never an exception.

Quick mode recomputes every digest, checks certificates and timestamps, and that the last signature covers the whole file.
Full mode also replays every increment and judges what it changed (slow: about the square of the number of signatures).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.status import SignatureCoverageLevel

from charter.adapters.signer.checks import ArchiveCheck, Examiner, SignatureCheck
from charter.adapters.signer.trust import Trust
from workflows.base import N_, Missing

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024 * 1024
MAX_SIGNATURES = 200


class Verdict(StrEnum):
    """One word for the whole document, the first that applies."""

    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    UNTRUSTED = "untrusted"
    INCOMPLETE = "incomplete"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer about one document.

    `reasons` are sentences (msgid and params, said by `charter.i18n.say`), the most serious first. `signatures` are in the
    order they were made, the platform's certification among them; `empty_fields` name places not signed. `archives` are the
    document timestamps. `full` tells whether increments were analysed: a quick VALID says nothing of what changed between
    two signatures.
    """

    verdict: Verdict
    reasons: tuple[Missing, ...]
    sha256: str
    full: bool
    signatures: tuple[SignatureCheck, ...] = ()
    archives: tuple[ArchiveCheck, ...] = ()
    empty_fields: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Every signature is intact, by certificates we trust, and none is missing."""
        return self.verdict is Verdict.VALID

    @property
    def altered(self) -> bool:
        """Something changed after a signature, or a signature does not match the bytes it signs."""
        return self.verdict is Verdict.ALTERED

    @property
    def certified(self) -> bool:
        """The platform's certification is there and good."""
        return any(check.certification and check.trusted and check.intact for check in self.signatures)


@dataclass(frozen=True, slots=True)
class _Found:
    signatures: tuple[SignatureCheck, ...]
    archives: tuple[ArchiveCheck, ...]
    empty_fields: tuple[str, ...]
    covered: bool


def verify(pdf: bytes, *, now: datetime, trust: Trust | None = None, full: bool = True, max_bytes: int = MAX_BYTES) -> Verification:
    """Checks `pdf` as of `now` (aware) against `trust` (nobody by default). Never raises on account of `pdf`.

    Not to be called from a running event loop.
    """
    if now.tzinfo is None:
        raise ValueError("an aware datetime is expected")
    answer = Verification(Verdict.UNREADABLE, (), hashlib.sha256(pdf).hexdigest(), full)
    if len(pdf) > max_bytes:
        limit = Missing(N_("Le fichier dépasse %(megabytes)s Mo : il n’a pas été examiné"), params={"megabytes": max_bytes // 1024**2})
        return replace(answer, verdict=Verdict.TOO_BIG, reasons=(limit,))
    try:
        found = _examine(pdf, now, trust or Trust(), full)
    except _UnreadableError as refusal:
        return replace(answer, reasons=(refusal.reason,))
    except Exception as error:  # anybody may send any bytes: whatever breaks the reader means « unreadable », not a crash
        log.info("unreadable document %s: %s: %s", answer.sha256[:12], type(error).__name__, error)
        return replace(answer, reasons=(Missing(N_("Ce fichier n’est pas un PDF lisible : il est abîmé, incomplet ou d’un autre format")),))
    return _judged(answer, found)


class _UnreadableError(Exception):
    def __init__(self, reason: Missing) -> None:
        super().__init__(reason.text)
        self.reason = reason


def _examine(pdf: bytes, now: datetime, trust: Trust, full: bool) -> _Found:
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        raise _UnreadableError(Missing(N_("Ce PDF est protégé par un mot de passe : il ne peut pas être vérifié")))
    embedded = reader.embedded_signatures
    if len(embedded) > MAX_SIGNATURES:
        raise _UnreadableError(Missing(N_("Ce PDF porte plus de %(n)s signatures : il n’a pas été examiné"), params={"n": MAX_SIGNATURES}))
    examiner = Examiner(reader, trust, now, full)
    archives, signatures = asyncio.run(examiner.run())
    last = embedded[-1] if embedded else None
    return _Found(
        signatures=tuple(signatures),
        archives=tuple(archives),
        empty_fields=tuple(name for name, _, _ in enumerate_sig_fields(reader, filled_status=False)),
        covered=last is None or last.coverage == SignatureCoverageLevel.ENTIRE_FILE or examiner.harmless_end,
    )


def _judged(answer: Verification, found: _Found) -> Verification:
    facts = replace(answer, signatures=found.signatures, archives=found.archives, empty_fields=found.empty_fields)
    if not found.signatures:
        return replace(facts, verdict=Verdict.UNSIGNED, reasons=(Missing(N_("Ce document ne porte aucune signature électronique")),))
    findings = {Verdict.ALTERED: _alterations(found), Verdict.UNTRUSTED: _strangers(found), Verdict.INCOMPLETE: _gaps(found)}
    for verdict, reasons in findings.items():
        if reasons:
            return replace(facts, verdict=verdict, reasons=reasons)
    return replace(facts, verdict=Verdict.VALID, reasons=(_well(found),))


def _alterations(found: _Found) -> tuple[Missing, ...]:
    reasons = [
        Missing(N_("Le contenu ne correspond pas à ce que %(name)s a signé"), params={"name": check.name})
        for check in found.signatures
        if not check.intact
    ]
    reasons += [
        Missing(N_("Le document a été modifié après la signature de %(name)s"), params={"name": check.name})
        for check in found.signatures
        if check.intact and check.unchanged is False
    ]
    reasons += [
        Missing(N_("Le contenu ne correspond pas à l’horodatage d’archivage « %(field)s »"), params={"field": archive.field})
        for archive in found.archives
        if not archive.intact
    ]
    if not found.covered and not reasons:
        reasons.append(Missing(N_("Des octets ont été ajoutés au document après la dernière signature")))
    return tuple(reasons)


def _strangers(found: _Found) -> tuple[Missing, ...]:
    return tuple(
        Missing(N_("La signature de %(name)s vient d’un émetteur que cette plateforme ne connaît pas"), params={"name": check.name})
        for check in found.signatures
        if not check.trusted
    )


def _gaps(found: _Found) -> tuple[Missing, ...]:
    if not found.empty_fields:
        return ()
    text = N_("Les signatures présentes sont bonnes, mais il en manque : %(fields)s. Ce n’est pas la version finale du document.")
    return (Missing(text, params={"fields": list(found.empty_fields)}),)


def _well(found: _Found) -> Missing:
    people = [check for check in found.signatures if not check.certification]
    return Missing(N_("Le document est intact depuis ses signatures (%(n)s) et leurs émetteurs sont connus"), params={"n": len(people)})
