"""What a signed file carries for whoever checks it elsewhere: each signature's message and timestamp token, certificates, revocation lists.

Read, not judged: `verification` says what holds.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, crl, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from charter.adapters.signer.reading import clean

_TOKEN = "signature_time_stamp_token"  # noqa: S105  an attribute's name (RFC 3161, appendix A)


@dataclass(frozen=True, slots=True)
class Token:
    """An RFC 3161 timestamp token: `der` the CMS bytes; `serial` in upper-case hexadecimal; `policy` an object identifier; `time` aware;
    `authority` the name its signer's certificate, or the token, gives; `imprint` the hash stamped (hex) and `algorithm` its name."""

    der: bytes
    serial: str
    policy: str
    time: datetime
    authority: str
    algorithm: str
    imprint: str


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature of a file: its `field`; `covers` how many bytes from the beginning (its own hole left out); `cms` the message (DER);
    `digest` what it signs of those bytes (hex) under `algorithm`; its `token`, None without one. `archive`: a document timestamp."""

    field: str
    covers: int
    cms: bytes
    algorithm: str
    digest: str
    token: Token | None
    archive: bool


@dataclass(frozen=True, slots=True)
class Material:
    """Certificates (DER) by SHA-256 order of appearance, and the newest revocation list (DER) of each issuer."""

    certificates: tuple[bytes, ...]
    revocation_lists: tuple[bytes, ...]


def seals_of(pdf: bytes) -> list[Seal]:
    """The signatures and document timestamps of `pdf`, oldest first. Raises what pyHanko raises on bytes that are no PDF."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return sorted((_seal(found) for found in reader.embedded_signatures), key=lambda one: one.covers)


def material_of(*pdfs: bytes) -> Material:
    """The validation material of signed files: what their `/DSS` (ISO 32000-2, 12.8.4.3) and their messages hold, each once."""
    certificates: dict[bytes, bytes] = {}
    lists: dict[bytes, crl.CertificateList] = {}
    for pdf in pdfs:
        reader = PdfFileReader(io.BytesIO(pdf))
        for der in [*_stored(reader, "/Certs"), *_carried(reader)]:
            certificates.setdefault(x509.Certificate.load(der).sha256, der)
        for der in _stored(reader, "/CRLs"):
            _keep_newest(lists, crl.CertificateList.load(der))
    return Material(tuple(certificates.values()), tuple(one.dump() for one in lists.values()))


def _keep_newest(lists: dict[bytes, crl.CertificateList], found: crl.CertificateList) -> None:
    issuer = found.issuer.dump()
    held = lists.get(issuer)
    if held is None or _made(held) < _made(found):
        lists[issuer] = found


def _made(found: crl.CertificateList) -> datetime:
    made: datetime = found["tbs_cert_list"]["this_update"].native
    return made


def _stored(reader: PdfFileReader, name: str) -> Iterator[bytes]:
    store = reader.root["/DSS"] if "/DSS" in reader.root else {}  # noqa: SIM401  `get` would not follow the reference
    if name in store:
        for stream in store[name]:
            yield stream.get_object().data


def _carried(reader: PdfFileReader) -> Iterator[bytes]:
    for found in reader.embedded_signatures:
        for choice in found.signed_data["certificates"]:
            yield choice.chosen.dump()


def _seal(found: EmbeddedPdfSignature) -> Seal:
    start, length = int(found.byte_range[2]), int(found.byte_range[3])
    message = cms.ContentInfo.load(bytes(found.pkcs7_content), strict=False)
    archive = found.sig_object.get("/Type") == "/DocTimeStamp"
    token = _token(message) if archive else next(map(_token, _tokens(found.signer_info)), None)
    algorithm, digest = (token.algorithm, token.imprint) if archive and token else _signed_digest(found.signer_info)
    return Seal(found.field_name, start + length, message.dump(), algorithm, digest, token, archive)


def _tokens(signer: cms.SignerInfo) -> Iterator[cms.ContentInfo]:
    for attribute in _attributes(signer["unsigned_attrs"]):
        if attribute["type"].native == _TOKEN:
            yield from attribute["values"]


def _signed_digest(signer: cms.SignerInfo) -> tuple[str, str]:
    for attribute in _attributes(signer["signed_attrs"]):
        if attribute["type"].native == "message_digest":
            return signer["digest_algorithm"]["algorithm"].native, attribute["values"][0].native.hex()
    return signer["digest_algorithm"]["algorithm"].native, ""


def _attributes(found: Any) -> Iterable[Any]:
    return found if isinstance(found, (cms.CMSAttributes, cms.SetOf)) else ()


def _token(message: cms.ContentInfo) -> Token:
    told = message["content"]["encap_content_info"]["content"].parsed
    imprint = told["message_imprint"]
    return Token(
        der=message.dump(),
        serial=f"{told['serial_number'].native:X}",
        policy=told["policy"].dotted,
        time=told["gen_time"].native,
        authority=_authority(message["content"], told["tsa"]),
        algorithm=imprint["hash_algorithm"]["algorithm"].native,
        imprint=imprint["hashed_message"].native.hex(),
    )


def _authority(signed: cms.SignedData, told: Any) -> str:
    """The subject of the certificate that signed the token, else the name written in it."""
    wanted = signed["signer_infos"][0]["sid"].chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if isinstance(wanted, cms.IssuerAndSerialNumber) and certificate.serial_number == wanted["serial_number"].native:
            return _common(certificate.subject)
    return _common(told.chosen) if told.native and isinstance(told.chosen, x509.Name) else ""


def _common(name: x509.Name) -> str:
    """What people call it: the common name, else the whole."""
    return clean(str(name.native.get("common_name") or name.human_friendly))


def first_signed(pdf: bytes) -> bytes:
    """The document as the first signature covers it, before anything was added; `pdf` itself when nobody signed it."""
    ends = [int(found.byte_range[2]) + int(found.byte_range[3]) for found in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures]
    return pdf[: min(ends)] if ends else pdf
