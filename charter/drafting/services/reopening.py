"""The round that is open on a text: finding it, reopening one of its articles by an objection, ending it."""

from __future__ import annotations

from sqlalchemy import select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.live import locks, notices
from charter.drafting.models import Article, Round, RoundArticle, Text
from charter.drafting.services.texts import tell
from charter.work import Work
from workflows.base import fire
from workflows.events import ArticleReopened, RoundClosed
from workflows.rounds import RoundChart


def running_round(work: Work, text: Text) -> Round | None:
    """The round that is open on the text, None when there is none."""
    return locks.running(work.session, text.id)


def reopen_article(work: Work, alliance: Alliance, article: Article, party: Party, reason: str) -> None:
    """`party` objects to the article: it may be written again, it alone. Nothing happens when it was not locked. The caller holds the text.

    The round ends with the last article that was locked.
    """
    found = running_round(work, article.text)
    if found is None or not article.locked:
        return
    row = work.session.scalars(select(RoundArticle).where(RoundArticle.round_id == found.id, RoundArticle.article_id == article.id)).one()
    row.reopened_at, row.reopened_by_id, row.reason = work.now(), party.id, reason
    article.locked = False
    work.session.flush()
    announce(
        work, alliance, ArticleReopened(text=article.text.ref, round=found.number, article=article.ref, party=party.ref, reason=reason)
    )
    tell(work, notices.articles(article.text.ref))
    if not any(one.locked for one in article.text.present_articles):
        end_round(work, alliance, article.text, "empty")


def end_round(work: Work, alliance: Alliance, text: Text, event: str, reason: str = "") -> Round | None:
    """Sends `event` (adopt, empty, close) to the round that is open and unlocks its articles; None when no round is open.

    The caller holds the text.
    """
    found = running_round(work, text)
    if found is None:
        return None
    fire(RoundChart, found, event)
    found.closed_at, found.closed_by_id, found.reason = work.now(), work.actor.person_id, reason
    for article in text.articles:
        article.locked = False
    work.session.flush()
    announce(work, alliance, RoundClosed(text=text.ref, round=found.number, outcome=found.status.value, reason=reason))
    tell(work, notices.articles(text.ref))
    return found
