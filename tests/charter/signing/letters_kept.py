"""Mails compared whole with the text kept in `snapshots/<name>.txt`: to whom, the subject, what is attached, every word of the body.

To refresh them after a change of words, then read what changed:

    CHARTE_WRITE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/charter/signing/test_letters.py
    git diff tests/charter/signing/snapshots
"""

from __future__ import annotations

import os
import re
from email.message import EmailMessage
from pathlib import Path

from tests.charter.signing.factories import words_of

FOLDER = Path(__file__).parent / "snapshots"
WRITE = os.environ.get("CHARTE_WRITE_SNAPSHOTS") == "1"
CHANGING = (
    (re.compile(r"/alliances/[\w-]{12}"), "/alliances/ALLIANCE"),
    (re.compile(r"\?pour=[\w.-]+"), "?pour=SIGNED"),
    (re.compile(r"/copie/[\w.-]+"), "/copie/SIGNED"),
    (re.compile(r"/connexion/[\w.-]+"), "/connexion/SIGNED"),
    (re.compile(r"personne\d+@"), "personne@"),
    (re.compile(r"\b\d{3} \d{3}\b"), "123 456"),
)
"""What differs from one run to the next: references, signed tokens, numbered addresses, codes."""


def same(name: str, message: EmailMessage) -> None:
    """Compares a mail with the one kept, or keeps it."""
    text = told(message)
    path = FOLDER / f"{name}.txt"
    if WRITE:
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no snapshot called {name}: see {__name__}"
    assert text == path.read_text(encoding="utf-8")


def told(message: EmailMessage) -> str:
    """The mail as it is kept."""
    files = ", ".join(str(part.get_filename()) for part in message.iter_attachments())
    head = [f"To: {message['To']}", f"Subject: {message['Subject']}", f"Attached: {files}"]
    text = "\n".join((*head, "", words_of(message)))
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text
