"""Facts of how each party gets ready to sign: order, proofs of authority, delegation, visa."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class SigningOrderSet(Event, type="envelope.order_set"):
    """``ranks``: « party=rank », 1 signs first; all 1, all at once."""

    envelope: str
    ranks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AuthorityJoined(Event, type="signature.authority_joined"):
    """A file shows that the signatory may sign. ``kind``: deliberation, mandate, statutes, delegation, other; ``sha256``: its bytes."""

    envelope: str
    signatory: str
    party: str
    kind: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AuthorityWithdrawn(Event, type="signature.authority_withdrawn"):
    envelope: str
    signatory: str
    party: str
    kind: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class SignatureDelegated(Event, type="signature.delegated"):
    """``holder``: the person the documents print; ``former``: who was to sign until now; ``person``: who signs from now on; ``proof``: the
    SHA-256 of the delegation."""

    envelope: str
    signatory: str
    party: str
    holder: str
    former: str
    person: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class DelegationEnded(Event, type="signature.delegation_ended"):
    """The holder signs after all; ``former``: who was to sign in their place."""

    envelope: str
    signatory: str
    party: str
    holder: str
    former: str


@dataclass(frozen=True, kw_only=True)
class VisaAsked(Event, type="signature.visa_asked"):
    """``person``: whose visa must come before the party signs."""

    envelope: str
    party: str
    person: str


@dataclass(frozen=True, kw_only=True)
class VisaLifted(Event, type="signature.visa_lifted"):
    """The party no longer asks for this person's visa."""

    envelope: str
    party: str
    person: str


@dataclass(frozen=True, kw_only=True)
class VisaGiven(Event, type="signature.visa_given"):
    """``documents``: the SHA-256 of what was approved."""

    envelope: str
    party: str
    person: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VisaRefused(Event, type="signature.visa_refused"):
    envelope: str
    party: str
    person: str
    reason: str = ""
