"""Cutting an article in two, and making one of two, while others write in them.

Words go through the live documents (`live/content.py`, `live/moving.py`), so they keep their formatting and the marks of comments, and
what others type before the place of the cut stays. The discussions follow the words they are about. Consents bind to words (promise 2):
those given to the former words are dead by their hash, and an article made here has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from pycrdt import XmlFragment
from sqlalchemy import or_, select, update

from charter.alliances.announce import announce
from charter.drafting.live import content, moving, notices
from charter.drafting.live.locks import check_list_free
from charter.drafting.live.moving import Element, Nowhere, Piece, Place, Words
from charter.drafting.models import Article, Comment, Text
from charter.drafting.services.articles import check_room, clean_title, present, renumber
from charter.drafting.services.comments import carry
from charter.drafting.services.texts import hold_draft, tell
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import ArticlesMerged, ArticleSplit

MOVED = N_("Le texte a changé à cet endroit, ou il n’y a pas de mots d’un des deux côtés : choisissez l’endroit à nouveau.")


def split_article(work: Work, article: Article, place: Place, title: str) -> Article:
    """Makes an article of what follows `place`, under `title`, right after this one.

    Raises Invalid (title), Conflict (the place is not there any more, or one side would be empty; the text is not written any more),
    Refused (too many articles, a round in progress).
    """
    text = article.text
    alliance = hold_draft(work, text)
    present(article)
    check_list_free(work.session, text)
    check_room(text, alliance)
    clean = clean_title(title)
    pieces = _take(work, article, place)
    made = work.add(Article(text_id=text.id, position=article.position, title=clean))
    content.edit(work.session, made, lambda root: moving.plant(root, pieces), at=work.now(), author=work.actor.person_id)
    _carry_cut(work, article, made, pieces)
    order = [one for one in text.present_articles if one is not made]
    rank = order.index(article) + 1
    renumber(work, text, [*order[:rank], made, *order[rank:]])
    announce(work, alliance, ArticleSplit(text=text.ref, article=article.ref, made=made.ref, title=clean))
    _tell(work, text, article)
    return made


def merge_articles(work: Work, article: Article, other: Article, *, heading: bool = True) -> Article:
    """Puts two neighbours together: the words of the second go to the end of the first, under its title as a heading when `heading`.

    Gives the article that stays, the first of the two. Raises Invalid when they are not neighbours, Conflict, Refused (a round is open).
    """
    text = article.text
    alliance = hold_draft(work, text)
    for one in (article, other):
        present(one)
    check_list_free(work.session, text)
    order = text.present_articles
    first, second = sorted((article, other), key=order.index)
    if order.index(second) - order.index(first) != 1:
        raise Invalid({"other": [gettext(N_("Choisissez l’article juste avant ou juste après"))]})
    pieces = _all(work, second)
    if heading:
        pieces.insert(0, Element("heading", {"level": 3}, (Words(((second.title, {}),)),)))
    content.edit(work.session, first, lambda root: moving.plant(root, pieces), at=work.now(), author=work.actor.person_id)
    carry(work, second, first)
    second.removed_at = work.now()
    work.session.flush()
    announce(work, alliance, ArticlesMerged(text=text.ref, article=first.ref, absorbed=second.ref, title=second.title))
    _tell(work, text, first)
    return first


def _take(work: Work, article: Article, place: Place) -> list[Piece]:
    taken: list[Piece] = []

    def change(root: XmlFragment) -> None:
        taken.extend(moving.cut(root, *moving.found(root, place)))

    try:
        content.edit(work.session, article, change, at=work.now(), author=work.actor.person_id)
    except Nowhere as error:
        raise Conflict(MOVED) from error
    return taken


def _all(work: Work, article: Article) -> list[Piece]:
    return [moving.lifted(child) for child in content.tree(work.session, article).children]


def _carry_cut(work: Work, article: Article, made: Article, pieces: Sequence[Piece]) -> None:
    """The threads whose words left follow them; a thread with words on both sides stays, one on the whole article too."""
    left = _all(work, article)
    gone = set(moving.comments(pieces)) - set(moving.comments(left))
    marked = gone | set(moving.comments(left))
    before, after = (_folded("".join(map(moving.plain, side))) for side in (left, pieces))
    first = select(Comment).where(Comment.article_id == article.id, Comment.thread_id.is_(None))
    moved = [
        one.id
        for one in work.session.scalars(first)
        if one.ref in gone or (one.ref not in marked and one.quote and _folded(one.quote) in after and _folded(one.quote) not in before)
    ]
    if moved:
        followed = or_(Comment.id.in_(moved), Comment.thread_id.in_(moved))
        work.session.execute(update(Comment).where(followed).values(article_id=made.id))
        work.session.expire_all()


def _folded(text: str) -> str:
    return "".join(text.split())


def _tell(work: Work, text: Text, article: Article) -> None:
    tell(work, notices.articles(text.ref))
    tell(work, notices.appended(text.ref, article.ref))
