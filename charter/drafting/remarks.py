"""What people say about the charter, as its pages show it: threads and comments as plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from charter.accounts.models import Person
from charter.drafting.models import Comment
from charter.drafting.services import Reachable, Thread
from charter.drafting.shown import party_mark


def thread(found: Thread, reader: Person) -> dict[str, Any]:
    """A thread and its answers, for `reader`."""
    first = found.first
    return {
        **comment(first, reader),
        "replies": [comment(one, reader) for one in found.replies],
        "article": found.article,
        "anchored": found.anchored,
        "orphan": found.orphan,
        "resolved": found.closed,
        "resolved_at": first.resolved_at,
        "resolved_by": first.resolved_by.display_name if first.resolved_by else "",
    }


def comment(one: Comment, reader: Person) -> dict[str, Any]:
    """A comment, with who speaks and for whom; `parts` cuts its body where it names somebody it mentions."""
    called = [mention.person for mention in one.mentions]
    parts = cut(one.body, [person.display_name for person in called])
    named = {part["text"].removeprefix("@") for part in parts if part["mention"]}
    return {
        "ref": one.ref,
        "body": one.body,
        "parts": parts,
        "called": [person.id for person in called],
        "also": [person.display_name for person in called if person.display_name not in named],
        "quote": one.quote,
        "at": one.at,
        "edited_at": one.edited_at,
        "deleted": one.deleted_at is not None,
        "mine": one.person_id == reader.id and one.deleted_at is None,
        "person": one.person.display_name,
        "initials": one.person.initials,
        "party": party_mark(one.party) if one.party else None,
    }


def cut(body: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """The body in pieces: {text, mention}; a mention is « @ » and the name of somebody the comment calls, and of nobody else."""
    if not names:
        return [{"text": body, "mention": False}]
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("(@(?:" + "|".join(re.escape(name) for name in longest_first) + r")(?!\w))")
    return [{"text": piece, "mention": index % 2 == 1} for index, piece in enumerate(pattern.split(body)) if piece]


def reachable(one: Reachable) -> dict[str, Any]:
    """Somebody a comment may call."""
    return {"id": one.person.id, "name": one.person.display_name, "party": one.party.name if one.party else ""}
