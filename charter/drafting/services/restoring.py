"""Restoring a version, or one article of it, as new edits: words that stay keep their authors and their comments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from charter.alliances.announce import announce
from charter.drafting.live import content, notices
from charter.drafting.live.locks import check_list_free, check_unlocked
from charter.drafting.models import Article, Text, Version, VersionArticle, VersionWhy
from charter.drafting.services.articles import check_room, remove_article
from charter.drafting.services.texts import hold_draft, tell
from charter.drafting.services.versions import keep_version, version_articles
from charter.drafting.words import current_hashes
from charter.errors import Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import VersionRestored


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did: refs of the articles whose words or title changed, of those that came back, of those taken out; `moved`: the
    order changed; `kept`: the version that holds the state before."""

    changed: tuple[str, ...]
    returned: tuple[str, ...]
    removed: tuple[str, ...]
    moved: bool
    kept: Version

    @property
    def nothing(self) -> bool:
        """True when the text was already so."""
        return not (self.changed or self.returned or self.removed or self.moved)


def restore(work: Work, version: Version, *, only: Collection[str] = (), remove_added: bool = False) -> Restored:
    """Makes the text what it was in `version`, or only the articles with the refs `only`. Articles added since stay, after the others,
    unless `remove_added`.

    Raises Conflict when the text is adopted or drafting is over, Locked or RoundOpen when a round forbids it, Invalid (only)."""
    text = version.text
    alliance = hold_draft(work, text)
    rows = [one for one in version_articles(work, version) if not only or one.article.ref in only]
    if not rows or len(rows) < len(set(only)):
        raise Invalid({"articles": [gettext(N_("Choisissez des articles de cette version"))]})
    kept = keep_version(work, text, VersionWhy.restore)
    returned = _bring_back(work, text, rows)
    changed = tuple(ref for ref in _rewrite(work, rows) if ref not in returned)
    removed, moved = ((), False) if only else _same_list(work, text, rows, remove_added=remove_added)
    if only and returned:
        _renumber(work, text, _with_returned(text, rows, returned))
    if returned:
        check_room(text, alliance, coming=0)
    done = Restored(changed, returned, removed, moved, kept)
    if not done.nothing:
        announce(
            work,
            alliance,
            VersionRestored(
                text=text.ref, version=version.ref, number=version.number, articles=changed, returned=returned, removed=removed
            ),
        )
        tell(work, notices.articles(text.ref))
    return done


def _bring_back(work: Work, text: Text, rows: Sequence[VersionArticle]) -> tuple[str, ...]:
    gone = [row.article for row in rows if row.article.removed_at is not None]
    if gone:
        check_list_free(work.session, text)
    for article in gone:
        article.removed_at = None
    work.session.flush()
    work.session.expire(text, ["articles"])
    return tuple(article.ref for article in gone)


def _rewrite(work: Work, rows: Sequence[VersionArticle]) -> tuple[str, ...]:
    hashes = current_hashes(work.session, [row.article for row in rows])
    other = [row for row in rows if hashes[row.article_id] != row.wording.sha256]
    for row in other:
        article, wording = row.article, row.wording
        check_unlocked(article)
        if article.title != wording.title:
            content.retitle(work.session, article, wording.title)
        content.replace(work.session, article, wording.nodes, at=work.now(), author=work.actor.person_id)
        tell(work, notices.appended(article.text.ref, article.ref))
        tell(work, notices.changed(article.text.ref, article.ref))
    return tuple(row.article.ref for row in other)


def _same_list(work: Work, text: Text, rows: Sequence[VersionArticle], *, remove_added: bool) -> tuple[tuple[str, ...], bool]:
    """The version's order, those added since after it or taken out; gives those, and whether the order of the others changed."""
    wanted = [row.article for row in rows]
    added = [one for one in text.present_articles if one not in wanted]
    before = [one for one in text.present_articles if one in wanted]
    moved = before != wanted
    if moved or (added and remove_added):
        check_list_free(work.session, text)
    if remove_added:
        for article in added:
            remove_article(work, article)
    if moved or remove_added:
        _renumber(work, text, [*wanted, *([] if remove_added else added)])
    return tuple(one.ref for one in added) if remove_added else (), moved


def _with_returned(text: Text, rows: Sequence[VersionArticle], returned: Collection[str]) -> list[Article]:
    """The present order, each article that came back at the number it had."""
    order = [one for one in text.present_articles if one.ref not in returned]
    for row in rows:
        if row.article.ref in returned:
            order.insert(min(row.number - 1, len(order)), row.article)
    return order


def _renumber(work: Work, text: Text, order: Sequence[Article]) -> None:
    for position, article in enumerate(order, start=1):
        article.position = position
    work.session.flush()
    work.session.expire(text, ["articles"])
