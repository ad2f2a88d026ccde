"""Checking a signed document, whoever made it: a clear verdict for any bytes, never an exception.

Quick mode recomputes every digest, checks certificates and timestamps, and that the last signature covers the whole file.
Full mode also replays every increment and judges what it changed.
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

from charter.adapters.signer import alterations, findings
from charter.adapters.signer.checks import ArchiveCheck, Examiner, SignatureCheck
from charter.adapters.signer.findings import Found
from charter.adapters.signer.ranges import Unreadable, check_outline
from charter.adapters.signer.reading import clean
from charter.adapters.signer.trust import Trust
from workflows.base import N_, Missing

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024 * 1024
MAX_SIGNATURES = 200
MAX_FIELDS = 1000


class Verdict(StrEnum):
    """One word for the whole document, the first that applies."""

    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    INVALID = "invalid"
    UNTRUSTED = "untrusted"
    INCOMPLETE = "incomplete"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer about one document.

    `reasons` are sentences (msgid and params, said by `charter.i18n.say`), the most serious first. `signatures` are in the
    order they were made, the platform's certification among them; `empty_fields` name places not signed. `archives` are the
    document timestamps. `full` tells whether increments were analysed: a quick VALID says nothing of what changed between
    two signatures. `states` are the SHA-256 of the file as it was at each signature and timestamp, in that order.
    """

    verdict: Verdict
    reasons: tuple[Missing, ...]
    sha256: str
    full: bool
    signatures: tuple[SignatureCheck, ...] = ()
    archives: tuple[ArchiveCheck, ...] = ()
    empty_fields: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

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


def verify(pdf: bytes, *, now: datetime, trust: Trust | None = None, full: bool = True, max_bytes: int = MAX_BYTES) -> Verification:
    """Checks `pdf` as of `now` (aware) against `trust` (nobody by default). Never raises on account of `pdf`.

    Not to be called from a running event loop. Time and memory are those of the calling process: bytes of strangers go through
    `limited.verify`.
    """
    if now.tzinfo is None:
        raise ValueError("an aware datetime is expected")
    answer = Verification(Verdict.UNREADABLE, (), hashlib.sha256(pdf).hexdigest(), full)
    if len(pdf) > max_bytes:
        return replace(answer, verdict=Verdict.TOO_BIG, reasons=(too_big(max_bytes),))
    try:
        found = _examine(pdf, now, trust or Trust(), full)
    except Unreadable as refusal:
        return replace(answer, reasons=(refusal.reason,))
    except MemoryError:
        return replace(answer, reasons=(TOO_HARD,))
    except Exception as error:  # anybody may send any bytes: whatever breaks the reader means « unreadable », not a crash
        log.info("unreadable document %s: %s: %s", answer.sha256[:12], type(error).__name__, error)
        return replace(answer, reasons=(DAMAGED,))
    return _judged(answer, found)


TOO_HARD = Missing(N_("Ce fichier demande trop de temps ou de mémoire pour être lu : son examen a été arrêté"))
DAMAGED = Missing(N_("Ce fichier n’est pas un PDF lisible : il est abîmé, incomplet ou d’un autre format"))
LOCKED = Missing(N_("Ce PDF est protégé par un mot de passe : il ne peut pas être vérifié"))
MALFORMED = Missing(N_("Une signature de ce fichier est mal formée : le fichier a été abîmé, ou quelqu’un a tenté de la contrefaire"))
NO_SIGNATURE = Missing(N_("Ce document ne porte aucune signature électronique"))


def too_big(most: int) -> Missing:
    """Why a file of more than `most` bytes is refused."""
    return Missing(N_("Le fichier dépasse %(megabytes)s Mo : il n’a pas été examiné"), params={"megabytes": most // 1024**2})


def _examine(pdf: bytes, now: datetime, trust: Trust, full: bool) -> Found:
    check_outline(pdf)
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        raise Unreadable(LOCKED)
    fields = _fields(reader)
    try:
        _ = reader.embedded_signatures
    except Exception as error:  # as below: what is put where a signature should be may be anything
        log.info("malformed signature: %r", error)
        raise Unreadable(MALFORMED) from error
    examiner = Examiner(reader, pdf, trust, now, full)
    archives, signatures = asyncio.run(examiner.run())
    return Found(
        signatures=tuple(signatures),
        archives=tuple(archives),
        empty_fields=tuple(name for name, (filled, _) in fields.items() if not filled),
        labels=tuple(label for filled, label in fields.values() if not filled),
        unread=tuple(
            sorted({name for name, (filled, _) in fields.items() if filled} - {one.field_name for one in reader.embedded_signatures})
        ),
        strict=examiner.strict,
        changes=_changes(reader, examiner, signatures, archives),
        states=examiner.states,
    )


def _fields(reader: PdfFileReader) -> dict[str, tuple[bool, str]]:
    """Each signature field: whether it is filled, and how its document calls it."""
    found: dict[str, tuple[bool, str]] = {}
    for name, value, field in enumerate_sig_fields(reader):
        found[name] = (value is not None, clean(str(alterations.entry(field.get_object(), "/TU") or name)))
        if len(found) > MAX_FIELDS:
            text = N_("Ce PDF annonce plus de %(n)s emplacements de signature : il n’a pas été examiné")
            raise Unreadable(Missing(text, params={"n": MAX_FIELDS}))
    if sum(filled for filled, _ in found.values()) > MAX_SIGNATURES:
        raise Unreadable(Missing(N_("Ce PDF porte plus de %(n)s signatures : il n’a pas été examiné"), params={"n": MAX_SIGNATURES}))
    return found


def _changes(
    reader: PdfFileReader, examiner: Examiner, signatures: list[SignatureCheck], archives: list[ArchiveCheck]
) -> tuple[Missing, ...]:
    """What was done to the document after somebody signed it, when that is more than it allows."""
    last = examiner.last
    if last is None or not all([*(check.intact for check in signatures), *(check.intact for check in archives)]):
        return ()  # the signed bytes themselves were changed: what differs between revisions says nothing then
    spoiled = [check for check in signatures if check.unchanged is False]
    if not spoiled and examiner.covered:
        return ()
    if not examiner.closed:
        return _added(reader, last.signed_revision, [check.name for check in signatures][-1])
    made = {one.field_name: one.signed_revision for one in reader.embedded_signatures}
    since = min((made[check.field] for check in spoiled), default=last.signed_revision)
    fault = examiner.evolution.first_fault(since)
    if fault is None:
        fault = last.signed_revision + 1
    names = [check.name for check in signatures if made[check.field] < fault]
    name = names[-1] if names else last.field_name
    if fault >= reader.total_revisions:
        return (Missing(alterations.ADDED, params={"name": name}),)
    return alterations.told(reader, fault - 1, fault, name)


def _added(reader: PdfFileReader, signed: int, name: str) -> tuple[Missing, ...]:
    """What was added after the last signature of a document where nothing may be."""
    end = reader.total_revisions - 1
    return alterations.told(reader, signed, end, name, otherwise=alterations.ADDED)


def _judged(answer: Verification, found: Found) -> Verification:
    facts = replace(answer, signatures=found.signatures, archives=found.archives, empty_fields=found.empty_fields, states=found.states)
    if not found.signatures and not found.unread:
        return replace(facts, verdict=Verdict.UNSIGNED, reasons=(NO_SIGNATURE,))
    grounds = {
        Verdict.ALTERED: findings.alterations(found),
        Verdict.INVALID: findings.faults(found),
        Verdict.UNTRUSTED: findings.strangers(found),
        Verdict.INCOMPLETE: findings.gaps(found),
    }
    for verdict, reasons in grounds.items():
        if reasons:
            return replace(facts, verdict=verdict, reasons=reasons)
    return replace(facts, verdict=Verdict.VALID, reasons=(findings.well(found), *findings.aside(found)))
