"""Proofs of authority: files a party joins so that anybody in the alliance sees why its signatory may sign."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.alliances.announce import announce
from charter.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.signing.models import AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.services.ceremony import ENDED
from charter.signing.services.envelopes import held
from charter.work import Work
from workflows.base import N_, Missing
from workflows.events import AuthorityJoined, AuthorityWithdrawn
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus

MAX_PROOF = 10 * 1024 * 1024
MOST_PROOFS = 20
LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A file received and kept: its name made safe, what it really is, its SHA-256 in the storage, its size in bytes."""

    filename: str
    mime: str
    sha256: str
    size: int


def keep_proof(work: Work, filename: str, content: bytes) -> ProofFile:
    """Checks what the file really is, whatever it is called, and keeps its bytes. Writes no row. Raises Invalid (file)."""
    if not content:
        raise _wrong(gettext(N_("Choisissez un fichier : celui-ci est vide ou absent")))
    if len(content) > MAX_PROOF:
        raise _wrong(gettext(N_("Ce fichier dépasse %(n)s Mo : allégez-le, ou joignez-le en plusieurs fois"), n=MAX_PROOF // 1024**2))
    mime = real_type(content)
    if mime is None:
        raise _wrong(gettext(N_("Ce fichier n’est ni un PDF, ni une image JPEG ou PNG : enregistrez-le dans l’un de ces formats")))
    return ProofFile(safe_name(filename, mime), mime, work.storage.put(content), len(content))


def real_type(content: bytes) -> str | None:
    """The MIME type the bytes themselves tell (ISO 32000-1, 7.5.2; ITU-T T.81, B.2; RFC 2083, 3.1); None when it is none of those taken."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-2048:]:
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and b"IEND" in content[-2048:]:
        return "image/png"
    return None


def safe_name(filename: str, mime: str) -> str:
    """A name that any system takes, without folder nor direction marks, ending as its real type does."""
    last = re.split(r"[/\\]", filename)[-1]
    stem = " ".join(_UNSAFE.sub(" ", last).split()).strip(". ")
    stem = re.sub(r"\.(pdf|jpe?g|png)$", "", stem, flags=re.IGNORECASE).strip(". ")
    return f"{stem[:120].strip() or 'piece'}{EXTENSIONS[mime]}"


def join_proof(work: Work, signatory: Signatory, kind: ProofKind, file: ProofFile) -> AuthorityProof:
    """Joins a kept file for the signatory. The same file of the same kind again changes nothing.

    Raises Forbidden (another party's), Gone (envelope over), Conflict (they have signed), Refused past MOST_PROOFS.
    """
    alliance = held(work, signatory.envelope)
    check_own_party(work, signatory)
    check_before_signature(signatory)
    found = next((one for one in signatory.proofs if (one.kind, one.sha256, one.delegate_id) == (kind, file.sha256, None)), None)
    if found is not None:
        return found
    if len(signatory.proofs) >= MOST_PROOFS:
        text = N_("%(n)s pièces sont déjà jointes : retirez-en une")
        raise Refused(missing=[Missing(text, who=(signatory.organisation,), params={"n": MOST_PROOFS})])
    proof = AuthorityProof(signatory=signatory, kind=kind, filename=file.filename, mime=file.mime, sha256=file.sha256, size=file.size)
    proof.added_by, proof.added_at = work.actor.person_id or signatory.person_id, work.now()
    work.add(proof)
    announce(work, alliance, AuthorityJoined(**_told(proof)))
    return proof


def withdraw_proof(work: Work, proof: AuthorityProof) -> None:
    """Takes a file back, before the party has signed. Its SHA-256 stays in the journal.

    Raises Forbidden, Gone, Conflict, NotFound when it is withdrawn already, Refused when the delegation rests on it.
    """
    signatory = proof.signatory
    alliance = held(work, signatory.envelope)
    check_own_party(work, signatory)
    check_before_signature(signatory)
    proof = proof_of(signatory, proof.ref)  # somebody else may have withdrawn it, or delegated with it, meanwhile
    if signatory.delegate_of and proof.delegate_id == signatory.person_id:
        text = N_("La délégation repose sur cette pièce : mettez d’abord fin à la délégation")
        raise Refused(text, [Missing(text, who=(signatory.organisation,))])
    told = AuthorityWithdrawn(**_told(proof))
    signatory.proofs.remove(proof)
    work.session.delete(proof)
    work.session.flush()
    announce(work, alliance, told)


def with_proofs(work: Work, envelope: Envelope) -> list[Signatory]:
    """The envelope's signatories in their order, the proofs of all read at once."""
    query = select(Signatory).where(Signatory.envelope_id == envelope.id).options(selectinload(Signatory.proofs))
    return list(work.session.scalars(query.order_by(Signatory.position)))


def proof_of(signatory: Signatory, ref: str) -> AuthorityProof:
    """The signatory's proof with that reference. Raises NotFound."""
    found = next((one for one in signatory.proofs if one.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def acts_for_party(work: Work, signatory: Signatory) -> bool:
    """Whether whoever acts is a referent or a signatory of the party, which is still in."""
    voices = signatory.party.members_with(Role.referent, Role.signatory) if signatory.party.status == PartyStatus.accepted else []
    return any(one.person_id == work.actor.person_id for one in voices)


def open_to_change(signatory: Signatory) -> bool:
    """True until the party has signed, while the envelope lives."""
    return signatory.envelope.status in LIVE and signatory.status in AWAITED


def check_own_party(work: Work, signatory: Signatory) -> None:
    """Raises Forbidden unless whoever acts is a referent or a signatory of the party."""
    if not acts_for_party(work, signatory):
        raise Forbidden(N_("Seuls le référent et les signataires de %(party)s peuvent le faire."), party=signatory.organisation)


def check_before_signature(signatory: Signatory) -> None:
    """Raises Gone once the envelope is over, Conflict once the person has said yes."""
    if signatory.envelope.status not in LIVE:
        raise Gone(ENDED[signatory.envelope.status])
    if signatory.status not in AWAITED:
        raise Conflict(
            N_("%(name)s a déjà signé pour %(party)s : rien n’y change plus."), name=signatory.name, party=signatory.organisation
        )


def _told(proof: AuthorityProof) -> dict[str, str]:
    signatory = proof.signatory
    return {
        "envelope": signatory.envelope.ref,
        "signatory": signatory.ref,
        "party": signatory.party.ref,
        "kind": proof.kind.value,
        "sha256": proof.sha256,
    }


def _wrong(message: str) -> Invalid:
    return Invalid({"file": [message]})
