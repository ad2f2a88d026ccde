"""Several people at work on a text through the very live server, and what promises 2 and 3 say of every state they reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pycrdt import Doc, XmlElement, XmlText
from sqlalchemy import func, select

from charter.alliances.models import Alliance, Party
from charter.alliances.services import hold
from charter.drafting import services
from charter.drafting.live import content, store
from charter.drafting.live.canonical import content_hash, fragment, nodes_from_doc
from charter.drafting.live.client import ClientArticle
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, Consent, Text
from charter.errors import CharterError
from charter.work import Actor, Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.live.crowd import Typist
from tests.charter.drafting.live.harness import Server
from workflows.amendments import AmendmentKind, Opinion
from workflows.base import WorkflowError
from workflows.drafting import ConsentKind

Step = tuple[Any, ...]
PARTIES = factories.DEFAULT_KINDS
REFUSALS = (CharterError, WorkflowError, content.Frozen)


def rebuilt(work: Work, article: Article) -> str:
    """The hash of the article's words, from every update stored and nothing else."""
    doc: Doc[Any] = Doc()
    fragment(doc)
    for _, update in store.tail(work.session, article.id, 0):
        doc.apply_update(update)
    return content_hash(article.title, nodes_from_doc(doc))


def agreed(work: Work, text: Text) -> tuple[list[str], bool]:
    """The hashes of the articles as stored, and whether every party's word on each is an agreement that bears that very hash."""
    parties = [party.id for party in work.get(Alliance, text.alliance_id).accepted_parties]
    hashes, whole = [], True
    for article in text.present_articles:
        digest = rebuilt(work, article)
        said = work.session.scalars(select(Consent).where(Consent.article_id == article.id, Consent.ended_at.is_(None))).all()
        bound = {one.party_id for one in said if one.sha256 == digest and one.kind != ConsentKind.objection}
        whole = whole and bound >= set(parties)
        hashes.append(digest)
    return hashes, whole


def first_text(article: ClientArticle) -> XmlText | None:
    """The first paragraph's text, None when there is none."""
    paragraph = next(iter(article.root.children), None)
    found = next(iter(paragraph.children), None) if isinstance(paragraph, XmlElement) else None
    return found if isinstance(found, XmlText) else None


def told_frozen(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether somebody was told that the text takes no words any more."""
    return any(one["type"] == "frozen" or one.get("reason") == "frozen" or one.get("frozen") is True for one in messages)


@dataclass
class World:
    """An alliance of three parties around a charter of two articles. Somebody of each party has both open, live."""

    engine: Engine
    server: Server
    text_id: int = 0
    articles: list[str] = field(default_factory=list)
    people: list[Typist] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        with self.engine.work() as work:
            text = made.charter(work, made.drafting(work, PARTIES))
            for article in text.present_articles:
                made.rewrite(work, article, "Nous agissons ensemble.")
            self.text_id, self.articles, self.server.text = text.id, [one.ref for one in text.present_articles], text.ref
        self.people = [Typist(self.server.client(number + 1), self.articles[0], number) for number in range(len(PARTIES))]
        self.seen = [{} for _ in self.people]
        for one in self.people:
            await one.arrive()
            await one.client.open(self.articles[1])

    # -- what people do: live -------------------------------------------------------------------------------------------------

    async def type(self, who: int, which: int, at: int, words: str) -> None:
        if (text := first_text(self.copy(who, which))) is not None:
            text.insert(min(at, len(text)), words)

    async def erase(self, who: int, which: int, at: int) -> None:
        text = first_text(self.copy(who, which))
        if text is not None and at + 3 < len(text):
            del text[at : at + 3]

    async def cut(self, who: int) -> None:
        self.people[who].client.kill()
        await self.people[who].client.until(lambda: self.people[who].gone)

    async def back(self, who: int) -> None:
        if self.people[who].gone:
            await self.people[who].back()

    async def settle(self, who: int) -> None:
        """Everything this person wrote is stored or refused."""
        await self.back(who)
        await self.people[who].client.saved()

    def copy(self, who: int, which: int) -> ClientArticle:
        return self.people[who].client.articles[self.articles[which]]

    # -- what people do: pages ------------------------------------------------------------------------------------------------

    async def ask(self, who: int, what: Callable[[Work, Text, Party], object]) -> bool:
        """Somebody of that party does `what` in a transaction of its own; False when it was refused."""

        def request() -> bool:
            try:
                with self.engine.work() as work:
                    text = work.get(Text, self.text_id)
                    party = work.get(Alliance, text.alliance_id).accepted_parties[who]
                    person = factories.speaker(party)
                    acting = work.by(Actor(person.id, person.display_name))
                    what(acting, text, party)
            except REFUSALS:
                return False
            return True

        return await asyncio.to_thread(request)

    async def read(self, who: int) -> None:
        """The words this party will consent to, until it reads again."""
        await self.ask(
            who, lambda work, text, party: self.seen[who].update((one.ref, one.sha256) for one in services.article_words(work, text))
        )

    async def say(self, who: int, which: int, kind: ConsentKind) -> None:
        if (digest := self.seen[who].get(self.articles[which])) is not None:
            reason = "" if kind == ConsentKind.agree else "Une raison"
            await self.ask(
                who,
                lambda work, text, party: services.consent(work, text.present_articles[which], party, kind, digest, reason),
            )

    async def withdraw(self, who: int, which: int) -> None:
        await self.ask(who, lambda work, text, party: services.withdraw(work, text.present_articles[which], party))

    async def retitle(self, who: int, which: int, words: str) -> None:
        await self.ask(who, lambda work, text, _: services.retitle_article(work, text.present_articles[which], f"Titre {words}"))

    async def amend(self, who: int, which: int, words: str) -> None:
        """An amendment that all the others are for: it enters the text."""

        def propose(work: Work, text: Text, party: Party) -> None:
            article, nodes = text.present_articles[which], [made.paragraph(f"Nous agissons {words} ensemble.")]
            given: dict[str, Any] = {"title": article.title, "nodes": nodes, "reason": "Plus clair."}
            amendment = services.propose_amendment(work, article, factories.speaker(party), party, AmendmentKind.wording, **given)
            for other in work.get(Alliance, text.alliance_id).accepted_parties:
                if other.id != party.id:
                    person = factories.speaker(other)
                    services.answer_amendment(work.by(Actor(person.id, person.display_name)), amendment, other, Opinion.favour)

        await self.ask(who, propose)

    async def open_round(self) -> None:
        await self.ask(0, lambda work, text, _: services.open_round(work, text))

    async def close_round(self) -> None:
        def close(work: Work, text: Text, _: Party) -> None:
            found = services.running_round(work, text)
            if found is not None:
                services.close_round(work, text, found.number)

        await self.ask(0, close)

    async def agree(self) -> None:
        """Everybody reads, then agrees to what they read."""
        for who in range(len(self.people)):
            await self.read(who)
            for which in range(len(self.articles)):
                await self.say(who, which, ConsentKind.agree)

    async def adopt(self) -> None:
        """Adopted if, and only if, every party's live consent bears the hash of the words stored at that instant."""

        def attempt(work: Work, text: Text, _: Party) -> None:
            hold(work, work.get(Alliance, text.alliance_id))
            if not self.adopted:
                content.hold(work.session, text.present_articles[0])
            work.session.expire_all()
            hashes, whole = agreed(work, text)
            try:
                charter = services.adopt(work, text)
            except WorkflowError:
                assert self.adopted or not whole
                raise
            assert whole and not self.adopted
            assert [one.sha256 for one in charter.articles] == hashes
            assert [content_hash(one.title, one.nodes) for one in charter.articles] == hashes
            self.adopted = hashes

        await self.ask(0, attempt)

    # -- how it ends ----------------------------------------------------------------------------------------------------------

    async def end(self) -> None:
        """People agree while somebody goes on typing; once everything is quiet they can adopt. Then nothing changes any more."""

        async def type_on() -> None:
            for number in range(8):
                await self.type(0, 0, number, "x")
                await self.settle(0)

        async def decide() -> None:
            for _ in range(3):
                await self.agree()
                await self.adopt()

        await asyncio.gather(type_on(), decide())
        for who in range(len(self.people)):
            await self.settle(who)
        await self.agree()
        await self.adopt()
        assert self.adopted
        await self.nothing_changes()

    async def nothing_changes(self) -> None:
        before = self.stored()
        for who in range(len(self.people)):
            await self.type(who, 0, 0, "trop tard")
            await self.settle(who)
            # By a refusal, by a notice or on coming back: which comes first is the network's affair.
            await self.people[who].client.until(partial(told_frozen, self.people[who].client.messages))
        late: Sequence[Callable[[Work, Text, Party], object]] = (
            lambda work, text, _: made.rewrite(work, text.present_articles[0], "Trop tard"),
            lambda work, text, _: services.retitle_article(work, text.present_articles[0], "Trop tard"),
            lambda work, text, party: services.withdraw(work, text.present_articles[0], party),
            lambda work, text, _: services.adopt(work, text),
        )
        assert [await self.ask(1, attempt) for attempt in late] == [False] * len(late)
        assert self.stored() == before
        assert before[0] == self.adopted

    def stored(self) -> tuple[list[str], int, list[tuple[str, str]]]:
        """Hashes of the articles, number of updates, and the adopted articles with the hash of what they hold."""
        with self.engine.work(write=False) as work:
            text = work.get(Text, self.text_id)
            ids = [one.id for one in text.present_articles]
            updates = work.session.scalar(select(func.count()).where(ArticleUpdate.article_id.in_(ids))) or 0
            kept = [(one.sha256, content_hash(one.title, one.nodes)) for one in services.adopted_version(work, text).articles]
            return agreed(work, text)[0], updates, kept

    async def live(self, steps: Sequence[Step]) -> None:
        """The whole story."""
        async with asyncio.timeout(60):
            await self.begin()
            try:
                for name, *given in steps:
                    await getattr(self, name)(*given)
                await self.end()
            finally:
                await asyncio.gather(*(one.client.disconnect() for one in self.people), return_exceptions=True)
