"""Who stands identified, whichever way: a mailed code typed right, or a passkey's answer bound to the documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from charter.adapters import passkeys as engine
from charter.signing.models import Code, PasskeyProof, Signatory
from charter.signing.services import codes, passkeys
from charter.work import Work
from workflows.signing import SignatoryStatus

Identity = Code | PasskeyProof


def proved(work: Work, signatory: Signatory) -> Identity | None:
    """What still stands for the person, the newest first; None: they must identify themselves (again)."""
    found: list[Identity] = [one for one in (codes.proved(work, signatory), passkeys.proved(work, signatory)) if one is not None]
    return max(found, key=_when) if found else None


def identified(work: Work, signatory: Signatory) -> bool:
    """True while the person may sign without identifying again."""
    return signatory.status == SignatoryStatus.identifying and proved(work, signatory) is not None


def method(identity: Identity) -> str:
    """`code` or `passkey`."""
    return "passkey" if isinstance(identity, PasskeyProof) else "code"


def expires_at(identity: Identity) -> datetime:
    """Until when it stands."""
    return _when(identity) + codes.IDENTITY_LIFE


def spend(work: Work, signatory: Signatory, identity: Identity, at: datetime) -> None:
    """It served to sign at that instant; nothing else that was proved may serve any more."""
    for one in (identity, codes.proved(work, signatory), passkeys.proved(work, signatory)):
        if one is not None:
            one.spent_at = at


def identification(work: Work, signatory: Signatory) -> dict[str, Any]:
    """What identified the person for the signature they gave, for the evidence: strings and numbers only, times ISO 8601 in UTC.

    Empty before they signed. `documents_sha256` is SHA-256 (hex) over the original documents' own SHA-256 (lower-case hex, in order, joined
    by line feeds). With `method` code: `sent_to`, `sent_at`, `proved_at`, `tries`; the code was a MAC under this service's secret, so only
    this service can compute it again. With `method` passkey, bytes in base64url without padding, and anybody can check:

    1. `challenge` = SHA-256 of the ASCII lines `format`, `nonce`, `signatory`, `documents_sha256`, joined by line feeds;
    2. `client_data` is JSON whose `type` is webauthn.get, whose `challenge` is that one and whose `origin` is `origin`;
    3. `authenticator_data` begins with SHA-256 of `rp_id`; bits 0 (present) and 2 (verified) of its 33rd byte are set;
    4. `signature` holds under `public_key_pem` (`public_key` is the same in COSE) over `authenticator_data` followed by the SHA-256 of
       `client_data`.
    """
    found = _served(work, signatory)
    if found is None:
        return {}
    common = {
        "method": method(found),
        "signatory": signatory.ref,
        "documents_sha256": found.documents_sha256,
        "asked_at": _instant(found.created_at),
        "proved_at": _instant(found.proved_at),
    }
    if isinstance(found, Code):
        return {**common, "sent_to": signatory.email, "sent_at": _instant(found.created_at), "tries": found.tries}
    return {**common, **_passkey(found)}


def _passkey(found: PasskeyProof) -> dict[str, Any]:
    return {
        "format": passkeys.FORMAT,
        "nonce": found.nonce,
        "challenge": found.challenge,
        "rp_id": found.rp_id,
        "origin": found.origin,
        "key_id": found.key_id,
        "key_name": found.key_name,
        "key_registered_at": _instant(found.registered_at),
        "public_key": found.public_key,
        "public_key_pem": engine.public_key_pem(found.public_key),
        "authenticator_data": found.authenticator_data,
        "client_data": found.client_data,
        "signature": found.signature,
    }


def _served(work: Work, signatory: Signatory) -> Identity | None:
    """The last thing proved before the person said yes: `proved` gave that one."""
    if signatory.confirmed_at is None:
        return None
    code = select(Code).where(Code.signatory_id == signatory.id, Code.proved_at <= signatory.confirmed_at)
    proof = select(PasskeyProof).where(PasskeyProof.signatory_id == signatory.id, PasskeyProof.proved_at <= signatory.confirmed_at)
    found: list[Identity] = [*work.session.scalars(code), *work.session.scalars(proof)]
    return max(found, key=_when) if found else None


def _when(identity: Identity) -> datetime:
    return identity.proved_at or identity.created_at


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""
