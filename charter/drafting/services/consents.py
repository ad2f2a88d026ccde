"""What parties say of an article: agree, agree with a reservation, object. One party, one voice; a word binds to exact words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.live import notices
from charter.drafting.models import Article, Consent, Text
from charter.drafting.services.reopening import reopen_article
from charter.drafting.services.texts import hold_draft, number_of, tell
from charter.drafting.services.voice import check_actor_speaks, check_has_a_voice
from charter.drafting.words import current_hashes
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, Missing
from workflows.drafting import ConsentKind
from workflows.events import ConsentGiven, ConsentWithdrawn

REASON = 2000
ASKED = {
    ConsentKind.reservation: N_("Écrivez votre réserve : elle sera jointe à l’article"),
    ConsentKind.objection: N_("Dites ce qui vous retient : c’est de là que part la nouvelle rédaction"),
}


class TextChanged(Conflict):
    """The article's words are not those the person read: nothing was recorded."""

    title = N_("Le texte a changé pendant que vous le lisiez")


@dataclass(frozen=True, slots=True)
class Voice:
    """A party's word on an article now: `kind` is a ConsentKind, « stale » (the words changed since) or « none »; `said` the word."""

    kind: str
    said: Consent | None = None

    @property
    def live(self) -> bool:
        """True when it counts."""
        return self.kind not in {"stale", "none"}


def consent(work: Work, article: Article, party: Party, kind: ConsentKind, sha256: str, reason: str = "") -> Consent:
    """The party's word on the words whose hash is `sha256`; it replaces the former one.
    An objection takes the article out of the round that is open.

    Raises Invalid (kind, reason: needed with a reservation or an objection), TextChanged when the words are other ones by now, Conflict
    when the text is adopted, Forbidden for a party that is not in, and for who does not speak for it (voice.py).
    """
    alliance = hold_draft(work, article.text)
    check_has_a_voice(party)
    check_actor_speaks(work, party)
    clean = _reason(kind, reason)
    current = current_hashes(work.session, [article])[article.id]
    if article.removed_at is not None or current != sha256:
        raise _changed(article)
    former = _standing(work, article, party)
    if former is not None and (former.kind, former.sha256, former.reason) == (kind, sha256, clean):
        return former
    if former is not None:
        former.ended_at = work.now()
        work.session.flush()
    said = work.add(
        Consent(
            article_id=article.id,
            party_id=party.id,
            person_id=work.actor.person_id,
            kind=kind,
            sha256=sha256,
            title=article.title,
            seq=article.head_seq,
            reason=clean,
            at=work.now(),
        )
    )
    announce(
        work,
        alliance,
        ConsentGiven(text=article.text.ref, article=article.ref, party=party.ref, kind=kind.value, sha256=sha256, reason=clean),
    )
    tell(work, notices.changed(article.text.ref, article.ref))
    if kind == ConsentKind.objection:
        reopen_article(work, alliance, article, party, clean)
    return said


def withdraw(work: Work, article: Article, party: Party) -> None:
    """The party takes its word back; nothing happens when it had none. Raises Conflict when the text is adopted, Forbidden."""
    alliance = hold_draft(work, article.text)
    check_has_a_voice(party)
    check_actor_speaks(work, party)
    former = _standing(work, article, party)
    if former is None:
        return
    former.ended_at, former.withdrawn = work.now(), True
    work.session.flush()
    announce(work, alliance, ConsentWithdrawn(text=article.text.ref, article=article.ref, party=party.ref, sha256=former.sha256))
    tell(work, notices.changed(article.text.ref, article.ref))


def standing_consents(work: Work, text: Text) -> list[Consent]:
    """The words not ended on every article of a text, oldest first, with who said them."""
    query = (
        select(Consent)
        .join(Article, Article.id == Consent.article_id)
        .where(Article.text_id == text.id, Consent.ended_at.is_(None))
        .options(selectinload(Consent.person))
        .order_by(Consent.id)
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(query))


def path(work: Work, articles: Sequence[Article]) -> dict[int, list[Consent]]:
    """Every word ever said on each article by id, oldest first: « le chemin de chaque article »."""
    found: dict[int, list[Consent]] = {one.id: [] for one in articles}
    query = select(Consent).where(Consent.article_id.in_(list(found))).options(selectinload(Consent.person), selectinload(Consent.party))
    for one in work.session.scalars(query.order_by(Consent.id)):
        found[one.article_id].append(one)
    return found


def voices(alliance: Alliance, article: Article, sha256: str, consents: Sequence[Consent]) -> dict[str, Voice]:
    """The word of each accepted party on an article whose words have the hash `sha256`, by party reference."""
    said = {one.party_id: one for one in consents if one.article_id == article.id and one.ended_at is None}
    return {party.ref: _voice(said.get(party.id), sha256) for party in alliance.accepted_parties}


def _voice(said: Consent | None, sha256: str) -> Voice:
    if said is None:
        return Voice("none")
    return Voice(said.kind.value if said.sha256 == sha256 else "stale", said)


def _standing(work: Work, article: Article, party: Party) -> Consent | None:
    query = select(Consent).where(Consent.article_id == article.id, Consent.party_id == party.id, Consent.ended_at.is_(None))
    return work.session.scalar(query)


def _reason(kind: ConsentKind, reason: str) -> str:
    clean = reason.strip()
    if kind == ConsentKind.agree:
        return ""
    if len(clean) < 3:
        raise Invalid({"reason": [gettext(ASKED[kind])]})
    if len(clean) > REASON:
        raise Invalid({"reason": [gettext(N_("Écrivez %(most)s caractères au plus"), most=REASON)]})
    return clean


def _changed(article: Article) -> TextChanged:
    if article.removed_at is not None:
        return TextChanged(N_("Cet article vient d’être retiré de la charte. Rien n’a été enregistré."))
    happened = Missing(N_("Relisez l’article %(number)s et donnez votre avis sur son nouveau texte"), params={"number": number_of(article)})
    return TextChanged(N_("Vous lisiez une version plus ancienne de cet article : rien n’a été enregistré."), happened)
