"""A PIN a token refused, remembered on disk: three tries lock most tokens, and every process of an installation holds the same PIN.

    refused-pin.json    the fingerprint of the PIN and the token refused; nobody tries the same again until the setting changes

The fingerprint is slow to make and salted: a PIN is short, and the file tells next to nothing of it to whoever reads it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charter.adapters.signer.files import write_over

NAME = "refused-pin.json"


class Refusals:
    """The memory kept in `directory` (made 0700); one that is None remembers nothing. Raises OSError."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    @contextmanager
    def one_try(self) -> Iterator[None]:
        """Keeps other processes from trying meanwhile: the second finds what the first learnt."""
        if self._directory is None:
            yield
            return
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._directory / f".{NAME}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def known(self, token: str, pin: str) -> bool:
        """Whether `token` refused that very PIN."""
        path = self._directory / NAME if self._directory else None
        if path is None or not path.exists():
            return False
        try:
            kept = json.loads(path.read_bytes())
            return bool(kept["token"] == token and kept["mark"] == _mark(pin, bytes.fromhex(kept["salt"])))
        except (ValueError, KeyError, TypeError):  # damaged: one try more, which writes it anew
            return False

    def keep(self, token: str, pin: str) -> None:
        """`token` refused `pin`."""
        if self._directory is not None:
            salt = secrets.token_bytes(16)
            write_over(self._directory / NAME, json.dumps({"token": token, "salt": salt.hex(), "mark": _mark(pin, salt)}).encode())

    def forget(self) -> None:
        """A PIN was accepted: what was refused before no longer matters."""
        if self._directory is not None:
            (self._directory / NAME).unlink(missing_ok=True)


def _mark(pin: str, salt: bytes) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1).hex()
