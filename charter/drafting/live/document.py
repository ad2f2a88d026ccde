"""One article's Yjs document in memory. What it accepts is in the schema and complete; what it refuses leaves no trace.

Yjs cannot take an update back, so an update is applied, then the nodes it touched are checked; when one breaks the schema the document is
built again from what was accepted before. Honest typing pays for one application and the check of one paragraph.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import WeakMethod

from pycrdt import Doc, get_update

from charter.drafting.live import nesting
from charter.drafting.live.canonical import Node, fragment, nodes_from_doc
from charter.drafting.live.protocol import EMPTY_UPDATE, MAX_UPDATE
from charter.drafting.live.schema import ROOT, OutOfSchema, check_children, check_node

MAX_DOCUMENT = 4 * MAX_UPDATE
CHUNK = 100


class Unacceptable(ValueError):
    """An update that is not Yjs, or that puts in the article what it may not hold."""


class Gap(ValueError):
    """An update that rests on others we never had: its author must send everything we lack."""


class TooLarge(ValueError):
    """The document would grow over MAX_DOCUMENT bytes."""


class LiveDocument:
    """A Yjs document and the accepted bytes it can be built again from."""

    def __init__(self, base: bytes = EMPTY_UPDATE, tail: Sequence[bytes] = ()) -> None:
        self._base = base
        self._tail = list(tail)
        self._size = len(base) + sum(map(len, self._tail))
        self._fresh: bytes | None = None
        self._touched: list[tuple[Any, Any]] = []
        self._rebuild()

    @classmethod
    async def load(cls, base: bytes, tail: Sequence[bytes]) -> LiveDocument:
        """The stored document; lets the event loop breathe while a long tail is applied."""
        document = cls(base)
        for start in range(0, len(tail), CHUNK):
            document.trust(tail[start : start + CHUNK])
            await asyncio.sleep(0)
        return document

    def trust(self, updates: Iterable[bytes]) -> None:
        """Applies stored updates, which were checked before they were stored."""
        self._forget()
        with self._doc.transaction():  # one for all: what is told of each change costs more than the change
            for update in updates:
                self._doc.apply_update(update)
                self._keep(update)

    def absorb(self, update: bytes) -> bytes | None:
        """Applies one stored update; gives what was new in it, None when nothing was."""
        self._forget()
        self._doc.apply_update(update)
        self._keep(update)
        return self._fresh

    def apply(self, update: bytes) -> bytes | None:
        """Applies a client's update; gives what was new in it, None when nothing was.

        Raises Unacceptable, Gap or TooLarge, and the document is as it was."""
        try:
            nesting.check(update)
        except nesting.TooDeep as error:
            raise Unacceptable(str(error)) from None
        if self._size + len(update) > MAX_DOCUMENT:
            self.snapshot()
            if self._size + len(update) > MAX_DOCUMENT:
                raise TooLarge
        try:
            fresh = self._integrate(update)
            self._check()
        except (OutOfSchema, Gap) as refusal:
            self._rebuild()
            raise refusal if isinstance(refusal, Gap) else Unacceptable(str(refusal)) from None
        if fresh is not None:
            self._keep(fresh)
        return fresh

    def _integrate(self, update: bytes) -> bytes | None:
        self._forget()
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise OutOfSchema(str(error)) from None
        except BaseException as error:
            # A panic of the Rust library is a BaseException of its own; it must cost its author's update, not the process.
            if type(error).__name__ != "PanicException":
                raise
            raise OutOfSchema("not a Yjs update") from None
        if self._fresh != update and _lacking(update, self._doc.get_state()):
            raise Gap
        return self._fresh

    def knows(self, update: bytes) -> bool:
        """True when the update would bring nothing; tried on a copy."""
        copy = LiveDocument(self._doc.get_update())
        try:
            return copy.apply(update) is None
        except (Unacceptable, Gap, TooLarge):
            return False

    def _check(self) -> None:
        if self._fresh is None and not self._touched:
            return
        with self._doc.transaction():  # one for all that is read: each would make its own
            if set(self._doc.keys()) - {ROOT}:
                raise OutOfSchema("a root of its own")
            for node, keys in self._touched:
                if node == self._root and keys:
                    raise OutOfSchema("attributes on the document")
                check_node(node)

    def _rebuild(self) -> None:
        self._doc: Doc[Any] = Doc()
        self._root = fragment(self._doc)
        with self._doc.transaction():
            for update in (self._base, *self._tail):
                self._doc.apply_update(update)
        self._subscriptions = (self._doc.observe(weakly(self._on_update)), self._root.observe_deep(weakly(self._on_events)))

    def _forget(self) -> None:
        self._fresh = None
        self._touched.clear()

    def _on_update(self, event: Any) -> None:
        self._fresh = bytes(event.update)

    def _on_events(self, events: list[Any]) -> None:
        self._touched.extend((event.target, getattr(event, "keys", None)) for event in events)

    def _keep(self, update: bytes) -> None:
        self._tail.append(update)
        self._size += len(update)

    def state(self) -> bytes:
        """The state vector: what a peer compares with to know what we lack."""
        return self._doc.get_state()

    def diff(self, state: bytes) -> bytes:
        """What a peer at `state` lacks. Raises Unacceptable when `state` is not a state vector."""
        try:
            return self._doc.get_update(state)
        except ValueError as error:
            raise Unacceptable(str(error)) from None

    def snapshot(self) -> bytes:
        """The whole document as one update; the accepted bytes kept here are replaced by it."""
        self._base, self._tail = self._doc.get_update(), []
        self._size = len(self._base)
        return self._base

    def nodes(self) -> list[Node]:
        """ProseMirror nodes, comment marks included."""
        return nodes_from_doc(self._doc)

    def check_all(self) -> None:
        """Checks the whole tree. Raises OutOfSchema."""
        check_children(self._root)


def weakly(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """The bound `method` as something pycrdt may hold: Python's collector does not see through what it holds, and the object whose method
    it is, with its document, would stay in memory for ever."""
    reference = WeakMethod(method)

    def call(told: Any) -> None:
        if (alive := reference()) is not None:
            alive(told)

    return call


def _lacking(update: bytes, state: bytes) -> bool:
    """True when, after applying, some of `update` still waits for things we do not have."""
    try:
        rest = get_update(update, state)
    except ValueError as error:
        raise OutOfSchema(str(error)) from None
    if rest[0] != 0:
        return True
    known = clocks(state)
    return any(end > known.get(client, 0) for client, end in _deleted_ends(rest, 1))


def clocks(state: bytes) -> dict[int, int]:
    """A state vector as client number to clock. Its bytes come in any order, so they cannot be compared themselves."""
    return dict(_pairs(state, 0)[0])


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("no such number")


def _pairs(data: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """A count, then as many pairs of variable-length numbers: a state vector, or the ranges of a delete set."""
    count, at = varint(data, at)
    pairs = []
    for _ in range(count):
        first, at = varint(data, at)
        second, at = varint(data, at)
        pairs.append((first, second))
    return pairs, at


def _deleted_ends(data: bytes, at: int) -> list[tuple[int, int]]:
    """(client, clock after its last deleted item) for each client of the delete set at `at`."""
    clients, at = varint(data, at)
    ends = []
    for _ in range(clients):
        client, at = varint(data, at)
        ranges, at = _pairs(data, at)
        ends += [(client, clock + length) for clock, length in ranges]
    return ends
