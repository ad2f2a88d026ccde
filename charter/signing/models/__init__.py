"""The envelope: documents frozen together, who signs them, every step each took, and every revision of the signed files."""

from charter.signing.models.envelopes import Envelope, EnvelopeDocument, Signatory
from charter.signing.models.seals import SealedRevision
from charter.signing.models.steps import Code, SigningStep

__all__ = ["Code", "Envelope", "EnvelopeDocument", "SealedRevision", "Signatory", "SigningStep"]
