"""Adopting a text: every party consents to its exact words, which are then frozen for ever (promises 2, 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting import states
from charter.drafting.live import notices
from charter.drafting.live.content import Content
from charter.drafting.models import CHARTER, AdoptedArticle, Article, Consent, Text, VersionWhy
from charter.drafting.services.consents import standing_consents
from charter.drafting.services.reopening import end_round
from charter.drafting.services.texts import hold_text, tell
from charter.drafting.services.versions import keep_version
from charter.drafting.words import current_hashes, read_all, whole_hash
from charter.errors import Conflict, NotFound
from charter.work import Work
from workflows.base import N_, Missing, blocking, fire
from workflows.drafting import ConsentKind, DraftingFacts, TextChart, TextStatus
from workflows.events import CharterAdopted
from workflows.lifecycle import AllianceStatus


@dataclass(frozen=True, slots=True)
class AdoptedCharter:
    """An adopted charter. `sha256`: of the RFC 8785 JSON of {"title", "version", "articles": [hash of each article, in order]}."""

    text_ref: str
    title: str
    version: int
    adopted_at: datetime
    articles: tuple[AdoptedArticle, ...]
    sha256: str


def missing(work: Work, text: Text) -> tuple[Missing, ...]:
    """What is missing before the text can be adopted, and from whom. Empty when nothing is, or when it is adopted already."""
    if text.status != TextStatus.drafting:
        return ()
    alliance = work.get(Alliance, text.alliance_id)
    hashes = current_hashes(work.session, text.present_articles)
    now = [(one, hashes[one.id]) for one in text.present_articles]
    return blocking(TextChart, text, "adopt", states.of(alliance, now, standing_consents(work, text)))


def adopt(work: Work, text: Text) -> AdoptedCharter:
    """Freezes the text on the words stored now, under the text's lock: nobody writes between the check and the freeze.

    Raises Blocked listing who is awaited and for what, NotNow when it is adopted already, Conflict when drafting is over.
    """
    alliance = hold_text(work, text)
    if text.status == TextStatus.drafting and alliance.status != AllianceStatus.drafting:
        raise Conflict(N_("La co-rédaction de cette alliance n’est pas ouverte."))
    words = read_all(work.session, text.present_articles)
    consents = standing_consents(work, text)
    fire(TextChart, text, "adopt", _facts(alliance, text, words, consents))
    text.frozen_at = work.now()
    end_round(work, alliance, text, "adopt")
    _supersede(work, text)
    articles = _freeze(work, alliance, text, words, consents)
    keep_version(work, text, VersionWhy.adoption)
    announce(work, alliance, CharterAdopted(text=text.ref, version=text.version, articles=tuple(one.sha256 for one in articles)))
    tell(work, notices.frozen(text.ref))
    return _charter(text, articles)


def adopted(work: Work, alliance: Alliance) -> AdoptedCharter:
    """The charter in force: the last version adopted. Raises NotFound when none is."""
    query = select(Text).where(Text.alliance_id == alliance.id, Text.kind == CHARTER, Text.status == TextStatus.adopted)
    text = work.session.scalar(query.order_by(Text.version.desc()).limit(1))
    if text is None:
        raise NotFound(N_("Aucune charte n’est encore adoptée dans cette alliance."))
    return adopted_version(work, text)


def adopted_version(work: Work, text: Text) -> AdoptedCharter:
    """One adopted version, in force or replaced since. Raises NotFound while it is written."""
    if not text.frozen:
        raise NotFound(N_("Cette version de la charte n’est pas encore adoptée."))
    query = select(AdoptedArticle).where(AdoptedArticle.text_id == text.id).order_by(AdoptedArticle.number)
    return _charter(text, list(work.session.scalars(query)))


def _facts(alliance: Alliance, text: Text, words: dict[int, Content], consents: Sequence[Consent]) -> DraftingFacts:
    return states.of(alliance, [(article, words[article.id].hash) for article in text.present_articles], consents)


def _supersede(work: Work, text: Text) -> None:
    query = select(Text).where(
        Text.alliance_id == text.alliance_id, Text.kind == text.kind, Text.status == TextStatus.adopted, Text.id != text.id
    )
    for former in work.session.scalars(query):
        fire(TextChart, former, "supersede")
    work.session.flush()


def _freeze(work: Work, alliance: Alliance, text: Text, words: dict[int, Content], consents: Sequence[Consent]) -> list[AdoptedArticle]:
    frozen = []
    for number, article in enumerate(text.present_articles, start=1):
        content = words[article.id]
        article.text_hash, article.hashed_seq = content.hash, content.seq
        kept = _reservations(alliance, article, consents)
        frozen.append(
            AdoptedArticle(
                text_id=text.id,
                article_id=article.id,
                number=number,
                title=article.title,
                nodes=content.agreed,
                sha256=content.hash,
                reservations=kept,
            )
        )
    work.session.add_all(frozen)
    work.session.flush()
    return frozen


def _reservations(alliance: Alliance, article: Article, consents: Sequence[Consent]) -> list[dict[str, str]]:
    said = {one.party_id: one for one in consents if one.article_id == article.id and one.kind == ConsentKind.reservation}
    return [
        {"party": party.name, "party_ref": party.ref, "reason": said[party.id].reason}
        for party in alliance.accepted_parties
        if party.id in said
    ]


def _charter(text: Text, articles: Sequence[AdoptedArticle]) -> AdoptedCharter:
    at = text.frozen_at
    if at is None:
        raise NotFound
    whole = whole_hash(text.title, text.version, [one.sha256 for one in articles])
    return AdoptedCharter(text.ref, text.title, text.version, at, tuple(articles), whole)
