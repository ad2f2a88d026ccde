"""Keys that never leave a security module (HSM, smart card), reached through its PKCS #11 library. The only place that knows PKCS #11."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from charter.adapters.signer.errors import KeyTrouble, SignerUnavailable
from charter.adapters.signer.refusals import Refusals
from workflows.base import N_

if TYPE_CHECKING:
    import pkcs11

T = TypeVar("T")
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class TokenPlace:
    """A token: the library of its module (`module`, a path), its label, the user's PIN, and the directory (`memory`) where a PIN it
    refused is remembered for every process."""

    module: Path
    label: str
    pin: str = field(repr=False)
    memory: Path | None = None


class Token:
    """One token, opened at its first use and again when its session was lost. Safe between threads; a forked child opens its own.

    Everything raises KeyTrouble, naming the setting and the mend, when the module refuses; SignerUnavailable when it is away.
    """

    def __init__(self, place: TokenPlace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._session: Any = None
        self._process = 0
        self._refused: KeyTrouble | None = None
        self._refusals = Refusals(place.memory)

    def public_key(self, label: str) -> PublicKey:
        """The public half of the key called `label`, from its public object or else from its certificate."""
        return self._asked(lambda session: _public(session, label))

    def certificates(self, label: str) -> tuple[x509.Certificate, ...]:
        """Certificates stored under `label`, in the token's own order."""
        return self._asked(lambda session: _certificates(session, label))

    def sign(self, label: str, data: bytes, mechanism: str) -> bytes:
        """`data` signed by the key called `label` with a PKCS #11 mechanism of that name; an ECDSA signature is the pair of integers."""
        return self._asked(lambda session: _sign(session, label, data, mechanism))

    def ping(self) -> None:
        """Opens the token."""
        self._asked(lambda _session: None)

    def _asked(self, question: Callable[[Any], T]) -> T:
        from pkcs11.exceptions import PKCS11Error

        with self._lock:
            for again in (True, False):
                try:
                    return question(self._opened())
                except PKCS11Error as error:
                    lost = type(error).__name__ in LOST
                    self._session = None
                    if not (again and lost):
                        self._refuse(error)
        raise AssertionError("unreachable")

    def _opened(self) -> Any:
        """The session. A PIN the token refused is never tried again: three tries lock most tokens."""
        if self._refused is not None:
            raise self._refused
        forked = self._process not in (0, os.getpid())
        if self._session is None or forked:
            with self._refusals.one_try():
                self._session = self._tried(afresh=forked)
            self._process = os.getpid()
        return self._session

    def _tried(self, *, afresh: bool) -> Any:
        """A session, unless another process was refused that PIN before."""
        from pkcs11.exceptions import PKCS11Error

        if self._refusals.known(self._place.label, self._place.pin):
            self._refused = _pin_refused(self._place)
            raise self._refused
        try:
            session = _open(self._place, afresh=afresh)
        except PKCS11Error as error:
            if type(error).__name__ in PIN_WRONG:
                self._refused = _pin_refused(self._place)
                self._refusals.keep(self._place.label, self._place.pin)
            raise
        self._refusals.forget()
        return session

    def _refuse(self, error: Exception) -> NoReturn:
        trouble = _trouble(self._place, error)
        if isinstance(trouble, KeyTrouble) and type(error).__name__ in PIN_REFUSED:
            self._refused = trouble
        raise trouble from error


LOST = frozenset({
    "SessionHandleInvalid", "SessionClosed", "DeviceError", "DeviceRemoved", "TokenNotPresent", "ObjectHandleInvalid", "KeyHandleInvalid",
    "UserNotLoggedIn", "OperationActive", "GeneralError",
})  # fmt: skip
"""Errors of a session worth opening anew, once."""

PIN_WRONG = frozenset({"PinIncorrect", "PinInvalid", "PinLenRange"})
PIN_REFUSED = PIN_WRONG | {"PinLocked", "PinExpired"}


def _open(place: TokenPlace, *, afresh: bool) -> Any:
    import pkcs11
    from pkcs11.exceptions import AnotherUserAlreadyLoggedIn, UserAlreadyLoggedIn

    if not place.module.is_file():
        raise KeyTrouble(N_("HSM_MODULE : %(path)s n’est pas un fichier. Donnez le chemin de la bibliothèque PKCS #11."), path=place.module)
    try:
        library = pkcs11.lib(str(place.module))
    except RuntimeError as error:
        raise KeyTrouble(N_("HSM_MODULE : %(path)s n’est pas une bibliothèque PKCS #11."), path=place.module) from error
    if afresh:  # what the parent of this process opened is not ours
        library.reinitialize()
    token = library.get_token(token_label=place.label)
    try:
        return token.open(user_pin=place.pin)
    except (UserAlreadyLoggedIn, AnotherUserAlreadyLoggedIn):  # the log-in belongs to the process, not to the session that was lost
        return token.open()


def _public(session: Any, label: str) -> PublicKey:
    from pkcs11 import KeyType, ObjectClass
    from pkcs11.exceptions import NoSuchKey
    from pkcs11.util.ec import encode_ec_public_key
    from pkcs11.util.rsa import encode_rsa_public_key

    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    try:
        found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    except NoSuchKey:
        held = _certificates(session, label)
        if not held:
            raise KeyTrouble(
                N_("HSM : la clé « %(label)s » n’a ni clé publique ni certificat dans le jeton. Ajoutez l’un des deux, sous le même nom."),
                label=label,
            ) from None
        return _usable(held[0].public_key(), label)
    encode = encode_ec_public_key if private.key_type == KeyType.EC else encode_rsa_public_key
    return _usable(serialization.load_der_public_key(encode(found)), label)


def _usable(key: object, label: str) -> PublicKey:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return key
    raise KeyTrouble(N_("HSM : la clé « %(label)s » n’est ni P-256, ni P-384, ni RSA de 2048 bits au moins."), label=label)


def _certificates(session: Any, label: str) -> tuple[x509.Certificate, ...]:
    from pkcs11 import Attribute, ObjectClass

    found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: label})
    return tuple(x509.load_der_x509_certificate(one[Attribute.VALUE]) for one in found)


def _sign(session: Any, label: str, data: bytes, mechanism: str) -> bytes:
    from pkcs11 import Mechanism, ObjectClass

    key: pkcs11.PrivateKey = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    return bytes(key.sign(data, mechanism=Mechanism[mechanism]))  # type: ignore[attr-defined]


def _trouble(place: TokenPlace, error: Exception) -> SignerUnavailable:
    name = type(error).__name__
    if name == "NoSuchToken":
        text = N_("HSM_TOKEN : le module %(module)s ne montre aucun jeton « %(token)s ». Vérifiez le nom, et qu’il est branché.")
        return KeyTrouble(text, module=place.module, token=place.label)
    if name in {"MultipleTokensReturned", "MultipleObjectsReturned"}:
        return KeyTrouble(N_("HSM : plusieurs jetons ou plusieurs clés portent le même nom dans %(module)s."), module=place.module)
    if name == "NoSuchKey":
        text = N_("HSM : une clé nommée dans HSM_…_KEY n’est pas dans le jeton « %(token)s ». Vérifiez son nom (CKA_LABEL).")
        return KeyTrouble(text, token=place.label)
    if name in PIN_REFUSED:
        return _pin_refused(place)
    return SignerUnavailable(f"PKCS #11 token {place.label}: {name}: {error}")


def _pin_refused(place: TokenPlace) -> KeyTrouble:
    text = N_("HSM_PIN : le jeton « %(token)s » refuse ce code. Il ne sera pas réessayé, ce qui bloquerait le jeton : corrigez, relancez.")
    return KeyTrouble(text, token=place.label)
