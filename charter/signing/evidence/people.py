"""One signatory, as the evidence tells it: who, in what capacity, by what authority, identified how, and what was consented to."""

from __future__ import annotations

import re
import unicodedata

from charter.i18n import gettext, speaking
from charter.signing.evidence.plain import Data, certificate, instant
from charter.signing.models import Signatory, SigningStep
from charter.signing.models.approvers import Approver
from charter.signing.models.proofs import PROOF_NAMES, AuthorityProof
from charter.signing.services.identity import identification
from charter.work import Work
from workflows.visas import ApproverStatus


def signatory(work: Work, one: Signatory) -> Data:
    """The whole of it."""
    party, envelope = one.party, one.envelope
    with speaking("fr"):
        return {
            "ref": one.ref,
            "name": one.name,
            "email": one.email,
            "capacity": one.title,
            "organisation": one.organisation,
            "identifier": party.organisation.identifier,
            "party": party.ref,
            "rank": one.rank,
            "authority": authority(one),
            "field": one.field,
            "identification": identification(work, one),
            "consent_sentence": one.consent_sentence,
            "documents_read": list(envelope.fingerprints),
            "steps": [_step(step) for step in one.steps],
            "signed_at": instant(one.signed_at),
            "certificates": [
                {"document": document.kind, **certificate(revision.certificate_pem)}
                for document in envelope.documents
                for revision in document.revisions
                if revision.signatory_id == one.id and revision.certificate_pem
            ],
        }


def authority(one: Signatory) -> Data:
    """What says this person may sign: the deliberation, who delegated, files given as proof, who approved before."""
    return {
        "deliberation": _deliberation(one),
        "delegate_of": {"name": one.delegate_of, "capacity": one.delegate_of_title} if one.delegate_of else None,
        "proofs": [_proof(proof, one) for proof in one.proofs],
        "approvals": [_approval(found) for found in one.envelope.approvers if _asked(found, one)],
    }


def _proof(proof: AuthorityProof, one: Signatory) -> Data:
    """`file`: its name in the bundle, where two files of the same name stay apart."""
    place = one.proofs.index(proof) + 1
    return {
        "kind": proof.kind.value,
        "label": gettext(PROOF_NAMES[proof.kind]),
        "filename": proof.filename,
        "file": f"pieces/{one.position + 1:02d}-{place}-{_plain(proof.filename)}",
        "mime": proof.mime,
        "sha256": proof.sha256,
        "size": proof.size,
        "added_by": proof.adder.display_name,
        "added_at": instant(proof.added_at),
    }


def _plain(name: str) -> str:
    """A file name that every system accepts: ASCII letters, digits, hyphens, full stops; at most sixty characters, the ending kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = re.sub(r"[^A-Za-z0-9.-]+", "-", plain).strip("-.").rpartition(".")
    return f"{stem[:50] or 'piece'}{dot}{ending[:10]}" if dot else (ending[:60] or "piece")


def _asked(found: Approver, one: Signatory) -> bool:
    return found.party_id == one.party_id and found.status != ApproverStatus.removed


def _approval(found: Approver) -> Data:
    return {
        "name": found.name,
        "email": found.email,
        "status": found.status.value,
        "at": instant(found.at),
        "documents": list(found.documents),
        "reason": found.reason,
    }


def _deliberation(one: Signatory) -> dict[str, str] | None:
    party = one.party
    if not party.deliberation_number or party.deliberation_date is None:
        return None
    return {"number": party.deliberation_number, "date": party.deliberation_date.isoformat()}


def _step(step: SigningStep) -> dict[str, str]:
    return {"kind": step.kind, "at": instant(step.at), "address": step.address, "browser": step.browser, "detail": step.detail}
