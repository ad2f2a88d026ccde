"""A short mark of all that the consent board shows: two equal marks, the same board. Cheap, for pages that ask every few seconds."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from charter.alliances.models import Alliance
from charter.drafting.models import Article, Consent, Round, Spokesperson, Text
from charter.work import Work


def board_stamp(work: Work, text: Text) -> str:
    """Twenty hexadecimal characters, from four queries however long the charter is."""
    alliance = work.get(Alliance, text.alliance_id)
    parties = [(one.id, one.name) for one in alliance.accepted_parties]
    columns = (Article.id, Article.position, Article.title, Article.locked, Article.text_hash, Article.head_seq - Article.hashed_seq)
    articles = work.session.execute(select(*columns).where(Article.text_id == text.id, Article.removed_at.is_(None)).order_by(Article.id))
    said = select(func.max(Consent.id), func.count(Consent.ended_at)).join(Article).where(Article.text_id == text.id)
    rounds = select(func.max(Round.number), func.count(Round.closed_at)).where(Round.text_id == text.id)
    voices = select(func.max(Spokesperson.id), func.count(Spokesperson.ended_at)).where(
        Spokesperson.party_id.in_([one for one, _ in parties])
    )
    seen: list[object] = [text.status.value, parties, [tuple(row) for row in articles]]
    seen += [tuple(work.session.execute(one).one()) for one in (said, rounds, voices)]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]
