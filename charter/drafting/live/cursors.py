"""Awareness (cursors and selections) of one article: relayed as it comes, provided that each connection speaks only for its own cursor."""

from __future__ import annotations

import json

from charter.drafting.live.document import varint
from charter.drafting.live.peer import Peer

MAX_EACH = 8


class Cursors:
    """The last awareness state of each connection, by its Yjs client number."""

    def __init__(self) -> None:
        self._owners: dict[int, Peer] = {}
        self._states: dict[int, tuple[int, bytes]] = {}

    def claim(self, client_id: int, peer: Peer) -> bool:
        """Binds a client number to a connection; False when somebody else has it.

        The same session of the same person takes it over: its former connection may be dead without our knowing yet. A connection
        holds MAX_EACH at most and the oldest gives way (each reset of the article makes a new one)."""
        owner = self._owners.get(client_id, peer)
        if owner is not peer and not _same(owner, peer):
            return False
        self._owners.pop(client_id, None)
        mine = [number for number, holder in self._owners.items() if holder is peer]
        for number in mine[: max(0, len(mine) + 1 - MAX_EACH)]:
            del self._owners[number]
            self._states.pop(number, None)
        self._owners[client_id] = peer
        return True

    def accept(self, payload: bytes, peer: Peer) -> bool:
        """Remembers the state; False when it is malformed or speaks for somebody else's cursor."""
        try:
            client_id, clock, state = _single(payload)
        except (ValueError, IndexError):
            return False
        if self._owners.get(client_id) is not peer:
            return False
        if state == "null":
            self._states.pop(client_id, None)
        else:
            self._states[client_id] = (clock, payload)
        return True

    def present(self) -> list[bytes]:
        """The states somebody who arrives must be told."""
        return [payload for _, payload in self._states.values()]

    def forget(self, peer: Peer) -> list[bytes]:
        """Removes a connection's cursors; gives the awareness updates that say so."""
        gone = [client_id for client_id, owner in self._owners.items() if owner is peer]
        farewells = []
        for client_id in gone:
            del self._owners[client_id]
            if client_id in self._states:
                clock, _ = self._states.pop(client_id)
                farewells.append(_build(client_id, clock + 1, "null"))
        return farewells


def _same(one: Peer, other: Peer) -> bool:
    return (one.identity.person, one.identity.session) == (other.identity.person, other.identity.session)


def _single(payload: bytes) -> tuple[int, int, str]:
    """(client number, clock, JSON state) of an awareness update about one client. Raises ValueError or IndexError."""
    count, at = varint(payload, 0)
    if count != 1:
        raise ValueError("one cursor at a time")
    client_id, at = varint(payload, at)
    clock, at = varint(payload, at)
    length, at = varint(payload, at)
    if at + length != len(payload):
        raise ValueError("length")
    state = payload[at:].decode()
    json.loads(state)
    return client_id, clock, state


def _build(client_id: int, clock: int, state: str) -> bytes:
    data = state.encode()
    return b"".join(map(_varint, (1, client_id, clock, len(data)))) + data


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(128 | number & 127)
        number >>= 7
    out.append(number)
    return bytes(out)
