"""The texts of an alliance: finding one, reading its words, opening the charter and its amendments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from charter.adapters.bus import Message
from charter.adapters.pdf.typography import french
from charter.alliances.models import KIND_LABELS, Alliance
from charter.alliances.services import hold
from charter.drafting import template
from charter.drafting.library import library
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node
from charter.drafting.models import CHARTER, AdoptedArticle, Article, Text
from charter.drafting.words import read_all
from charter.errors import Conflict, NotFound
from charter.i18n import gettext
from charter.proposals.models import Declaration
from charter.proposals.services import declarations_of
from charter.work import Work
from workflows.base import N_
from workflows.drafting import TextStatus
from workflows.lifecycle import AllianceStatus

FROZEN = N_("Ce texte est adopté : ses mots ne changent plus. Un changement passe par une nouvelle version.")
OVER = N_("La co-rédaction de cette alliance n’est pas ouverte.")


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """An article as it stands: `nodes` are the normalised ProseMirror nodes whose hash, with the title, is `sha256`; `marked` the same
    with comment marks."""

    ref: str
    number: int
    title: str
    nodes: list[Node]
    sha256: str
    marked: list[Node]


def charter_of(work: Work, alliance: Alliance) -> Text:
    """The current version of the charter. Raises NotFound before drafting begins."""
    found = find_charter(work, alliance)
    if found is None:
        raise NotFound(N_("La charte s’écrit à l’étape de co-rédaction, qui n’a pas encore commencé."))
    return found


def find_charter(work: Work, alliance: Alliance) -> Text | None:
    """The current version of the charter, None before drafting begins."""
    query = select(Text).where(Text.alliance_id == alliance.id, Text.kind == CHARTER).order_by(Text.version.desc()).limit(1)
    return work.session.scalar(query)


def texts_of(work: Work, alliance: Alliance) -> list[Text]:
    """Every version of every text, newest first."""
    return list(work.session.scalars(select(Text).where(Text.alliance_id == alliance.id).order_by(Text.version.desc(), Text.id.desc())))


def text_of(work: Work, alliance: Alliance, ref: str) -> Text:
    """The alliance's text with that reference. Raises NotFound."""
    found = work.session.scalar(select(Text).where(Text.alliance_id == alliance.id, Text.ref == ref))
    if found is None:
        raise NotFound
    return found


def article_of(work: Work, text: Text, ref: str) -> Article:
    """The present article with that reference. Raises NotFound, telling when it was removed."""
    found = work.session.scalar(select(Article).where(Article.text_id == text.id, Article.ref == ref))
    if found is None:
        raise NotFound
    if found.removed_at is not None:
        raise NotFound(N_("Cet article a été retiré de la charte."))
    return found


def article_words(work: Work, text: Text) -> list[ArticleWords]:
    """The articles in order with their words, read from what is stored."""
    present = text.present_articles
    words = read_all(work.session, present)
    return [
        ArticleWords(one.ref, number, one.title, words[one.id].agreed, words[one.id].hash, words[one.id].nodes)
        for number, one in enumerate(present, start=1)
    ]


def number_of(article: Article) -> int:
    """Its number among the present articles, from 1."""
    return article.text.present_articles.index(article) + 1


def open_charter(work: Work, alliance: Alliance) -> Text:
    """Version 1 of the charter, from the template filled with the alliance's own words; the one already there when there is one."""
    existing = find_charter(work, alliance)
    if existing is not None:
        return existing
    text = work.add(Text(alliance_id=alliance.id, title=_title(alliance)))
    filled = template.fill_template(_template(), _facts(work, alliance))
    # Typeset once, here: people then write, and consent to, words that already stand as they will be printed.
    _seed(work, text, [(french(one.title), typeset(one.content)) for one in filled])
    return text


def open_amendment(work: Work, alliance: Alliance) -> Text:
    """A new version in drafting, starting from the adopted one. Its articles have no consent yet: every party says its word again."""
    current = charter_of(work, alliance)
    if current.status == TextStatus.drafting:
        return current
    frozen = select(AdoptedArticle).where(AdoptedArticle.text_id == current.id).order_by(AdoptedArticle.number)
    text = work.add(Text(alliance_id=alliance.id, title=_title(alliance), version=current.version + 1))
    _seed(work, text, [(one.title, one.nodes) for one in work.session.scalars(frozen)])
    return text


def stop_writing(work: Work, alliance: Alliance) -> None:
    """The alliance ended: a text still being written stays as it is. What the live rooms held is stored before this, or never."""
    text = find_charter(work, alliance)
    if text is not None and not text.frozen:
        hold_text(work, text)
        tell(work, notices.frozen(text.ref))


def hold_text(work: Work, text: Text) -> Alliance:
    """Takes the alliance's lock, then the text's (the live server's own order), and reads both and the articles afresh."""
    alliance = hold(work, work.get(Alliance, text.alliance_id))
    locked = select(Text).where(Text.id == text.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    work.session.execute(locked).scalar_one()
    articles = select(Article).where(Article.text_id == text.id).execution_options(populate_existing=True)
    work.session.scalars(articles).all()
    work.session.expire(text, ["articles"])
    return alliance


def hold_draft(work: Work, text: Text) -> Alliance:
    """The same, for what is only possible while the text is written. Raises Conflict when it is adopted, or drafting is over."""
    alliance = hold_text(work, text)
    if text.frozen:
        raise Conflict(FROZEN)
    if alliance.status != AllianceStatus.drafting:
        raise Conflict(OVER)
    text.touched_since, text.touched_at = text.touched_since or work.now(), work.now()
    return alliance


def tell(work: Work, message: Message) -> None:
    """Tells the live rooms, once the change is in the database."""
    work.after_commit.append(lambda: work.bus.publish(notices.CHANNEL, message))


@lru_cache
def _template() -> tuple[template.ArticleTemplate, ...]:
    return template.load_template()


def guidance(title: str) -> template.ArticleTemplate | None:
    """Our help for an article of the template or of the library that still bears its title, or nothing."""
    known = (*_template(), *(one.article for one in library()))
    return next((one for one in known if french(one.title) == title), None)


def _title(alliance: Alliance) -> str:
    return gettext(N_("Charte de l’alliance %(title)s"), title=f"«\u00a0{alliance.title}\u00a0»")


def _seed(work: Work, text: Text, articles: Sequence[tuple[str, Sequence[Node]]]) -> None:
    for position, (title, nodes) in enumerate(articles, start=1):
        article = work.add(Article(text_id=text.id, position=position, title=title))
        content.seed(work.session, article, nodes, at=work.now())  # a template is nobody's words
    work.session.expire(text, ["articles"])


def typeset(nodes: Sequence[Node]) -> list[Node]:
    """The nodes with French typography in their texts."""
    made: list[Node] = []
    for node in nodes:
        changed = {**node, "text": french(node["text"])} if "text" in node else dict(node)
        made.append({**changed, "content": typeset(node["content"])} if "content" in node else changed)
    return made


def _facts(work: Work, alliance: Alliance) -> template.CharterFacts:
    declared = declarations_of(work, alliance)
    parties = tuple(
        template.PartyInCharter(party.name, gettext(KIND_LABELS[party.organisation.kind]).lower(), _contribution(declared.get(party.id)))
        for party in alliance.accepted_parties
    )
    facilitator = next((one.person.display_name for one in alliance.facilitators if one.ended_at is None), "")
    return template.CharterFacts(template.AllianceInCharter(alliance.title, alliance.need, alliance.territory), parties, facilitator)


def _contribution(declaration: Declaration | None) -> str:
    labels = [_in_a_sentence(str(one.get("label", "")).strip()) for one in declaration.contributions] if declaration else []
    return gettext(N_("apporte %(what)s"), what=", ".join(label for label in labels if label)) if any(labels) else ""


def _in_a_sentence(label: str) -> str:
    """« Deux ponts » → « deux ponts »; « CDI », « RSE » stay."""
    return label[0].lower() + label[1:] if label[:1].isupper() and label[1:2].islower() else label
