"""What a sealed file really holds, looked at before anybody keeps it: a level lower than asked is refused, never stored.

B-LT (ETSI EN 319 142-1): a timestamp over the signature, and in the document the status of the certificates that made both. B-LTA: a
document timestamp over all of it.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from charter.adapters.signer.errors import Away, SignerUnavailable
from charter.adapters.signer.reading import archive_time

_RANGE = re.compile(rb"/ByteRange \[\s*0 (\d+) (\d+) ")


class LevelTooLow(SignerUnavailable):
    """What was made does not reach the level asked: it is thrown away, and made again later."""


def proven(
    pdf: bytes, field: str, *, final: bool, outside: bool, bought: bool = False, written: PdfHandler | None = None
) -> tuple[datetime, str]:
    """The time proven for the signature in `field`, and the level reached, B-LT or, with `final`, B-LTA.

    `written`: the writer that has just made `pdf`, which need not be read whole again: the signature is still taken from the bytes.
    `outside`: the timestamp comes from an authority that may declare no status for its certificates. `bought`: the signature is an outside
    seal's, whose authority publishes a list now and then; ours is made for each signature. Raises LevelTooLow.
    """
    reader = written or PdfFileReader(io.BytesIO(pdf))
    found = _signature(reader, pdf, field)
    token = _token(found, field)
    moment = archive_time(token)
    _require_status(reader, _maker(found), moment, always=True, fresh=not bought)
    _require_status(reader, _maker(token), moment, always=not outside, fresh=False)
    if final:
        _require_archive(reader, len(pdf))
    return moment, "B-LTA" if final else "B-LT"


def require_archive(pdf: bytes) -> None:
    """Raises LevelTooLow unless a document timestamp covers the whole of `pdf`."""
    _require_archive(PdfFileReader(io.BytesIO(pdf)), len(pdf))


def _signature(reader: PdfHandler, pdf: bytes, field: str) -> cms.SignedData:
    """That of one field. The others pile up, and pyHanko reads hexadecimal digits one by one: here its bytes are found where it says."""
    for reference in reader.root["/AcroForm"]["/Fields"]:
        place = reader.get_object(reference.reference)
        if place.get("/T") == field and "/V" in place:
            value = place.raw_get("/V")
            found = _RANGE.search(pdf, pdf.rfind(b"\n%d %d obj" % (value.idnum, value.generation)))
            if found:
                start, end = map(int, found.groups())
                return cms.ContentInfo.load(bytes.fromhex(pdf[start + 1 : end - 1].decode("ascii")))["content"]
    raise LevelTooLow(f"no signature in {field}")


def _token(found: cms.SignedData, field: str) -> cms.SignedData:
    """The timestamp over this very signature."""
    info = extract_signer_info(found)
    imprint = hashlib.sha256(info["signature"].native).digest()
    for token in extract_tst_data_iter(info, signed=False):
        if token["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native == imprint:
            return token
    raise LevelTooLow(f"no timestamp on {field}", away=Away.TIMESTAMPS)


def _maker(token: cms.SignedData) -> x509.Certificate:
    """The certificate of whoever made a signature or a token."""
    sid = extract_signer_info(token)["sid"].chosen
    held = [one.chosen for one in token["certificates"]]
    if isinstance(sid, cms.IssuerAndSerialNumber):
        wanted = (sid["issuer"].dump(), sid["serial_number"].native)
        held = [one for one in held if (one.issuer.dump(), one.serial_number) == wanted]
    else:
        held = [one for one in held if one.key_identifier == sid.native]
    if not held:
        raise LevelTooLow("a signature without its certificate", away=Away.TIMESTAMPS)
    return held[0]


def _require_status(reader: PdfHandler, certificate: x509.Certificate, moment: datetime, *, always: bool, fresh: bool) -> None:
    """The document holds a revocation list or an answer that speaks for `certificate`, used at `moment`: one in force then, or made since
    the certificate began when `fresh`. A certificate that declares neither needs none, unless `always`.
    """
    if not (always or certificate.crl_distribution_points or certificate.ocsp_urls):
        return
    issuer, since = certificate.issuer, certificate.not_valid_before if fresh else None
    # Names written alike first: comparing them as the standard wants (RFC 5280, 7.1) is slow, and lists pile up.
    listed = any(made.issuer.dump() == issuer.dump() and _speaks(made, moment, since) for made in _lists(reader)) or any(
        made.issuer == issuer and _speaks(made, moment, since) for made in _lists(reader)
    )
    if not listed and not any(_answers(made, certificate) for made in _responses(reader)):
        raise LevelTooLow(f"no status of {certificate.subject.human_friendly} in the document", away=Away.REVOCATION)


def _speaks(made: crl.CertificateList, moment: datetime, since: datetime | None) -> bool:
    body = made["tbs_cert_list"]
    if since is not None:
        return bool(body["this_update"].native >= since)
    ends = body["next_update"].native
    return ends is None or bool(moment <= ends)


def _lists(reader: PdfHandler) -> Iterator[crl.CertificateList]:
    return (crl.CertificateList.load(data) for data in _material(reader, "/CRLs", DecodePurpose.CRL))


def _responses(reader: PdfHandler) -> Iterator[ocsp.OCSPResponse]:
    return (ocsp.OCSPResponse.load(data) for data in _material(reader, "/OCSPs", DecodePurpose.OCSP_RESPONSE))


def _material(reader: PdfHandler, name: str, purpose: DecodePurpose) -> Iterator[bytes]:
    """Newest first: what was just added is what is looked for."""
    try:
        held = reader.root["/DSS"][name]
    except (KeyError, PdfReadError):
        return
    for one in reversed(held):
        yield (one.get_object() if isinstance(one, IndirectObject) else one).read_data(purpose)


def _answers(made: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    basic = made.basic_ocsp_response
    return basic is not None and any(
        one["cert_id"]["serial_number"].native == certificate.serial_number for one in basic["tbs_response_data"]["responses"]
    )


def _require_archive(reader: PdfHandler, size: int) -> None:
    """The archive timestamps are added at the end of the form: the last one filled is the one that counts."""
    for reference in reversed(reader.root["/AcroForm"]["/Fields"]):
        place = reference.get_object()
        if "/V" in place:
            filled = place["/V"]
            _, _, start, length = map(int, filled["/ByteRange"])
            if filled.get("/Type") == "/DocTimeStamp" and start + length == size:
                return
            break
    raise LevelTooLow("no archive timestamp over the whole document", away=Away.TIMESTAMPS)
