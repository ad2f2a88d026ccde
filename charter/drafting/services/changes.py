"""What changed in an article since a party said its word: the words it read, against those of today."""

from __future__ import annotations

from charter.drafting.comparison import Difference, Piece, Run, difference
from charter.drafting.live.canonical import Node
from charter.drafting.models import Consent
from charter.drafting.words import words_at
from charter.work import Work

__all__ = ["Difference", "Piece", "Run", "difference", "since"]


def since(work: Work, consent: Consent, title: str, nodes: list[Node]) -> Difference:
    """From the words the consent binds to, to `title` and `nodes`."""
    return difference(consent.title, words_at(work.session, consent.article_id, consent.seq), title, nodes)
