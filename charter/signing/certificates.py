"""Certificates issued, found again; what the authority publishes."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from charter.adapters.signer.certificates import mark
from charter.errors import NotFound
from charter.signing.models import SealedRevision
from charter.signing.sealer import sealer
from charter.work import Work
from workflows.base import N_

FRESH = timedelta(hours=1)
"""How long a published list is given out before another is signed; it says itself that it is good for a day."""
NOT_OURS = N_("Aucune autorité de ce service ne porte ce nom. La liste des certificats est à l’adresse /certificats.")


def by_serial(work: Work, serial: str) -> str:
    """The certificate (PEM) of that number (upper-case hexadecimal) some kept document bears; empty when there is none."""
    found = select(SealedRevision.certificate_pem).where(SealedRevision.serial == serial).limit(1)
    return work.session.scalar(found) or ""


def published_list(work: Work, name: str) -> bytes:
    """The revocation list (DER) of the authority of that mark. Raises NotFound; SignerUnavailable when its key is away."""
    authority = sealer(work.settings, work.now()).authority
    issuer = authority.issuer(name, work.now())
    if issuer is None:
        raise NotFound(NOT_OURS)
    return authority.signed_list(issuer, work.now(), FRESH)


def published(work: Work, name: str, encoding: Encoding) -> bytes:
    """The certificate of the authority of that mark. Raises NotFound."""
    held = sealer(work.settings, work.now()).authority.issuers(work.now())
    found = next((one for one in held if mark(one) == name), None)
    if found is None:
        raise NotFound(NOT_OURS)
    return found.public_bytes(encoding)
