"""The versions of a text: keeping one, reading it, comparing two. What a version holds never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.adapters import outbox
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting.comparison import Difference, difference
from charter.drafting.comparison.align import matches
from charter.drafting.live.content import Content
from charter.drafting.models import Article, Text, Version, VersionArticle, VersionWhy, Wording
from charter.drafting.services.texts import ArticleWords, article_words, hold_draft, hold_text
from charter.drafting.words import read_all, whole_hash
from charter.errors import Invalid, NotFound
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import VersionNamed

NAME = 120
NOTE = 2000


def keep_version(work: Work, text: Text, why: VersionWhy | str, name: str = "", note: str = "") -> Version:
    """Keeps the text as it stands, whatever its status. Nothing new when the last version holds the same words under the same name:
    that one is returned. Takes the alliance's and the text's locks."""
    hold_text(work, text)
    words = read_all(work.session, text.present_articles)
    digest = whole_hash(text.title, text.version, [words[one.id].hash for one in text.present_articles])
    text.touched_since = text.touched_at = None
    last = last_version(work, text)
    if last is not None and last.sha256 == digest and name in {"", last.name}:
        return last
    kept = work.add(
        Version(
            text_id=text.id,
            number=last.number + 1 if last else 1,
            why=VersionWhy(why),
            name=name,
            note=note,
            person_id=work.actor.person_id,
            at=work.now(),
            sha256=digest,
        )
    )
    _keep_articles(work, kept, text.present_articles, words)
    payload = {"text_id": text.id}
    outbox.put(work, "drafting.remember_authors", subject=f"version:{kept.id}", payload=payload, alliance_id=text.alliance_id)
    return kept


def name_version(work: Work, text: Text, name: str, note: str = "") -> Version:
    """Keeps the text as it stands under a name, for the others to find it. Raises Invalid (name, note), Conflict when it is adopted."""
    alliance = hold_draft(work, text)
    clean, said = _name(name), _note(note)
    before = last_version(work, text)
    kept = keep_version(work, text, VersionWhy.named, clean, said)
    if kept is not before:
        announce(work, alliance, VersionNamed(text=text.ref, version=kept.ref, number=kept.number, name=clean, sha256=kept.sha256))
    return kept


def versions(work: Work, text: Text) -> list[Version]:
    """Every version of a text, newest first, with who kept it."""
    query = select(Version).where(Version.text_id == text.id).options(selectinload(Version.person))
    return list(work.session.scalars(query.order_by(Version.number.desc())))


def version_of(work: Work, alliance: Alliance, ref: str) -> Version:
    """The version with that reference in one of the alliance's texts. Raises NotFound."""
    query = select(Version).join(Text, Text.id == Version.text_id).where(Text.alliance_id == alliance.id, Version.ref == ref)
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(N_("Cette version n’existe pas."))
    return found


def last_version(work: Work, text: Text) -> Version | None:
    """The newest, None when none was kept yet."""
    return work.session.scalar(select(Version).where(Version.text_id == text.id).order_by(Version.number.desc()).limit(1))


def version_words(work: Work, version: Version) -> list[ArticleWords]:
    """The articles of a version with their words, in order."""
    return [
        ArticleWords(one.article.ref, one.number, one.wording.title, one.wording.nodes, one.wording.sha256, one.wording.nodes)
        for one in version_articles(work, version)
    ]


def version_articles(work: Work, version: Version) -> list[VersionArticle]:
    """The rows of a version, in order."""
    query = select(VersionArticle).where(VersionArticle.version_id == version.id).order_by(VersionArticle.number)
    return list(work.session.scalars(query.options(selectinload(VersionArticle.wording), selectinload(VersionArticle.article))))


def words_of_version(work: Work, text: Text, version: Version | None) -> list[ArticleWords]:
    """The words of a version, or those of today when it is None."""
    return version_words(work, version) if version is not None else article_words(work, text)


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What became of one article between two versions: `before` and `after` are its numbers (None: not there), `moved` says that it
    changed places among those that are in both; `pieces` its words' difference."""

    ref: str
    title: str
    before: int | None
    after: int | None
    moved: bool = False
    pieces: Difference = field(default_factory=Difference)

    @property
    def kind(self) -> Literal["added", "removed", "changed", "kept"]:
        """In a word."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "kept" if self.pieces.empty else "changed"


def compare(old: Sequence[ArticleWords], new: Sequence[ArticleWords]) -> list[ArticleChange]:
    """Article by article, in the new order; one that went is where it was."""
    before, after = {one.ref: one for one in old}, {one.ref: one for one in new}
    order = [one.ref for one in new]
    both = [ref for ref in before if ref in after]
    staying = {both[i] for i, _ in matches(both, [ref for ref in order if ref in before])}
    for one in old:
        if one.ref not in after:
            order.insert(_place(one.ref, list(before), order), one.ref)
    return [_change(ref, before.get(ref), after.get(ref), moved=ref in before and ref in after and ref not in staying) for ref in order]


def _place(ref: str, old: Sequence[str], order: Sequence[str]) -> int:
    """After the nearest article that preceded it and is still shown."""
    before = [one for one in old[: old.index(ref)] if one in order]
    return order.index(before[-1]) + 1 if before else 0


def _change(ref: str, before: ArticleWords | None, after: ArticleWords | None, *, moved: bool) -> ArticleChange:
    shown = after or before
    pieces = difference(
        before.title if before else "", before.nodes if before else [], after.title if after else "", after.nodes if after else []
    )
    numbers = before.number if before else None, after.number if after else None
    return ArticleChange(ref, shown.title if shown else "", *numbers, moved, pieces)


def _keep_articles(work: Work, kept: Version, articles: Iterable[Article], words: dict[int, Content]) -> None:
    known = {(one.article_id, one.sha256): one for one in work.session.scalars(select(Wording).where(Wording.article_id.in_(list(words))))}
    for number, article in enumerate(articles, start=1):
        content = words[article.id]
        wording = known.get((article.id, content.hash)) or work.add(
            Wording(article_id=article.id, title=article.title, nodes=content.agreed, sha256=content.hash)
        )
        work.session.add(VersionArticle(version_id=kept.id, article_id=article.id, wording_id=wording.id, number=number, seq=content.seq))
    work.session.flush()


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not 2 <= len(clean) <= NAME:
        raise Invalid({"name": [gettext(N_("Donnez un nom de 2 à %(most)s caractères"), most=NAME)]})
    return clean


def _note(note: str) -> str:
    clean = note.strip()
    if len(clean) > NOTE:
        raise Invalid({"note": [gettext(N_("Écrivez %(most)s caractères au plus"), most=NOTE)]})
    return clean
