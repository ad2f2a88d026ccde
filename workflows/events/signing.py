"""Facts of the signature."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class EnvelopeSent(Event, type="envelope.sent"):
    envelope: str
    documents: tuple[str, ...]
    signatories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentOpened(Event, type="signatory.document_opened"):
    envelope: str
    signatory: str
    party: str


@dataclass(frozen=True, kw_only=True)
class SignatoryIdentified(Event, type="signatory.identified"):
    """``method``: what proved it is that person (``code``, ``passkey``)."""

    envelope: str
    signatory: str
    party: str
    method: str = "code"


@dataclass(frozen=True, kw_only=True)
class SignatureConfirmed(Event, type="signature.confirmed"):
    """``documents``: the SHA-256 of what was on screen when the person said yes."""

    envelope: str
    signatory: str
    party: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignatureSealed(Event, type="signature.sealed"):
    """``documents``: the SHA-256 of the signed files; ``serials``: the certificates' serial numbers."""

    envelope: str
    signatory: str
    party: str
    documents: tuple[str, ...]
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignatureDeclined(Event, type="signature.declined"):
    envelope: str
    signatory: str
    party: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EnvelopeCompleted(Event, type="envelope.completed"):
    envelope: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EnvelopeVoided(Event, type="envelope.voided"):
    envelope: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ArchiveRenewed(Event, type="archive.renewed"):
    """A newer archive timestamp covers a signed document (``kind``: charter or contract); ``document``: the file's SHA-256 from now on."""

    envelope: str
    kind: str
    document: str
