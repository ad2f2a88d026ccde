"""One text in memory: the people in it, its articles, and what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from charter.adapters.clock import Clock
from charter.drafting.live import store
from charter.drafting.live.article import ArticleRoom, Owned
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.entries import Outcome
from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import At, Bye, ClientId, Control, Frame, Kind, Open, Ping, Refusal, control
from charter.drafting.live.rights import Rights, Who
from charter.drafting.live.store import ArticleInfo, TextInfo
from charter.drafting.live.writer import Writer

log = structlog.get_logger()

PRESENCE_EVERY = 0.1
RETRY = 1.0
_PUBLIC = ("ref", "title", "number", "epoch", "locked")


@dataclass(frozen=True, slots=True)
class Means:
    """What a room works with: `query(function, write)` runs a function on a Session in a thread, and commits when `write`."""

    query: Callable[[Callable[[Session], Any], bool], Awaitable[Any]]
    writer: Writer
    lost: Callable[[Room], None]
    clock: Clock
    rights: Rights | None = None


class Room:
    """A text that this process owns under `fence`."""

    def __init__(self, info: TextInfo, fence: int, means: Means) -> None:
        self.info, self.fence, self.frozen = info, fence, info.frozen
        self.peers: set[Peer] = set()
        self._means = means
        self._articles = {article.ref: article for article in info.articles}
        self._open: dict[str, asyncio.Task[ArticleRoom]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._presence_timer: asyncio.TimerHandle | None = None
        self._resetting: set[str] = set()
        # One look at a time: an older answer applied after a newer one would take an article back to a former epoch.
        self.looking = asyncio.Lock()

    # -- people ---------------------------------------------------------------------------------------------------------------

    def enter(self, peer: Peer) -> None:
        """Lets somebody in and greets them."""
        self.peers.add(peer)
        may_write = peer.identity.can_write and not self.frozen
        you = peer.identity.public() | {"session": peer.identity.session}
        peer.control("hello", you=you, articles=self._listing(), frozen=self.frozen, can_write=may_write)
        self._plan_presence()

    def leave(self, peer: Peer) -> None:
        """Somebody is gone."""
        self.peers.discard(peer)
        for article in self._loaded():
            article.leave(peer)
        self._plan_presence()

    def revoke(self, person: int) -> None:
        """What this person may do changed: their connections are looked at now, or ended when there is nowhere to look."""
        if self._means.rights is not None:
            self._spawn(self._review())
            return
        for peer in [peer for peer in self.peers if peer.identity.person == person]:
            peer.leave(Bye.revoked)

    async def _review(self) -> None:
        """Has a look at what those present may do."""
        rights, present = self._means.rights, self.present()
        if rights is None or not present:
            return
        asked, now = {self.info.id: set(present.values())}, self._means.clock.now()
        may_write = await self._means.query(lambda session: rights(session, asked, now), False)
        self.judge(present, may_write.get(self.info.id, {}))

    def present(self) -> dict[Peer, Who]:
        """Everybody here, as rights are asked of them."""
        return {peer: (peer.identity.person, peer.identity.session) for peer in self.peers}

    def judge(self, present: Mapping[Peer, Who], may_write: Mapping[Who, bool]) -> None:
        """Of those who were present when it was asked what they may do, ends the connections of who may be here no more; those who may
        write from now on, or no longer, come back for a token."""
        for peer, one in present.items():
            if one not in may_write:
                peer.leave(Bye.revoked)
            elif not self.frozen and may_write[one] != peer.identity.can_write:
                peer.leave(Bye.restart)

    def tell(self, kind: str, **fields: Any) -> None:
        """The same control message to everybody."""
        message = control(kind, **fields)
        for peer in self.peers:
            peer.send(message)

    def _plan_presence(self) -> None:
        if self._presence_timer is None:
            self._presence_timer = asyncio.get_running_loop().call_later(PRESENCE_EVERY, self._tell_presence)

    def _tell_presence(self) -> None:
        self._presence_timer = None
        self.tell("presence", people=[peer.presence() for peer in sorted(self.peers, key=lambda peer: peer.number)])

    # -- messages -------------------------------------------------------------------------------------------------------------

    async def control(self, peer: Peer, message: Control) -> None:
        """A control message from a peer."""
        match message:
            case Open(ref, epoch):
                await self._open_for(peer, ref, epoch)
            case At(ref, typing):
                peer.article, peer.typing = ref if ref in self._articles else None, typing
                self._plan_presence()
            case ClientId(ref, client_id):
                if (article := self._ready(peer, ref)) is not None and article.cursors.claim(client_id, peer):
                    peer.client_ids[ref] = client_id
                    self._plan_presence()
            case Ping():
                peer.control("pong")

    def frame(self, peer: Peer, frame: Frame) -> None:
        """A binary frame from a peer."""
        article = self._ready(peer, frame.article)
        if article is None:
            peer.control("refused", article=frame.article, seq=frame.seq, reason=Refusal.unknown_article)
        elif frame.kind is Kind.SYNC1:
            article.sync(peer, frame.payload)
        elif frame.kind is Kind.AWARENESS:
            if article.cursors.accept(frame.payload, peer):
                article.relay.send(Kind.AWARENESS, frame.payload, peer)
        else:
            article.receive(peer, frame)

    def _ready(self, peer: Peer, ref: str) -> ArticleRoom | None:
        return self._loaded_article(ref) if ref in peer.articles else None

    # -- articles -------------------------------------------------------------------------------------------------------------

    async def _open_for(self, peer: Peer, ref: str, epoch: int | None) -> None:
        info = self._articles.get(ref)
        if info is None:
            peer.control("refused", article=ref, seq=0, reason=Refusal.unknown_article)
            return
        article = await self._load(info)
        if epoch is not None and epoch != article.info.epoch:
            peer.control("reset", article=ref, epoch=article.info.epoch)
        elif peer in self.peers and ref in self._articles:
            peer.articles.add(ref)

    async def _load(self, info: ArticleInfo) -> ArticleRoom:
        # One load however many ask: all wait for the same task, and one who leaves does not cancel it for the others.
        task = self._open.get(info.ref)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._open[info.ref] = asyncio.create_task(self._read(info), name=f"live-load-{info.ref}")
        return await asyncio.shield(task)

    async def _read(self, info: ArticleInfo) -> ArticleRoom:
        stored = await self._means.query(lambda session: store.load(session, info.id), False)
        document = await LiveDocument.load(stored.base, stored.tail)
        return ArticleRoom(self._articles.get(info.ref, info), document, stored, Owned(self.info.id, self.fence), self, self._means.writer)

    def _loaded_article(self, ref: str) -> ArticleRoom | None:
        task = self._open.get(ref)
        return task.result() if task is not None and task.done() and not task.cancelled() and not task.exception() else None

    def _loaded(self) -> Iterable[ArticleRoom]:
        return [article for ref in self._open if (article := self._loaded_article(ref)) is not None]

    def _listing(self) -> list[dict[str, Any]]:
        return [{name: getattr(article, name) for name in _PUBLIC} for article in self._articles.values()]

    # -- what an article tells its room (article.Host) ------------------------------------------------------------------------

    def unstored(self, article: ArticleRoom, outcome: Outcome) -> None:
        """Words already relayed will not be stored: everybody throws its copy of the article away."""
        if outcome.fate == "stale":
            self._means.lost(self)
            return
        if outcome.fate == "frozen":
            self.freeze()
        if article.ref not in self._resetting:
            self._resetting.add(article.ref)
            self._spawn(self._reset(article, bump=outcome.fate != "gone"))

    def behind(self, article: ArticleRoom) -> None:
        """Somebody else stored an update: it is read and shown."""
        self._spawn(self._pull(article))

    def changed(self, article: ArticleRoom) -> None:
        """The stored hash is another one: consents given to the former words are dead."""
        self.tell("changed", article=article.ref)

    async def _pull(self, article: ArticleRoom) -> None:
        after = article.seq
        updates = await self._means.query(lambda session: store.tail(session, article.info.id, after), False)
        article.pull([(seq, data) for seq, data in updates if seq > article.seq])

    async def _reset(self, article: ArticleRoom, *, bump: bool) -> None:
        await self._means.writer.drained(self.info.id)
        while article.ref in self._resetting:
            try:
                if bump:
                    await self._means.query(lambda session: store.next_epoch(session, article.info.id), True)
                await self.look_again()
                self._resetting.discard(article.ref)
            except SQLAlchemyError as error:
                log.warning("live_reset_failed", article=article.ref, error=str(error))
                await asyncio.sleep(RETRY)

    # -- what the outside tells the room --------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """Nobody writes any more."""
        if not self.frozen:
            self.frozen = True
            self.tell("frozen")

    def refresh(self) -> None:
        """Has the room look again soon."""
        self._spawn(self.look_again())

    async def look_again(self) -> None:
        """Reads the text's status and articles again, and tells what is different."""
        async with self.looking:
            info = await self._means.query(lambda session: store.text_info(session, self.info.ref), False)
            self.see(info)
            if info is not None:
                await self._review()

    def see(self, info: TextInfo | None) -> None:
        """Tells what is different in what was just read (None: the text is no more). The caller holds `looking` since before it read."""
        if info is None:
            self._means.lost(self)
            return
        if info.frozen:
            self.freeze()
        before, self._articles = self._listing(), {article.ref: article for article in info.articles}
        if (listing := self._listing()) != before:
            self.tell("articles", articles=listing)
        for article in self._loaded():
            self._compare(article, self._articles.get(article.ref))

    def _compare(self, article: ArticleRoom, info: ArticleInfo | None) -> None:
        if info is None or info.epoch != article.info.epoch:
            article.close(keep=False)
            del self._open[article.ref]
            for peer in self.peers:
                if article.ref in peer.articles:
                    peer.articles.discard(article.ref)
                    peer.client_ids.pop(article.ref, None)
                    if info is not None:
                        peer.control("reset", article=article.ref, epoch=info.epoch)
            return
        retitled = info.title != article.info.title
        article.info = info
        if article.settled and (info.head_seq > article.seq or retitled):
            self.behind(article)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("live_room_task_failed", text=self.info.ref, error=repr(error))

    async def close(self, *, keep: bool = True) -> None:
        """Stops; with `keep`, once everything is stored and snapshots are made."""
        if self._presence_timer is not None:
            self._presence_timer.cancel()
        loads = [task for task in self._open.values() if not task.done()]
        await asyncio.gather(*loads, return_exceptions=True)
        for article in self._loaded():
            article.close(keep=keep)
        if keep:
            await self._means.writer.drained(self.info.id)
        for task in self._tasks:
            task.cancel()
