"""What an accepted amendment does to the text: it merges with what was written since, under the name of the person who proposed it."""

from __future__ import annotations

from dataclasses import dataclass

from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node, normalise
from charter.drafting.models import Amendment, Article, VersionWhy
from charter.drafting.services.articles import add_article, remove_article, retitle_article
from charter.drafting.services.texts import tell
from charter.drafting.services.versions import keep_version
from charter.errors import NotFound, Refused
from charter.work import Work
from workflows.amendments import AmendmentKind
from workflows.base import N_, Missing


class TextMovedOn(Refused):
    """The article changed since the amendment was written, and both cannot be kept."""

    title = N_("Le texte a changé depuis cet amendement")


@dataclass(frozen=True, slots=True)
class Preview:
    """What the article would be if the amendment were accepted now; `moved`: it changed since the amendment was written; `clash`: both
    changes cannot be kept, and `title` and `nodes` are those proposed."""

    title: str
    nodes: list[Node]
    moved: bool = False
    clash: bool = False


def preview(work: Work, amendment: Amendment) -> Preview:
    """Nothing is stored. A removal leaves nothing: no title, no nodes."""
    article = amendment.article
    if amendment.kind == AmendmentKind.removal:
        return Preview("", [], moved=article is not None and content.current_hash(work.session, article) != amendment.base_sha256)
    if amendment.kind == AmendmentKind.insertion or article is None:
        return Preview(amendment.title, amendment.nodes)
    if content.current_hash(work.session, article) == amendment.base_sha256:
        return Preview(amendment.title, amendment.nodes)
    try:
        title = _title(amendment, article)
        return Preview(title, normalise(_merged(work, amendment, article)), moved=True)
    except TextMovedOn:
        return Preview(amendment.title, amendment.nodes, moved=True, clash=True)


def apply(work: Work, amendment: Amendment) -> Article:
    """Does it; gives the article changed, added or removed. The caller holds the locks and has moved the amendment on.

    Raises TextMovedOn when the article changed in a way that does not merge, Locked and Refused as for any change of the text."""
    keep_version(work, amendment.text, VersionWhy.amendment)
    if amendment.kind == AmendmentKind.insertion:
        return _insert(work, amendment)
    article = amendment.article
    if article is None or article.removed_at is not None:
        raise NotFound(N_("Cet article a été retiré de la charte."))
    if amendment.kind == AmendmentKind.removal:
        remove_article(work, article)
        return article
    _reword(work, amendment, article)
    return article


def _insert(work: Work, amendment: Amendment) -> Article:
    present = amendment.text.present_articles
    after = amendment.article if amendment.article in present else None
    made = add_article(work, amendment.text, amendment.title, after=after)
    # The article is added by whoever settles; its words are written by whoever proposed them.
    content.replace(work.session, made, amendment.nodes, at=work.now(), author=amendment.person_id)
    tell(work, notices.appended(amendment.text.ref, made.ref))
    return made


def _reword(work: Work, amendment: Amendment, article: Article) -> None:
    title = _title(amendment, article)
    if content.current_hash(work.session, article) == amendment.base_sha256:
        # Words retyped since are the same words under another history: merging would keep them beside those that replace them.
        content.replace(work.session, article, amendment.nodes, at=work.now(), author=amendment.person_id)
    else:
        try:
            _same_epoch(amendment, article)
            content.merge(work.session, article, amendment.update, at=work.now(), author=amendment.person_id)
        except ValueError:
            raise _moved_on(amendment) from None
    retitle_article(work, article, title)
    tell(work, notices.appended(amendment.text.ref, article.ref))


def _merged(work: Work, amendment: Amendment, article: Article) -> list[Node]:
    try:
        _same_epoch(amendment, article)
        return content.merged(work.session, article, amendment.update)[0]
    except ValueError:
        raise _moved_on(amendment) from None


def _title(amendment: Amendment, article: Article) -> str:
    """The title after. Raises TextMovedOn when it changed on both sides."""
    if amendment.title == amendment.base_title:
        return article.title
    if article.title not in {amendment.base_title, amendment.title}:
        raise _moved_on(amendment)
    return amendment.title


def _same_epoch(amendment: Amendment, article: Article) -> None:
    if amendment.base_epoch != article.epoch:
        raise ValueError("the history the update rests on is gone")


def _moved_on(amendment: Amendment) -> TextMovedOn:
    again = Missing(N_("Reprendre l’amendement sur le texte actuel"), who=(amendment.party.name,))
    return TextMovedOn(
        N_("L’article a changé depuis que cet amendement a été proposé, et les deux ne se fondent pas l’un dans l’autre."), [again]
    )
