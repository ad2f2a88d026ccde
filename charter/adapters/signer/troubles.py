"""Why a signature that matches its bytes is still not to be relied on."""

from __future__ import annotations

from enum import StrEnum

from asn1crypto import cms
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

BROKEN_DIGESTS = frozenset({"md2", "md4", "md5", "sha1"})
"""Digests for which two files with the same value can be made (RFC 6194 for SHA-1)."""


class Trouble(StrEnum):
    """One word for it: nothing, or the first that applies.

    `STAMP`: its timestamp is another signature's. `UNSTAMPED`: one of ours, it lost its timestamp. `WEAK`: a digest that can be forged.
    `REVOKED` and `EXPIRED`: its certificate, on the day of the signature. `UNDATED`: its certificate has ended, and nobody we trust
    proves any more that the signature came before. `UNKNOWN`: nobody we trust vouches for its certificate.
    """

    NONE = ""
    STAMP = "stamp"
    UNSTAMPED = "unstamped"
    WEAK = "weak"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNDATED = "undated"
    UNKNOWN = "unknown"


def of(found: EmbeddedPdfSignature, status: PdfSignatureStatus, *, struck: bool, stamps_due: bool, dated: bool) -> Trouble:
    """The trouble of a signature. `struck`: its certificate is on a trusted list; `stamps_due`: all those of its kind bear a timestamp;
    `dated`: its time is proven."""
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        return Trouble.STAMP
    if stamp is None and stamps_due:
        return Trouble.UNSTAMPED
    if _digests(found) & BROKEN_DIGESTS:
        return Trouble.WEAK
    if struck:
        return Trouble.REVOKED
    if status.trusted:
        return Trouble.NONE
    problem = getattr(status.trust_problem_indic, "name", "")
    for word, trouble in _PROBLEMS.items():
        if word in problem:
            return Trouble.UNDATED if trouble is Trouble.EXPIRED and not dated else trouble
    return Trouble.UNKNOWN


_PROBLEMS = {
    "CRYPTO_CONSTRAINTS": Trouble.WEAK,
    "REVOKED": Trouble.REVOKED,
    "EXPIRED": Trouble.EXPIRED,
    "NOT_YET_VALID": Trouble.EXPIRED,
    "OUT_OF_BOUNDS": Trouble.EXPIRED,
}


def _digests(found: EmbeddedPdfSignature) -> set[str]:
    """Every digest the signature and its timestamp stand on."""
    used = {found.md_algorithm}
    for token in extract_tst_data_iter(found.signer_info, signed=False):
        used.add(token["encap_content_info"]["content"].parsed["message_imprint"]["hash_algorithm"]["algorithm"].native)
        used.update(signer["digest_algorithm"]["algorithm"].native for signer in token["signer_infos"])
    return used


def tidy(found: EmbeddedPdfSignature) -> bool:
    """Whether a document timestamp says what it does not sign as it must be said (RFC 5652, section 5.1): the last one's bytes are under
    no other signature, and a file is told intact only when every byte of it is."""
    data, signer = found.signed_data, found.signer_info
    certificate = found.signer_cert
    sid = signer["sid"].chosen
    return bool(
        data["version"].native == "v3"
        and signer["version"].native == "v1"
        and [one["algorithm"].native for one in data["digest_algorithms"]] == [signer["digest_algorithm"]["algorithm"].native]
        and isinstance(sid, cms.IssuerAndSerialNumber)
        and sid["issuer"].dump() == certificate.issuer.dump()
        and sid["serial_number"].native == certificate.serial_number
    )
