"""The three ways a file is brought: the page, the API, the command line."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from charter.adapters.signer import Trust, Verification
from charter.i18n import gettext, say
from charter.registry.schemas import HEADLINES
from charter.signing import verifying


@dataclass(frozen=True)
class Told:
    """What one door said: the verdict, and every sentence of it."""

    verdict: str
    words: str


@dataclass(frozen=True)
class Doors:
    """The doors of one installation; `drain` lets its worker work; `folder` is where the command line finds its files."""

    client: FlaskClient
    drain: Callable[[], int]
    trust: Trust
    now: datetime
    folder: Path

    def api(self, pdf: bytes) -> Told:
        sent = self.client.post("/api/v1/verifications", data=pdf, content_type="application/pdf")
        assert sent.status_code == 200, sent.text
        first: Any = sent.json
        if not first["full"]:
            self.drain()
        found: Any = self.client.get(f"/api/v1/verifications/{first['sha256']}").json
        assert found["full"], found
        return Told(found["verdict"], " ".join(found["reasons"]))

    def page(self, pdf: bytes, name: str = "charte.pdf") -> Told:
        sent = self.client.post("/verifier", data={"file": (io.BytesIO(pdf), name)}, content_type="multipart/form-data")
        assert sent.status_code == 303, sent.text
        self.drain()
        words = html.unescape(self.client.get(sent.location).text)
        return Told(next(verdict.value for verdict, (_, said) in HEADLINES.items() if gettext(said) in words), words)

    def command(self, files: Mapping[str, bytes]) -> dict[str, Told]:
        """As `charte verify` goes about it, all files at once."""
        for name, pdf in files.items():
            (self.folder / name).write_bytes(pdf)
        found = verifying.verify_files([self.folder / name for name in files], self.now, self.trust)
        return {path.name: _told(path, verification) for path, verification in found}


def _told(path: Path, found: Verification) -> Told:
    words = verifying.told(path, found)
    assert all(say(reason) in words for reason in found.reasons)
    return Told(found.verdict.value, words)
