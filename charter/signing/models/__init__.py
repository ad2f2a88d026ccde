"""The envelope: documents frozen together, who signs them, every step each took, and every revision of the signed files."""

from charter.signing.models.approvers import Approver
from charter.signing.models.copies import CopyRecipient
from charter.signing.models.dossiers import SignatoryEvidence
from charter.signing.models.envelopes import Envelope, EnvelopeDocument, Signatory
from charter.signing.models.passkeys import PasskeyProof
from charter.signing.models.proofs import PROOF_NAMES, AuthorityProof, ProofKind
from charter.signing.models.seals import SealedRevision
from charter.signing.models.steps import Code, SigningStep
from charter.signing.models.times import ReminderPolicy

__all__ = [
    "PROOF_NAMES",
    "Approver",
    "AuthorityProof",
    "Code",
    "CopyRecipient",
    "Envelope",
    "EnvelopeDocument",
    "PasskeyProof",
    "ProofKind",
    "ReminderPolicy",
    "SealedRevision",
    "Signatory",
    "SignatoryEvidence",
    "SigningStep",
]
