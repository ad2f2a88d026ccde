"""Texts brought in from a file: what was understood is kept until somebody says what to do with it; then the charter starts from it, or
it is proposed as amendments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.files.child import read_apart
from charter.drafting.files.matching import Change, changes
from charter.drafting.files.understood import REASONS, Understood, Unreadable
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node
from charter.drafting.live.locks import check_list_free
from charter.drafting.live.reconcile import reconcile
from charter.drafting.models import Amendment, Article, Text, TextImport, VersionWhy
from charter.drafting.services.amendments import propose_amendment
from charter.drafting.services.articles import EMPTY, MOST, TITLE, renumber
from charter.drafting.services.consents import standing_consents
from charter.drafting.services.texts import article_words, hold_draft, tell
from charter.drafting.services.versions import keep_version
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.amendments import AmendmentKind
from workflows.base import N_, Missing
from workflows.events import TextImported

KEPT = timedelta(days=30)
NAME = 120
PASTED = N_("Texte collé")


def understand_file(name: str, data: bytes) -> Understood:
    """What a file holds, read in a process of its own; no transaction need be open. Raises Invalid (file) naming the file and the mend."""
    try:
        return read_apart(data)
    except Unreadable as error:
        raise Invalid({"file": [gettext(REASONS[error.reason], name=file_label(name))]}) from error


def file_label(name: str) -> str:
    """A file's name as it may be shown and kept: no folder, one line, not too long."""
    base = " ".join(name.replace("\\", "/").rsplit("/", 1)[-1].split())
    shown = "".join(c for c in base if c.isprintable())
    return (shown if len(shown) <= NAME else shown[: NAME - 1] + "…") or gettext(PASTED)


def keep_import(work: Work, text: Text, person: Person, name: str, found: Understood) -> TextImport:
    """Keeps what was understood. Raises Conflict when the text is not written any more."""
    hold_draft(work, text)
    return work.add(TextImport(text_id=text.id, person_id=person.id, name=file_label(name), understood=found.plain(), at=work.now()))


def import_of(work: Work, text: Text, person: Person, ref: str) -> TextImport:
    """The person's import with that reference: what one brought is one's own until it is done. Raises NotFound."""
    query = select(TextImport).where(TextImport.text_id == text.id, TextImport.person_id == person.id, TextImport.ref == ref)
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(N_("Ce fichier n’est plus gardé. Choisissez-le à nouveau."))
    return found


def import_changes(work: Work, text: Text, found: Understood) -> list[Change]:
    """What the file changes in the charter as it stands."""
    return changes(article_words(work, text), found.articles)


def missing_to_replace(work: Work, text: Text, found: Understood) -> list[Missing]:
    """What stands in the way of starting again from the file, and from whom. Empty when nothing does."""
    alliance = work.get(Alliance, text.alliance_id)
    said = {one.party_id for one in standing_consents(work, text)}
    parties = tuple(party.name for party in alliance.accepted_parties if party.id in said)
    missing = []
    if parties:
        missing.append(Missing(N_("Des parties ont déjà donné leur avis sur des articles : proposez plutôt des amendements"), parties))
    if len(found.articles) > MOST:
        missing.append(
            Missing(
                N_("Le fichier a %(count)s articles, une charte en a %(most)s au plus : regroupez-les"),
                tuple(party.name for party in alliance.accepted_parties),
                {"count": len(found.articles), "most": MOST},
            )
        )
    return missing


def replace_by_import(work: Work, imported: TextImport) -> list[Article]:
    """The charter starts again from the file: its articles become those of the file, those that stand for one another keep their place
    in the record, the state before is kept as a version. Gives the articles.

    Raises Refused when somebody consented already, Conflict when the text is adopted or this import is done, RoundOpen."""
    text, found = imported.text, Understood.of(imported.understood)
    alliance = hold_draft(work, text)
    _once(work, imported)
    check_list_free(work.session, text)
    if missing := missing_to_replace(work, text, found):
        raise Refused(N_("La charte ne peut pas repartir de ce fichier."), missing)
    kept = keep_version(work, text, VersionWhy.import_)
    before = {one.ref: one for one in text.present_articles}
    matched = {one.found: before[one.ref] for one in changes(article_words(work, text), found.articles) if one.ref and one.found >= 0}
    articles = [_settle(work, text, matched.get(place), one.title, one.nodes) for place, one in enumerate(found.articles)]
    removed = [one for one in before.values() if one not in articles]
    for article in removed:
        article.removed_at = work.now()
    renumber(work, text, articles)
    imported.done_at, imported.outcome = work.now(), {"replaced": len(articles), "kept": kept.ref}
    announce(
        work,
        alliance,
        TextImported(text=text.ref, kept=kept.ref, articles=tuple(one.ref for one in articles), removed=tuple(one.ref for one in removed)),
    )
    tell(work, notices.articles(text.ref))
    return articles


def amend_by_import(
    work: Work, imported: TextImport, person: Person, party: Party, chosen: Collection[str], reason: str
) -> list[Amendment]:
    """Proposes the changes whose keys are `chosen` as amendments of the party, all or none. Raises Invalid (changes, reason), Refused after
    the deadline, Conflict when the text is adopted, this import is done, or the charter has changed so that a choice is there no more."""
    text, found = imported.text, Understood.of(imported.understood)
    hold_draft(work, text)
    _once(work, imported)
    offered = {one.key: one for one in import_changes(work, text, found) if one.kind != "same"}
    if not chosen:
        raise Invalid({"changes": [gettext(N_("Choisissez au moins un changement à proposer"))]})
    if not set(chosen) <= offered.keys():
        raise Conflict(N_("La charte a changé pendant que vous choisissiez. Relisez ce que le fichier change, puis choisissez à nouveau."))
    made = _propose(work, text, person, party, [one for key, one in offered.items() if key in chosen], found, reason)
    imported.done_at, imported.outcome = work.now(), {"amendments": [one.ref for one in made]}
    work.session.flush()
    return made


def forget_imports(work: Work) -> None:
    """Drops those older than KEPT."""
    work.session.execute(delete(TextImport).where(TextImport.at < work.now() - KEPT))


def _propose(
    work: Work, text: Text, person: Person, party: Party, wanted: Sequence[Change], found: Understood, reason: str
) -> list[Amendment]:
    articles = {one.ref: one for one in text.present_articles}
    made = []
    for change in wanted:
        read = found.articles[change.found] if change.found >= 0 else None
        where = articles[change.ref] if change.ref else text
        made.append(
            propose_amendment(
                work,
                where,
                person,
                party,
                AmendmentKind(change.kind),
                title=_title(read.title) if read else "",
                nodes=read.nodes if read else (),
                after=articles.get(change.after),
                reason=reason,
            )
        )
    return made


def _settle(work: Work, text: Text, article: Article | None, title: str, nodes: Sequence[Node]) -> Article:
    """The article made to hold these words, a new one when there is none."""
    if article is None:
        made = work.add(Article(text_id=text.id, position=MOST + 1, title=_title(title)))
        content.seed(work.session, made, nodes or EMPTY, at=work.now(), author=work.actor.person_id)
        return made
    if article.title != _title(title):
        content.retitle(work.session, article, _title(title))
    before = article.head_seq
    content.edit(work.session, article, lambda root: reconcile(root, nodes or EMPTY), at=work.now(), author=work.actor.person_id)
    if article.head_seq != before:
        tell(work, notices.appended(text.ref, article.ref))
    tell(work, notices.changed(text.ref, article.ref))
    return article


def _title(title: str) -> str:
    """A title of the length one has here: at least two characters."""
    return (title if len(title) >= 2 else gettext(N_("Article « %(title)s »"), title=title))[:TITLE]


def _once(work: Work, imported: TextImport) -> None:
    work.session.refresh(imported)
    if imported.done_at is not None:
        raise Conflict(N_("Ce fichier a déjà servi. Pour recommencer, choisissez-le à nouveau."))
