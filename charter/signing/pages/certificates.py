"""The authority's certificates and revocation lists, to anybody: what other tools need to check a signature."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from charter.adapters.http import current_work, limiter, page, public
from charter.adapters.signer.certificates import mark
from charter.signing import certificates
from charter.signing.sealer import sealer

pages = Blueprint("certificates", __name__, url_prefix="/certificats")
RATE = "60 per minute"
LIST_SECONDS, CERTIFICATE_SECONDS = 3600, 86400


@pages.get("")
@limiter.limit(RATE)
@public
def index() -> AnyResponse:
    """Every root and issuing authority there has been, with its fingerprint."""
    work = current_work()
    held = sealer(work.settings, work.now()).authority.issuers(work.now())
    return page("signing/certificates.html", authorities=[_shown(one) for one in held])


@pages.get("/racine.pem")
@limiter.limit(RATE)
@public
def root() -> AnyResponse:
    """The root in use, then those before it (PEM)."""
    work = current_work()
    pem = sealer(work.settings, work.now()).authority.root_pem().encode()
    return _given(pem, "application/x-pem-file", CERTIFICATE_SECONDS)


@pages.get("/<name>.cer")
@limiter.limit(RATE)
@public
def certificate(name: str) -> AnyResponse:
    """One authority's certificate (DER)."""
    return _given(certificates.published(current_work(), name, Encoding.DER), "application/pkix-cert", CERTIFICATE_SECONDS)


@pages.get("/<name>.pem")
@limiter.limit(RATE)
@public
def certificate_pem(name: str) -> AnyResponse:
    """The same (PEM)."""
    return _given(certificates.published(current_work(), name, Encoding.PEM), "application/x-pem-file", CERTIFICATE_SECONDS)


@pages.get("/<name>.crl")
@limiter.limit(RATE)
@public
def revocations(name: str) -> AnyResponse:
    """One authority's revocation list (DER, RFC 5280)."""
    return _given(certificates.published_list(current_work(), name), "application/pkix-crl", LIST_SECONDS)


def _given(content: bytes, mime: str, seconds: int) -> AnyResponse:
    response = Response(content, mimetype=mime)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.add_etag()
    return response.make_conditional(request)


def _shown(one: x509.Certificate) -> dict[str, object]:
    return {
        "name": one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value,
        "mark": mark(one),
        "root": one.issuer == one.subject,
        "sha256": one.fingerprint(hashes.SHA256()).hex(":").upper(),
        "start": one.not_valid_before_utc.date(),
        "end": one.not_valid_after_utc.date(),
    }
