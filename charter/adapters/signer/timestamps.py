"""Where trusted time comes from: a timestamping unit of ours inside the process, or an outside RFC 3161 authority over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper

from charter.adapters.signer.authority import LocalAuthority
from charter.adapters.signer.certificates import TIMESTAMP_POLICY, Credential, PrivateKey
from charter.adapters.signer.outside_time import OutsideTimeStamper, told


class TimestampSource(Protocol):
    """Gives a client of a timestamping authority."""

    @property
    def roots(self) -> Sequence[bytes]:
        """Its trust anchors (DER or PEM), besides the local authority's root."""

    @property
    def outside(self) -> bool:
        """Whether it is reached over the network, as its revocation status then is."""

    @property
    def address(self) -> str:
        """Where it is, as it may be shown; empty inside."""

    def client(self, when: datetime) -> TimeStamper:
        """A fresh client; an inside one stamps `when`, an outside one its own time."""


class LocalTimestamps:
    """Tokens signed here, under the local authority: proves order and content to those who trust this platform, no more."""

    roots: Sequence[bytes] = ()
    outside = False
    address = ""

    def __init__(self, authority: LocalAuthority) -> None:
        self._authority = authority
        self._last: _InProcess | None = None

    def client(self, when: datetime) -> TimeStamper:
        """A client whose tokens all bear `when`. It knows already what the one before learnt of a token's size."""
        made = _InProcess(self._authority.credential("timestamping", when), when)
        made.learn_from(self._last)
        self._last = made
        return made


class HttpTimestamps:
    """An outside authority at `url`. `roots` are the certificates (DER or PEM) its own chain ends with; `timeout` in seconds, for the whole
    exchange."""

    outside = True

    def __init__(self, url: str, roots: Sequence[bytes], timeout: float = 10.0) -> None:
        self.roots = tuple(roots)
        self.address = told(url)
        self._url = url
        self._timeout = timeout

    def client(self, when: datetime) -> TimeStamper:
        """A client of the outside authority, whose time must be within minutes of `when`."""
        return OutsideTimeStamper(self._url, self._timeout, self.roots, when)


class _InProcess(TimeStamper):
    """An RFC 3161 timestamping unit answering from memory, with an ECDSA P-256 key."""

    def __init__(self, credential: Credential, when: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._key = credential.key
        self._certificate = asn1_x509.Certificate.load(credential.certificate.public_bytes(Encoding.DER))
        self._when = when

    def learn_from(self, other: _InProcess | None) -> None:
        """Shares with another client of the same unit the token pyHanko has made to see how long one is."""
        if other is not None and other._certificate.serial_number == self._certificate.serial_number:
            self._dummy_response_cache, self._certs, self.cert_registry = other._dummy_response_cache, other._certs, other.cert_registry

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Grants the request."""
        token = cms.ContentInfo({"content_type": "signed_data", "content": self._signed_data(self._info(req).dump())})
        return tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token})

    def _info(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        fields = {
            "version": "v1",
            "policy": TIMESTAMP_POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(120),
            "gen_time": self._when,
            "accuracy": tsp.Accuracy({"seconds": 1}),
            "tsa": asn1_x509.GeneralName(name="directory_name", value=self._certificate.subject),
        }
        if req["nonce"].native is not None:
            fields["nonce"] = req["nonce"]
        return tsp.TSTInfo(fields)

    def _signed_data(self, content: bytes) -> cms.SignedData:
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        return cms.SignedData(
            {
                "version": "v3",  # required by the content type (RFC 5652, section 5.1)
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
                "certificates": [self._certificate],
                "signer_infos": [self._signer_info(content, sha256)],
            }
        )

    def _signer_info(self, content: bytes, sha256: algos.DigestAlgorithm) -> cms.SignerInfo:
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(self._when)})),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self._certificate)),
                simple_cms_attribute("message_digest", _sha256(content)),
            ]
        )
        sid = cms.IssuerAndSerialNumber({"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number})
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
                "digest_algorithm": sha256,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": attributes,
                "signature": _signed(self._key, attributes.dump()),
            }
        )


def _signed(key: PrivateKey, content: bytes) -> bytes:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the timestamping unit has an elliptic curve key")
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()
