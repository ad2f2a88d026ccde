"""The articles of a text being written: add, rename, move, remove. Their words are written live, or by `write`."""

from __future__ import annotations

from collections.abc import Sequence

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node
from charter.drafting.live.locks import check_list_free, check_unlocked
from charter.drafting.live.schema import OutOfSchema
from charter.drafting.models import Article, Text
from charter.drafting.services.texts import hold_draft, tell
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, Missing
from workflows.events import ArticleAdded, ArticleRemoved, ArticlesReordered

TITLE = 160
MOST = 60
EMPTY: tuple[Node, ...] = ({"type": "paragraph"},)


def add_article(work: Work, text: Text, title: str, *, after: Article | None = None, nodes: Sequence[Node] = EMPTY) -> Article:
    """A new article after `after`, or at the end. Raises Invalid (title, nodes), Conflict when the text is not written any more."""
    alliance = hold_draft(work, text)
    check_list_free(work.session, text)
    clean = clean_title(title)
    check_room(text, alliance)
    there = text.present_articles
    place = there.index(after) + 1 if after in there else len(there)
    article = work.add(Article(text_id=text.id, position=len(there) + 1, title=clean))
    _seed(work, article, nodes)
    renumber(work, text, [*there[:place], article, *there[place:]])
    announce(work, alliance, ArticleAdded(text=text.ref, article=article.ref, title=clean))
    tell(work, notices.articles(text.ref))
    return article


def retitle_article(work: Work, article: Article, title: str) -> None:
    """Renames it; the title is part of what parties agree to, so consents given to the former one die. Raises Invalid, Conflict."""
    hold_draft(work, article.text)
    present(article)
    clean = clean_title(title)
    if clean == article.title:
        return
    content.retitle(work.session, article, clean)
    tell(work, notices.articles(article.text.ref))
    tell(work, notices.changed(article.text.ref, article.ref))


def move_article(work: Work, article: Article, to: int) -> None:
    """Gives it the number `to`, from 1, kept within the list. Consents bind to words, not to numbers: they live on. Raises Conflict."""
    text = article.text
    alliance = hold_draft(work, text)
    present(article)
    check_list_free(work.session, text)
    before = text.present_articles
    others = [one for one in before if one is not article]
    place = min(max(to, 1), len(before)) - 1
    after = [*others[:place], article, *others[place:]]
    if after != before:
        renumber(work, text, after)
        _told(work, alliance, text)


def remove_article(work: Work, article: Article) -> None:
    """Takes it out of the text. Its words, comments and consents stay in the record. Raises Conflict, Refused for the last one."""
    text = article.text
    alliance = hold_draft(work, text)
    present(article)
    if len(text.present_articles) == 1:
        raise Refused(
            N_("Un texte garde au moins un article."),
            [Missing(N_("Ajoutez d’abord un autre article"), who=tuple(p.name for p in alliance.accepted_parties))],
        )
    article.removed_at = work.now()
    work.session.flush()
    announce(work, alliance, ArticleRemoved(text=text.ref, article=article.ref, title=article.title))
    tell(work, notices.articles(text.ref))


def write(work: Work, article: Article, nodes: Sequence[Node], *, read: str | None = None) -> None:
    """Replaces the article's words as one edit among others; those present see it. `read`: hash of the words the caller started from.

    Raises Invalid (nodes), Conflict, also when the words are not those that were `read`: others wrote since, and would be overwritten."""
    hold_draft(work, article.text)
    present(article)
    if read is not None and content.current_hash(work.session, article) != read:
        raise Conflict(N_("Vous lisiez une version plus ancienne de cet article : rien n’a été enregistré."))
    try:
        content.replace(work.session, article, nodes, at=work.now(), author=work.actor.person_id)
    except (OutOfSchema, KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error
    tell(work, notices.appended(article.text.ref, article.ref))


def check_room(text: Text, alliance: Alliance, *, coming: int = 1) -> None:
    """Raises Refused when the text, with those `coming`, has more articles than one may have."""
    if len(text.present_articles) + coming > MOST:
        raise Refused(
            N_("Cette charte a %(most)s articles, le nombre le plus grand."),
            [Missing(N_("Retirez d’abord un article"), who=(alliance.title,))],
            most=MOST,
        )


def clean_title(title: str) -> str:
    """One line, trimmed. Raises Invalid."""
    clean = " ".join(title.split())
    if not 2 <= len(clean) <= TITLE:
        raise Invalid({"title": [gettext(N_("Donnez un titre de 2 à %(most)s caractères"), most=TITLE)]})
    return clean


def _seed(work: Work, article: Article, nodes: Sequence[Node]) -> None:
    try:
        content.seed(work.session, article, nodes or EMPTY, at=work.now(), author=work.actor.person_id)
    except (OutOfSchema, KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> Invalid:
    return Invalid({"nodes": [gettext(N_("Ce contenu n’est pas de la forme attendue : des paragraphes, des sous-titres et des listes"))]})


def present(article: Article) -> None:
    """Raises NotFound when it was removed, Locked when a round holds it."""
    if article.removed_at is not None:
        raise NotFound(N_("Cet article a été retiré de la charte."))
    check_unlocked(article)


def renumber(work: Work, text: Text, order: Sequence[Article]) -> None:
    """Gives the articles their places, in this order."""
    for position, article in enumerate(order, start=1):
        article.position = position
    work.session.flush()
    work.session.expire(text, ["articles"])


def _told(work: Work, alliance: Alliance, text: Text) -> None:
    announce(work, alliance, ArticlesReordered(text=text.ref, articles=tuple(one.ref for one in text.present_articles)))
    tell(work, notices.articles(text.ref))
