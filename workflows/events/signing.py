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
    """``documents``: the SHA-256 of what was on screen when the person said yes; ``consent_sha256``: of the sentence they said yes to."""

    envelope: str
    signatory: str
    party: str
    documents: tuple[str, ...]
    consent_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ProviderChosen(Event, type="envelope.provider_chosen"):
    """The outside ``provider`` that gathers the signatures, at the ``level`` it claims; both empty: the product signs itself."""

    envelope: str
    provider: str = ""
    level: str = ""


@dataclass(frozen=True, kw_only=True)
class EnvelopeHandedOver(Event, type="envelope.handed_over"):
    """The outside provider holds the ``documents`` (SHA-256 of what it was given) under its own ``request``."""

    envelope: str
    provider: str
    request: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignatureGiven(Event, type="signature.given"):
    """The outside provider says that person signed there; the signed file is still to come home and be checked."""

    envelope: str
    signatory: str
    party: str
    provider: str


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
class SigningDeadlineExtended(Event, type="envelope.deadline_extended"):
    """``before``, ``after``: the last day to sign, ISO 8601, as it was and as it is (``before`` is empty when there was none)."""

    envelope: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SigningDeadlinePassed(Event, type="envelope.deadline_passed"):
    """The day is over and signatures are still awaited. It changes nothing by itself: one may still sign."""

    envelope: str
    day: str


@dataclass(frozen=True, kw_only=True)
class SigningRemindersChosen(Event, type="envelope.reminders_chosen"):
    """``days``: how many before the deadline; ``most``: automatic reminders a person gets at the very most."""

    envelope: str
    days: tuple[int, ...]
    most: int


@dataclass(frozen=True, kw_only=True)
class CopyAsked(Event, type="envelope.copy_asked"):
    """``copy``: reference of the person who is to receive the signed documents, asked for by ``party``."""

    envelope: str
    party: str
    copy: str


@dataclass(frozen=True, kw_only=True)
class CopyRemoved(Event, type="envelope.copy_removed"):
    envelope: str
    party: str
    copy: str


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
