"""What an outside signature provider is asked and answers, whoever it is: a request opened, documents and signers added, then months of
waiting. `Signer` (model.py) seals at once with keys at hand; here somebody else signs, elsewhere and later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from charter.adapters.signer.errors import SignerUnavailable
from charter.errors import CharterError
from workflows.base import N_

SIMPLE, ADVANCED, QUALIFIED = "electronic_signature", "advanced_electronic_signature", "qualified_electronic_signature"
LEVELS = {
    SIMPLE: N_("signature électronique simple"),
    ADVANCED: N_("signature électronique avancée"),
    QUALIFIED: N_("signature électronique qualifiée"),
}
"""Levels as the provider claims them (règlement (UE) n° 910/2014, article 3, points 10 to 12); the product vouches for none."""


class ProviderAway(SignerUnavailable):
    """It did not answer, or asked to wait. Worth trying again. `detail` is for the log."""

    title = N_("Le prestataire de signature ne répond pas pour le moment. Rien n’est perdu : réessayez dans un instant.")


class ProviderRefused(CharterError):
    """It answered no: trying the same again cannot help. `code` is the HTTP status, `detail` what it said."""

    status = 502
    title = N_("Le prestataire de signature a refusé la demande")

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__()
        self.code, self.detail = code, detail

    def __str__(self) -> str:
        return f"{self.code} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a signature shows: page from 1; points (1/72 inch), from the top left corner of the page."""

    page: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class RequestOrder:
    """A signature request to open. `external_id` is ours, by which it is found again; `ordered`: signers one after the other."""

    name: str
    external_id: str
    ordered: bool
    zone: str
    expires: date | None


@dataclass(frozen=True, slots=True)
class SignerOrder:
    """A signer to add. `spots` by the provider's document id; `phone` in E.164 form or empty; `back` where the person returns."""

    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    level: str
    spots: tuple[tuple[str, Spot], ...]
    back: str


@dataclass(frozen=True, slots=True)
class SignerState:
    """A signer as the provider sees them; `link` is empty until they may sign, and good for a few hours only."""

    id: str
    email: str
    status: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class DocumentState:
    """A document as the provider keeps it; `sha256` of what it received, as it says."""

    id: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RequestState:
    """A signature request as the provider sees it: `status` in its words; who declined (`declined_by`, a signer's id) and why."""

    id: str
    status: str
    signers: tuple[SignerState, ...] = ()
    declined_by: str = ""
    decline_reason: str = ""


class SignatureProvider(Protocol):
    """Every method raises ProviderAway when trying again may help, ProviderRefused when it cannot."""

    def find(self, external_id: str) -> RequestState | None:
        """The live request opened under that id; None when there is none."""

    def open(self, order: RequestOrder) -> RequestState:
        """A new request, a draft."""

    def state(self, request_id: str) -> RequestState:
        """The request as it stands."""

    def documents(self, request_id: str) -> tuple[DocumentState, ...]:
        """The documents it holds."""

    def upload(self, request_id: str, name: str, pdf: bytes) -> DocumentState:
        """Adds a document to sign."""

    def signers(self, request_id: str) -> tuple[SignerState, ...]:
        """The signers it holds, in order."""

    def add_signer(self, request_id: str, order: SignerOrder) -> SignerState:
        """Adds a signer, after those already there."""

    def activate(self, request_id: str) -> RequestState:
        """Opens the request to its signers."""

    def signer(self, request_id: str, signer_id: str) -> SignerState:
        """A signer as they stand, with a link that is good now."""

    def cancel(self, request_id: str, note: str) -> None:
        """Ends the request."""

    def discard(self, request_id: str) -> None:
        """Deletes a draft."""

    def reactivate(self, request_id: str, expires: date) -> None:
        """Opens an expired request again, until `expires`."""

    def download(self, request_id: str, document_id: str) -> bytes:
        """The document with the signatures it has."""

    def audit_trail(self, request_id: str, signer_id: str) -> bytes:
        """The provider's own record of one signature (PDF)."""
