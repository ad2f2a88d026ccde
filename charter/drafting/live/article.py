"""One article in a room: its document, who reads it, and what waits to be stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from charter.drafting.live.cursors import Cursors
from charter.drafting.live.document import Gap, LiveDocument, TooLarge, Unacceptable
from charter.drafting.live.entries import Entry, Fate, HashEntry, Outcome, SnapshotEntry, UpdateEntry
from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import EMPTY_UPDATE, MAX_UPDATE, Frame, Kind, Refusal, acknowledgement, build
from charter.drafting.live.relay import Relay
from charter.drafting.live.store import ArticleInfo, Stored
from charter.drafting.live.writer import Writer

log = structlog.get_logger()

SNAPSHOT_EVERY = 300
QUIET = 0.5
LONGEST = 5.0
"""Seconds without an edit before the words are hashed; and the longest somebody who goes on writing puts it off."""
_REFUSALS: dict[Fate, Refusal] = {"frozen": Refusal.frozen, "locked": Refusal.locked}


@dataclass(frozen=True, slots=True)
class Owned:
    """The text, and the fencing number under which this process writes in it."""

    text_id: int
    fence: int


class Host(Protocol):
    """What an article asks of its room."""

    frozen: bool

    def unstored(self, article: ArticleRoom, outcome: Outcome) -> None:
        """Words that were already relayed will not be stored."""

    def behind(self, article: ArticleRoom) -> None:
        """Somebody else stored an update of this article."""

    def changed(self, article: ArticleRoom) -> None:
        """The article's stored hash is another one now."""


class ArticleRoom:
    """An article people have open. `seq` is the last stored update the document is known to hold."""

    def __init__(self, info: ArticleInfo, document: LiveDocument, stored: Stored, owned: Owned, host: Host, writer: Writer) -> None:
        self.info, self.document, self.seq = info, document, stored.seq
        self.relay, self.cursors = Relay(info.ref), Cursors()
        self._owned, self._host, self._writer = owned, host, writer
        self._snapshot_seq = stored.snapshot_seq
        self._queued = 0
        # Once an update was not stored, what repeats it is not either: this copy of the article is about to be thrown away.
        self._lost: Fate | None = None
        self._hash_timer: asyncio.TimerHandle | None = None
        self._unhashed_since = self._edited_at = 0.0
        self._acks: dict[Peer, int] = {}

    @property
    def ref(self) -> str:
        """The article's public name."""
        return self.info.ref

    @property
    def settled(self) -> bool:
        """True when nothing of it waits to be stored."""
        return not self._queued

    def sync(self, peer: Peer, state: bytes) -> None:
        """Answers a first synchronisation: what the peer lacks, then what we have so that it sends what we lack, then the cursors."""
        try:
            missing = self.document.diff(state)
        except Unacceptable:
            peer.offend()
            return
        peer.send(build(Kind.SYNC2, self.ref, missing))
        self.ask(peer)
        for cursor in self.cursors.present():
            peer.send(build(Kind.AWARENESS, self.ref, cursor))
        self.relay.readers.add(peer)

    def ask(self, peer: Peer) -> None:
        """Asks a peer for what we lack."""
        peer.send(build(Kind.SYNC1, self.ref, self.document.state()))

    def receive(self, peer: Peer, frame: Frame) -> None:
        """An update from a peer (UPDATE, or the SYNC2 that answers our question): checked, relayed, queued; or refused."""
        if frame.payload == EMPTY_UPDATE:
            return self._acknowledge_later(peer, frame.seq)
        if (refusal := self._unwelcome(peer, frame)) is not None:
            if refusal is Refusal.locked and self.document.knows(frame.payload):
                return self._acknowledge_later(peer, frame.seq)
            return self.refuse(peer, frame.seq, refusal)
        try:
            fresh = self.document.apply(frame.payload)
        except Gap:
            return self.ask(peer)
        except TooLarge:
            return self.refuse(peer, frame.seq, Refusal.too_big)
        except Unacceptable as error:
            log.warning("live_update_refused", article=self.ref, person=peer.identity.person, reason=str(error))
            peer.offend()
            return self.refuse(peer, frame.seq, Refusal.invalid)
        if fresh is None:
            return self._acknowledge_later(peer, frame.seq)
        self.relay.update(fresh, peer)
        self._store(fresh, peer, frame.seq)

    def _unwelcome(self, peer: Peer, frame: Frame) -> Refusal | None:
        if not peer.identity.can_write:
            return Refusal.read_only
        if self._host.frozen:
            return Refusal.frozen
        if self.info.locked:
            return Refusal.locked
        if len(frame.payload) > MAX_UPDATE:
            return Refusal.too_big
        return Refusal.overloaded if self._writer.full else None

    def refuse(self, peer: Peer, seq: int, reason: Refusal) -> None:
        """Tells a peer that its update was refused, and why."""
        if reason is Refusal.too_big:
            log.warning("live_update_refused", article=self.ref, person=peer.identity.person, reason=reason.value)
        self._tell_acks()
        peer.control("refused", article=self.ref, seq=seq, reason=reason)

    def pull(self, updates: list[tuple[int, bytes]]) -> None:
        """Takes in updates stored by somebody else, and relays what is new in them."""
        for seq, update in updates:
            fresh = self.document.absorb(update)
            if fresh is not None:
                self.relay.update(fresh, None)
            self.seq = max(self.seq, seq)
        self._plan_hash()

    def _store(self, update: bytes, peer: Peer, seq: int) -> None:
        self._queued += 1
        who = peer.identity

        def settle(outcome: Outcome) -> None:
            self._queued -= 1
            if outcome.fate != "stored":
                self.refuse(peer, seq, _REFUSALS.get(outcome.fate, Refusal.overloaded))
                self._lost = outcome.fate
                self._host.unstored(self, outcome)
                return
            self._stored(outcome.seq)
            self._acknowledge(peer, seq)

        self._writer.submit(UpdateEntry(*self._owned_by(settle), data=update, author=who.person, session=who.session))
        if self.seq + self._queued - self._snapshot_seq >= SNAPSHOT_EVERY:
            self.snapshot()
        self._plan_hash()

    def _stored(self, seq: int) -> None:
        if seq == self.seq + 1:
            self.seq = seq
        elif seq > self.seq:
            self._host.behind(self)

    def _acknowledge(self, peer: Peer, seq: int) -> None:
        # One commit settles many updates: an acknowledgement says that all before it are safe too, so the last one is enough.
        if not self._acks:
            asyncio.get_running_loop().call_soon(self._tell_acks)
        self._acks[peer] = seq

    def _tell_acks(self) -> None:
        acks, self._acks = self._acks, {}
        for peer, seq in acks.items():
            peer.send(acknowledgement(self.ref, seq))

    def _acknowledge_later(self, peer: Peer, seq: int) -> None:
        # What repeats an update may come before that one is stored: its acknowledgement queues behind it.
        if not seq:
            return

        def settle(outcome: Outcome) -> None:
            fate = self._lost or outcome.fate
            if fate == "stored":
                self._acknowledge(peer, seq)
            else:
                self.refuse(peer, seq, _REFUSALS.get(fate, Refusal.overloaded))

        self._writer.submit(Entry(*self._owned_by(settle)))

    def _owned_by(self, settle: Callable[[Outcome], None]) -> tuple[int, int, int, int, Callable[[Outcome], None]]:
        return self._owned.text_id, self._owned.fence, self.info.id, self.info.epoch, settle

    def snapshot(self) -> None:
        """Queues the whole document for storing, if there is anything new in it."""
        seq = self.seq + self._queued
        if seq == self._snapshot_seq:
            return
        self._snapshot_seq = seq
        self._writer.submit(SnapshotEntry(*self._owned_by(lambda _: None), data=self.document.snapshot(), seq=seq))

    def _plan_hash(self) -> None:
        loop = asyncio.get_running_loop()
        self._edited_at = loop.time()
        if self._hash_timer is None:
            self._unhashed_since = self._edited_at
            self._hash_timer = loop.call_later(QUIET, self._hash_when_quiet)

    def _hash_when_quiet(self) -> None:
        loop = asyncio.get_running_loop()
        due = min(self._edited_at + QUIET, self._unhashed_since + LONGEST)
        if loop.time() < due:
            self._hash_timer = loop.call_at(due, self._hash_when_quiet)
        else:
            self.hash()

    def hash(self) -> None:
        """Queues the hash of the article's words for storing; the room is told when it became another."""
        self._cancel_hash()

        def settle(outcome: Outcome) -> None:
            if outcome.fate == "stored":
                self._host.changed(self)

        self._writer.submit(HashEntry(*self._owned_by(settle), nodes=self.document.nodes(), seq=self.seq + self._queued))

    def _cancel_hash(self) -> None:
        if self._hash_timer is not None:
            self._hash_timer.cancel()
            self._hash_timer = None

    def leave(self, peer: Peer) -> None:
        """A peer is gone: the others see its cursor go."""
        self.relay.leave([peer])
        for farewell in self.cursors.forget(peer):
            self.relay.send(Kind.AWARENESS, farewell)

    def close(self, *, keep: bool) -> None:
        """Stops; with `keep`, queues a last hash and snapshot."""
        if keep and self._hash_timer is not None:
            self.hash()
        self._cancel_hash()
        if keep:
            self.snapshot()
        self.relay.stop()
