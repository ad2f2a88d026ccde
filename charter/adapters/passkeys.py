"""Passkeys (W3C Web Authentication, level 2), met here: what a browser is asked, and whether its answer holds.

Bytes travel and are kept as base64url without padding (RFC 4648 section 5), as the standard writes them. No attestation is asked for:
which maker built an authenticator is none of our business. The person must be verified by it (fingerprint, face, code) every time.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn import generate_authentication_options, generate_registration_options, verify_authentication_response
from webauthn import verify_registration_response as verify_registration
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, decode_credential_public_key, options_to_json_dict
from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from charter.config import Settings

TIMEOUT = 5 * 60
"""Seconds a browser lets somebody find their key; a challenge lives as long."""
MOST_CHARACTERS = 16_384
"""An answer is a few kilobytes at most."""
BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")
ENCODE = bytes_to_base64url
DECODE = base64url_to_bytes


class PasskeyRefused(Exception):
    """An answer that does not hold: malformed, for another site or challenge, unverified person, wrong signature, cloned key."""


@dataclass(frozen=True)
class Site:
    """Who asks: `id` is the relying party's identifier (a domain), `origin` the only address an answer may come from."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True)
class Registered:
    """A new key: `key_id` and `public_key` (COSE, RFC 9052) in base64url, `synced` when its maker copies it to other devices."""

    key_id: str
    public_key: str
    sign_count: int
    synced: bool


@dataclass(frozen=True)
class Answer:
    """What a browser returned to a request, in base64url as it came: nothing in it is believed before `check`."""

    key_id: str
    user_handle: str
    challenge: str
    client_data: str
    authenticator_data: str
    signature: str
    raw: Mapping[str, Any]


def site(settings: Settings, name: str = "Charte du faire alliance") -> Site | None:
    """This installation, from its public address; None where browsers know no passkeys: an IP address, or http elsewhere than localhost."""
    public = urlsplit(settings.public_url)
    host = public.hostname or ""
    if _is_address(host) or (public.scheme != "https" and host != "localhost"):
        return None
    port = f":{public.port}" if public.port and public.port != {"http": 80, "https": 443}[public.scheme] else ""
    return Site(host, f"{public.scheme}://{host}{port}", name)


def new_secret() -> str:
    """32 random bytes: a challenge, a person's handle, a nonce."""
    return ENCODE(secrets.token_bytes(32))


def to_register(here: Site, *, challenge: str, handle: str, email: str, name: str, known: Iterable[str]) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptions in JSON: a discoverable key, none of those `known`."""
    options = generate_registration_options(
        rp_id=here.id,
        rp_name=here.name,
        user_id=DECODE(handle),
        user_name=email,
        user_display_name=name,
        challenge=DECODE(challenge),
        timeout=TIMEOUT * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def to_prove(here: Site, *, challenge: str, known: Iterable[str] = ()) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptions in JSON: one of `known`, or any key of this site when none is named."""
    options = generate_authentication_options(
        rp_id=here.id,
        challenge=DECODE(challenge),
        timeout=TIMEOUT * 1000,
        allow_credentials=_descriptors(known) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def registered(here: Site, text: str, *, challenge: str) -> Registered:
    """The key in a browser's answer to `to_register`. Raises PasskeyRefused."""
    raw = _json(text)
    try:
        _same_origin(_client_data(raw))
        found = verify_registration(
            credential=raw,
            expected_challenge=DECODE(challenge),
            expected_rp_id=here.id,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the library lets through whatever a malformed answer makes its parsers raise
        raise PasskeyRefused(str(error)) from error
    return Registered(ENCODE(found.credential_id), ENCODE(found.credential_public_key), found.sign_count, found.credential_backed_up)


def challenge_in(text: str) -> str:
    """The challenge an answer to `to_register` claims to be for. Raises PasskeyRefused."""
    return _base64url(_client_data(_json(text)).get("challenge"))


def read(text: str) -> Answer:
    """A browser's answer to `to_prove`, unchecked. Raises PasskeyRefused when it is none."""
    raw = _json(text)
    response, client_data = raw.get("response"), _client_data(raw)
    if not isinstance(response, dict):
        raise PasskeyRefused("no response")
    handle = response.get("userHandle")
    return Answer(
        key_id=_base64url(raw.get("id")),
        user_handle=_base64url(handle) if handle else "",
        challenge=_base64url(client_data.get("challenge")),
        client_data=_padless(response.get("clientDataJSON")),
        authenticator_data=_padless(response.get("authenticatorData")),
        signature=_padless(response.get("signature")),
        raw=raw,
    )


def check(here: Site, answer: Answer, *, challenge: str, public_key: str, sign_count: int) -> int:
    """Whether the answer is that key's to that challenge, here; returns the new sign count. Raises PasskeyRefused."""
    try:
        _same_origin(_client_data(answer.raw))
        found = verify_authentication_response(
            credential=dict(answer.raw),
            expected_challenge=DECODE(challenge),
            expected_rp_id=here.id,
            expected_origin=here.origin,
            credential_public_key=DECODE(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise PasskeyRefused(str(error)) from error
    return found.new_sign_count


def public_key_pem(public_key: str) -> str:
    """The key as everybody's tools read it (SubjectPublicKeyInfo, PEM)."""
    found = decoded_public_key_to_cryptography(decode_credential_public_key(DECODE(public_key)))
    return found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def digest(text: str) -> str:
    """SHA-256 of ASCII text, in base64url: 32 bytes that serve as a challenge."""
    return ENCODE(hashlib.sha256(text.encode("ascii")).digest())


def _json(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text) if len(text) <= MOST_CHARACTERS else None
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused("not JSON") from error
    if not isinstance(raw, dict):
        raise PasskeyRefused("not an answer")
    return raw


def _padless(part: object) -> str:
    if not isinstance(part, str) or not part:
        raise PasskeyRefused("a part is missing")
    return part.rstrip("=")


def _base64url(part: object) -> str:
    text = _padless(part)
    if not BASE64URL.fullmatch(text):
        raise PasskeyRefused("not base64url")
    return text


def _client_data(raw: Mapping[str, Any]) -> dict[str, Any]:
    response = raw.get("response")
    encoded = response.get("clientDataJSON") if isinstance(response, dict) else None
    try:
        return _json(DECODE(str(encoded or "")).decode())
    except ValueError as error:
        raise PasskeyRefused("client data cannot be read") from error


def _same_origin(client_data: Mapping[str, Any]) -> None:
    """The library does not look at `crossOrigin`: a page of ours framed by another site must ask nothing (section 7.2, step 13)."""
    if client_data.get("crossOrigin", False) is not False:
        raise PasskeyRefused("asked from another site's frame")


def _descriptors(known: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=DECODE(one)) for one in known]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
