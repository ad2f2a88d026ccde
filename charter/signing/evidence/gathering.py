"""What the database knows of a signed envelope, as plain data: times are ISO 8601 in UTC, hashes lower-case hexadecimal SHA-256."""

from __future__ import annotations

from dataclasses import dataclass, field

from charter.adapters.signer import EIDAS_LABEL, EIDAS_LEVEL
from charter.i18n import gettext, speaking
from charter.journal import services as journal
from charter.signing.evidence import people, words
from charter.signing.evidence.plain import Data, certificate, instant
from charter.signing.models import Envelope, EnvelopeDocument, SealedRevision, Signatory
from charter.signing.provider import evidence as provider
from charter.signing.services.documents import describe
from charter.work import Work

FORMAT = "charte-du-faire-alliance/preuve/2"
TOLD = ("charter.", "contract.frozen", "envelope.", "signatory.", "signature.")
"""Types of the journal's facts that bear on the signature."""


@dataclass(frozen=True)
class Evidence:
    """`told`: what preuve.json will say, before `files.complete`; `journal`: the whole of it, as JSON lines; `pieces`: the SHA-256 of each
    file given as proof of authority, by its name in the bundle."""

    told: Data
    journal: bytes
    pieces: dict[str, str] = field(default_factory=dict)


def gather(work: Work, envelope: Envelope, only: Signatory | None = None) -> Evidence:
    """The evidence of a completed envelope, or of one of its signatories. Always in French."""
    lines = list(journal.lines(work, envelope.alliance_id))
    told_people = [people.signatory(work, one) for one in envelope.signatories if only in (None, one)]
    with speaking("fr"):
        told = {
            "format": FORMAT,
            "about": {"scope": "signatory" if only else "envelope", "signatory": only.ref if only else ""},
            "made_at": instant(work.now()),
            "zone": envelope.alliance.zone,
            "alliance": {"ref": envelope.alliance.ref, "title": envelope.alliance.title},
            "envelope": _envelope(envelope),
            "level": {"eidas": EIDAS_LEVEL, "label": gettext(EIDAS_LABEL)},
            "documents": [_document(one, only) for one in envelope.documents],
            "charter": words.of(work, envelope),
            "signatories": told_people,
            "journal": _journal(work, envelope, only),
        }
        if elsewhere := provider.told(work, envelope):
            told |= {"provider": elsewhere, "level": elsewhere["level"]}
    pieces = {proof["file"]: proof["sha256"] for one in told_people for proof in one["authority"]["proofs"]}
    pieces |= provider.pieces(work, envelope, only)
    return Evidence(told, ("\n".join(lines) + "\n").encode(), pieces)


def _envelope(envelope: Envelope) -> Data:
    times = {"created_at": envelope.created_at, "sent_at": envelope.sent_at, "completed_at": envelope.completed_at}
    return {
        "ref": envelope.ref,
        "contract": envelope.contract.ref,
        "signatories": len(envelope.signatories),
        **{name: instant(at) for name, at in times.items()},
    }


def _document(document: EnvelopeDocument, only: Signatory | None) -> Data:
    told = describe(document)
    wanted = [one for one in document.revisions if one.certificate_pem and (only is None or one.signatory_id in (None, only.id))]
    return {
        "kind": told.kind,
        "title": told.title,
        "name": told.name,
        "pages": told.pages,
        "original_sha256": document.original_sha256,
        "signed_sha256": told.sha256,
        "revisions": [_revision(one) for one in wanted],
    }


def _revision(revision: SealedRevision) -> Data:
    signatory = revision.signatory
    return {
        "number": revision.number,
        "signed_by": signatory.name if signatory else "",
        "signatory": signatory.ref if signatory else "",
        "field": signatory.field if signatory else "",
        "previous_sha256": revision.previous_sha256,
        "sha256": revision.sha256,
        "timestamp": instant(revision.timestamp),
        "level": f"PAdES {revision.level}",
        "certificate": certificate(revision.certificate_pem),
    }


def _journal(work: Work, envelope: Envelope, only: Signatory | None) -> Data:
    lines = [journal.as_line(fact) for fact in journal.facts(work, envelope.alliance_id)]
    head, mine = lines[-1], {"", only.ref} if only else set()
    kept = [one for one in lines if one["type"].startswith(TOLD) and (only is None or one["payload"].get("signatory", "") in mine)]
    return {"head": head["hash"], "length": head["seq"], "extract": kept}
