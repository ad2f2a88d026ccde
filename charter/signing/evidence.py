"""The evidence file (« dossier de preuve ») as plain data: what the service saw while the envelope was signed.

`gather` gives the content of preuve.json; times are ISO 8601 in UTC, hashes lower-case hexadecimal SHA-256. The file says what it
proves and what it does not (code civil, articles 1366 and 1367; règlement (UE) n° 910/2014, article 3, point 10).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from charter.adapters.signer import EIDAS_LABEL, EIDAS_LEVEL
from charter.contracts.gathering import charter_of
from charter.drafting import services as drafting
from charter.i18n import gettext, speaking
from charter.journal import services as journal
from charter.signing.models import Envelope, EnvelopeDocument, SealedRevision, Signatory, SigningStep
from charter.signing.sealer import sealer
from charter.signing.services.documents import describe
from charter.work import Work
from workflows.base import N_

FORMAT = "charte-du-faire-alliance/preuve/1"
TOLD = ("charter.", "contract.frozen", "envelope.", "signatory.", "signature.")
"""Types of the journal's facts that bear on the signature."""

PROVES = (
    N_("Chaque signataire s’est connecté à un compte d’adresse électronique vérifiée, puis a recopié un code reçu à cette adresse."),
    N_("Le code et le consentement sont liés aux empreintes des documents : ce qui a été lu est ce qui a été signé."),
    N_("Chaque fichier est intact depuis ses signatures, posées aux heures dites par l’horodatage qu’elles contiennent."),
    N_("Les articles de la charte signée sont, mot pour mot, ceux auxquels chaque partie avait donné son accord."),
    N_("Le journal de l’alliance est chaîné : une ligne changée ou retirée se voit."),
)
NOT_PROVED = (
    N_("L’état civil des signataires n’a pas été contrôlé sur pièce : l’identité repose sur leur adresse et sur leur organisation."),
    N_("La présomption de fiabilité (décret n° 2017-1416) ne joue pas : en cas de contestation, ces éléments sont à produire."),
    N_("Le pouvoir d’engager l’organisation est déclaré par chaque signataire ; les délibérations citées ne sont pas jointes."),
    N_("Sans autorité d’horodatage extérieure, l’heure est celle de ce service."),
)


def gather(work: Work, envelope: Envelope) -> dict[str, Any]:
    """The content of preuve.json for a completed envelope. Always in French."""
    with speaking("fr"):
        return {
            "format": FORMAT,
            "made_at": instant(work.now()),
            "zone": envelope.alliance.zone,
            "alliance": {"ref": envelope.alliance.ref, "title": envelope.alliance.title},
            "envelope": _envelope(envelope),
            "level": {"eidas": EIDAS_LEVEL, "label": gettext(EIDAS_LABEL)},
            "proves": [gettext(text) for text in PROVES],
            "does_not_prove": [gettext(text) for text in _limits(work)],
            "documents": [_document(work, one) for one in envelope.documents],
            "charter": _charter(work, envelope),
            "signatories": [_signatory(one, envelope) for one in envelope.signatories],
            "journal": _journal(work, envelope),
            "authority": {
                "root_pem": sealer(work.settings, work.now()).authority.root_pem(),
                "timestamps": work.settings.tsa_url or "local",
            },
        }


def canonical(evidence: dict[str, Any]) -> bytes:
    """preuve.json: RFC 8785 canonical JSON, so that its own hash means something."""
    return rfc8785.dumps(evidence)


def instant(at: datetime | None) -> str:
    """ISO 8601 in UTC, to the second; empty for None."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def fingerprint(pem: str) -> str:
    """SHA-256 (hex) of a certificate's DER bytes, as every viewer shows it."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()


def _limits(work: Work) -> tuple[str, ...]:
    return NOT_PROVED[:-1] if work.settings.tsa_url else NOT_PROVED


def _envelope(envelope: Envelope) -> dict[str, Any]:
    times = {"created_at": envelope.created_at, "sent_at": envelope.sent_at, "completed_at": envelope.completed_at}
    return {"ref": envelope.ref, "contract": envelope.contract.ref, **{name: instant(at) for name, at in times.items()}}


def _document(work: Work, document: EnvelopeDocument) -> dict[str, Any]:
    told = describe(document)
    return {
        "kind": told.kind,
        "title": told.title,
        "name": told.name,
        "pages": told.pages,
        "size": len(work.storage.get(told.sha256)),
        "original_sha256": document.original_sha256,
        "signed_sha256": told.sha256,
        "revisions": [_revision(one) for one in document.revisions if one.certificate_pem],
    }


def _revision(revision: SealedRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "signed_by": revision.signatory.name if revision.signatory else "",
        "field": revision.signatory.field if revision.signatory else "",
        "previous_sha256": revision.previous_sha256,
        "sha256": revision.sha256,
        "timestamp": instant(revision.timestamp),
        "level": f"PAdES {revision.level}",
        "certificate": _certificate(revision),
    }


def _certificate(revision: SealedRevision) -> dict[str, str]:
    return {"serial": revision.serial, "sha256": fingerprint(revision.certificate_pem), "pem": revision.certificate_pem}


def _charter(work: Work, envelope: Envelope) -> dict[str, Any]:
    adopted = charter_of(work, envelope.alliance, envelope.contract)
    names = {party.id: party.name for party in envelope.alliance.parties}
    said: dict[int, list[dict[str, str]]] = {}
    for one in drafting.standing_consents(work, drafting.text_of(work, envelope.alliance, adopted.text_ref)):
        word = {"party": names[one.party_id], "kind": one.kind.value, "sha256": one.sha256, "at": instant(one.at)}
        said.setdefault(one.article_id, []).append(word)
    return {
        "text": adopted.text_ref,
        "version": adopted.version,
        "sha256": adopted.sha256,
        "adopted_at": instant(adopted.adopted_at),
        "articles": [
            {"number": one.number, "title": one.title, "sha256": one.sha256, "consents": said.get(one.article_id, [])}
            for one in adopted.articles
        ],
    }


def _signatory(signatory: Signatory, envelope: Envelope) -> dict[str, Any]:
    party = signatory.party
    return {
        "name": signatory.name,
        "email": signatory.email,
        "capacity": signatory.title,
        "organisation": signatory.organisation,
        "identifier": party.organisation.identifier,
        "deliberation": _deliberation(signatory),
        "field": signatory.field,
        "consent_sentence": signatory.consent_sentence,
        "documents_read": list(envelope.fingerprints),
        "steps": [_step(one) for one in signatory.steps],
        "signed_at": instant(signatory.signed_at),
        "certificates": [
            _certificate(one) for document in envelope.documents for one in document.revisions if one.signatory_id == signatory.id
        ],
    }


def _deliberation(signatory: Signatory) -> dict[str, str] | None:
    party = signatory.party
    if not party.deliberation_number or party.deliberation_date is None:
        return None
    return {"number": party.deliberation_number, "date": party.deliberation_date.isoformat()}


def _step(step: SigningStep) -> dict[str, str]:
    return {"kind": step.kind, "at": instant(step.at), "address": step.address, "browser": step.browser, "detail": step.detail}


def _journal(work: Work, envelope: Envelope) -> dict[str, Any]:
    lines = [journal.as_line(fact) for fact in journal.facts(work, envelope.alliance_id)]
    head = lines[-1]
    return {"head": head["hash"], "length": head["seq"], "extract": [line for line in lines if line["type"].startswith(TOLD)]}


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()
