"""Keeping versions by itself: a text somebody wrote in is kept when it falls quiet, and once a day while it does not.

Updates are stored by the live server, which has better to do than plan versions: their table is read from where the last look stopped,
so that what this costs grows with what is written, never with how many texts there are."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from charter.adapters import outbox
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, Text, UpdatesSeen, Version, VersionWhy
from charter.drafting.services.versions import keep_version, last_version
from charter.work import Work
from workflows.drafting import TextStatus

QUIET = timedelta(minutes=15)
DAILY = timedelta(days=1)
SETTLED = timedelta(minutes=2)
"""An update is looked at this long after it was stored: numbers are given before transactions end, so a later one may show first."""
BATCH = 5000
TEXTS = 200


def note_changes(work: Work) -> int:
    """Marks the texts written in since the last look. Returns how many."""
    seen = _seen(work)
    rows = (
        select(ArticleUpdate.id, ArticleUpdate.article_id, ArticleUpdate.at)
        .where(ArticleUpdate.id > seen.update_id, ArticleUpdate.at <= work.now() - SETTLED)
        .order_by(ArticleUpdate.id)
        .limit(BATCH)
        .subquery()
    )
    spans = (
        select(Article.text_id, func.min(rows.c.at).label("first"), func.max(rows.c.at).label("last"), func.max(rows.c.id).label("id"))
        .join(rows, rows.c.article_id == Article.id)
        .group_by(Article.text_id)
        .order_by(Article.text_id)
    )
    found = work.session.execute(spans).all()
    for row in found:
        _touch(work, row.text_id, row.first, row.last)
    seen.update_id = max([seen.update_id, *(row.id for row in found)])
    work.session.flush()
    return len(found)


def queue_versions(work: Work) -> int:
    """Hands to the outbox the texts that fell quiet, or that have been written in for a day. Returns how many."""
    now = work.now()
    due = or_(Text.touched_at <= now - QUIET, Text.touched_since <= now - DAILY)
    query = (
        select(Text.id, Text.alliance_id, Text.touched_at).where(Text.touched_at.is_not(None), due).order_by(Text.touched_at).limit(TEXTS)
    )
    found = work.session.execute(query).all()
    for row in found:
        subject, payload = f"text:{row.id}", {"text_id": row.id}
        outbox.put(work, "drafting.keep_version", subject=subject, payload=payload, due_at=row.touched_at, alliance_id=row.alliance_id)
    return len(found)


def keep_due_version(work: Work, text_id: int) -> Version | None:
    """Keeps the text when it is still due; None when it is not, or when the last version holds the same words."""
    text = work.get(Text, text_id)
    if text.touched_at is None or text.touched_since is None:
        return None
    if text.status != TextStatus.drafting:
        text.touched_since = text.touched_at = None
        return None
    quiet = text.touched_at <= work.now() - QUIET
    if not quiet and text.touched_since > work.now() - DAILY:
        return None
    before = last_version(work, text)
    kept = keep_version(work, text, VersionWhy.quiet if quiet else VersionWhy.daily)
    return None if kept is before else kept


def _seen(work: Work) -> UpdatesSeen:
    found = work.session.scalar(select(UpdatesSeen).where(UpdatesSeen.id == 1).with_for_update())
    return found or work.add(UpdatesSeen(id=1, update_id=0))


def _touch(work: Work, text_id: int, first: datetime, last: datetime) -> None:
    text = select(Text.touched_since, Text.touched_at).where(Text.id == text_id).with_for_update(key_share=True)
    row = work.session.execute(text).one()
    since, at = min(one for one in (row.touched_since, first) if one), max(one for one in (row.touched_at, last) if one)
    work.session.execute(update(Text).where(Text.id == text_id).values(touched_since=since, touched_at=at))
