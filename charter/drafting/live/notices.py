"""What the web processes tell the live ones, over the bus. Nothing rests on a notice arriving: live rooms also look for themselves
every few seconds, and the transaction that stores an update checks the text's status."""

from __future__ import annotations

from charter.adapters.bus import Message

CHANNEL = "live"


def frozen(text: str) -> Message:
    """The text with ref `text` may not be written in any more."""
    return {"kind": "frozen", "text": text}


def revoked(person: int, text: str | None = None) -> Message:
    """What this person may do changed, in one text or in all (None): their connections are looked at again, and end or come back."""
    return {"kind": "revoked", "person": person, "text": text}


def articles(text: str) -> Message:
    """Articles were added, removed, moved or renamed."""
    return {"kind": "articles", "text": text}


def changed(text: str, article: str) -> Message:
    """Consents or comments of an article changed: the side panels want refreshing."""
    return {"kind": "changed", "text": text, "article": article}


def appended(text: str, article: str) -> Message:
    """An update of an article was stored by something else than its live room, which must show it."""
    return {"kind": "appended", "text": text, "article": article}
