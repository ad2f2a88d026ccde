"""Reading to the end, document by document: each is noted once, with the way it is known. Nobody goes on to sign with one unread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from charter.alliances.announce import announce
from charter.errors import Invalid
from charter.i18n import gettext
from charter.signing.models import EnvelopeDocument, Signatory, SigningStep
from charter.signing.services.ceremony import enter, note
from charter.signing.services.documents import document_of
from charter.signing.services.inviting import last_change
from charter.signing.services.turns import turn_facts
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import DocumentOpened
from workflows.signing import SignatoryChart, SignatoryStatus

READ = "read_to_end"
SCROLLED, OPENED_PDF, DECLARED = "scrolled", "pdf", "declared"
WAYS: Mapping[str, str] = MappingProxyType(
    {
        SCROLLED: N_("la fin du texte est apparue à l’écran"),
        OPENED_PDF: N_("le fichier PDF a été ouvert"),
        DECLARED: N_("la personne a coché « J’ai lu ce document jusqu’au bout »"),
    }
)
"""How the end is known to have been reached, as the evidence tells it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read to its end: `kind` of the document, `way` in WAYS, `sha256` of the bytes it was read from."""

    kind: str
    way: str
    sha256: str
    at: datetime


def read_to_end(work: Work, signatory: Signatory, kind: str, way: str, address: str = "", browser: str = "") -> Reading:
    """The person reached the end of a document. Doing it again changes nothing. Raises NotFound, Invalid (way), Forbidden, Gone."""
    if way not in WAYS:
        raise Invalid({"way": [gettext(N_("Dites comment la fin a été atteinte : scrolled, pdf ou declared"))]})
    document = document_of(signatory.envelope, kind)
    _open(work, signatory, address, browser)
    found = readings(work, signatory)
    if kind not in found:
        note(work, signatory, READ, address, browser, f"{kind} {way} {document.original_sha256}")
        found = readings(work, signatory)
    return found[kind]


def finish_reading(work: Work, signatory: Signatory, declared: Collection[str], address: str = "", browser: str = "") -> None:
    """The person goes on, saying to have read the documents in `declared`. Raises Invalid naming each document still unread.

    When refused, what is flushed should still be committed: documents said to be read are.
    """
    _open(work, signatory, address, browser)
    for document in unread(work, signatory):
        if document.kind in declared:
            read_to_end(work, signatory, document.kind, DECLARED, address, browser)
    check_read(work, signatory)


def open_documents(work: Work, signatory: Signatory, address: str = "", browser: str = "") -> None:
    """Records that the person says to have read every document to its end. Doing it again changes nothing.

    Raises Forbidden, Gone, Conflict.
    """
    finish_reading(work, signatory, [one.kind for one in signatory.envelope.documents], address, browser)


def readings(work: Work, signatory: Signatory) -> dict[str, Reading]:
    """By kind of document, the readings of these very bytes."""
    steps = work.session.scalars(
        select(SigningStep)
        .where(SigningStep.signatory_id == signatory.id, SigningStep.kind == READ, SigningStep.id > last_change(work, signatory))
        .order_by(SigningStep.id)
    )
    found = [as_reading(step) for step in steps]
    sent = {one.kind: one.original_sha256 for one in signatory.envelope.documents}
    return {one.kind: one for one in reversed(found) if sent.get(one.kind) == one.sha256}


def as_reading(step: SigningStep) -> Reading:
    """The reading a step `read_to_end` tells of."""
    kind, way, sha256 = step.detail.split(" ")
    return Reading(kind, way, sha256, step.at)


def unread(work: Work, signatory: Signatory) -> list[EnvelopeDocument]:
    """The documents whose end was not reached."""
    found = readings(work, signatory)
    return [one for one in signatory.envelope.documents if one.kind not in found]


def check_read(work: Work, signatory: Signatory) -> None:
    """Raises Invalid naming each document still unread (fields `read-<kind>`)."""
    words = N_("Lisez « %(title)s » jusqu’au bout, ou cochez que vous l’avez lu ailleurs")
    lacking = {f"read-{one.kind}": [gettext(words, title=one.title)] for one in unread(work, signatory)}
    if lacking:
        raise Invalid(lacking)


def _open(work: Work, signatory: Signatory, address: str, browser: str) -> None:
    alliance = enter(work, signatory)
    if signatory.status != SignatoryStatus.waiting:
        return
    fire(SignatoryChart, signatory, "open", turn_facts(signatory))
    signatory.opened_at = work.now()
    note(work, signatory, "opened", address, browser)
    announce(work, alliance, DocumentOpened(envelope=signatory.envelope.ref, signatory=signatory.ref, party=signatory.party.ref))
