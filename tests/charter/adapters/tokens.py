"""A token of SoftHSM 2 made for one test: its module, its keys, and how they got there."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from charter.adapters.signer.tokens import Token, TokenPlace

LABEL, PIN = "Charte", "135790"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so")


def module() -> Path:
    """SoftHSM's library."""
    return next(path for pattern in MODULES for path in Path("/").glob(pattern[1:]))


@dataclass(frozen=True)
class SoftToken:
    """A token; `place` is how the product is told of it."""

    place: TokenPlace

    def make(self, label: str, *, rsa: bool = False, public: bool = True) -> None:
        """A key pair that never leaves it."""
        with self._session() as session:
            if rsa:
                pair = session.generate_keypair(KeyType.RSA, 2048, label=label, store=True)
            else:
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
                pair = parameters.generate_keypair(label=label, store=True)
            if not public:
                pair[0].destroy()

    def drop(self, label: str) -> None:
        """The key is destroyed."""
        with self._session() as session:
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
                for found in list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label})):
                    found.destroy()

    def _session(self) -> pkcs11.Session:
        return pkcs11.lib(str(self.place.module)).get_token(token_label=LABEL).open(rw=True, user_pin=PIN)

    def forget(self) -> None:
        """Ends every session of this process, as a restart does: a log-in is the process's own."""
        pkcs11.lib(str(self.place.module)).reinitialize()

    def opened(self, pin: str = PIN) -> Token:
        """As the product opens it."""
        return Token(TokenPlace(self.place.module, LABEL, pin))


def configure(folder: Path) -> SoftToken:
    """Initialises a token under `folder`; the whole process uses it from now on."""
    (folder / "tokens").mkdir(parents=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    words = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "0987654321", "--pin", PIN]
    subprocess.run(words, check=True, capture_output=True, env=os.environ)
    return SoftToken(TokenPlace(module(), LABEL, PIN))
