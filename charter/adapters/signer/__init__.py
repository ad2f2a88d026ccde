"""Electronic signatures: a local certification authority, PAdES sealing and verification. The only place that knows pyHanko.

The level is « simple » in the sense of Regulation (EU) No 910/2014 (eIDAS), article 3(10): nothing here claims to be an advanced
or a qualified signature. Another identity level is another implementation of `Signer`.
"""

import logging

from charter.adapters.signer import answers
from charter.adapters.signer.apart import examinations
from charter.adapters.signer.authority import LocalAuthority
from charter.adapters.signer.checks import ArchiveCheck, SignatureCheck
from charter.adapters.signer.errors import AlreadySigned, Away, FieldMissing, KeyTrouble, NotSealable, SignerUnavailable
from charter.adapters.signer.extracts import Material, Seal, Token, first_signed, material_of, seals_of
from charter.adapters.signer.grounds import revoked
from charter.adapters.signer.model import EIDAS_CLAIM, EIDAS_LABEL, EIDAS_LEVEL, PLATFORM_FIELD, PROCUREMENT, Sealed, Signer, SignerIdentity
from charter.adapters.signer.reading import clean, signed_revisions
from charter.adapters.signer.sealing import SealingService
from charter.adapters.signer.stamp import short_serial
from charter.adapters.signer.timestamps import HttpTimestamps, LocalTimestamps, TimestampSource
from charter.adapters.signer.troubles import Trouble
from charter.adapters.signer.trust import Trust
from charter.adapters.signer.verification import MAX_BYTES, Verdict, Verification, verify

# Our revocation lists are handed in, never fetched, and strangers' files are damaged: neither is worth pyHanko's warnings.
for _chatty in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_chatty).setLevel(logging.ERROR)

__all__ = [
    "EIDAS_CLAIM",
    "EIDAS_LABEL",
    "EIDAS_LEVEL",
    "MAX_BYTES",
    "PLATFORM_FIELD",
    "PROCUREMENT",
    "AlreadySigned",
    "ArchiveCheck",
    "Away",
    "FieldMissing",
    "HttpTimestamps",
    "KeyTrouble",
    "LocalAuthority",
    "LocalTimestamps",
    "Material",
    "NotSealable",
    "Seal",
    "Sealed",
    "SealingService",
    "SignatureCheck",
    "Signer",
    "SignerIdentity",
    "SignerUnavailable",
    "TimestampSource",
    "Token",
    "Trouble",
    "Trust",
    "Verdict",
    "Verification",
    "answers",
    "clean",
    "examinations",
    "first_signed",
    "material_of",
    "revoked",
    "seals_of",
    "short_serial",
    "signed_revisions",
    "verify",
]
