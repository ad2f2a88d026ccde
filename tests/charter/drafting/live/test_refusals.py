"""What may not be written is refused by name, and nobody else feels it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from pycrdt import Doc, Map, XmlElement, XmlText
from sqlalchemy import update
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from charter.adapters.bus import Message
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import fragment
from charter.drafting.live.client import LiveClient
from charter.drafting.live.protocol import MAX_UPDATE, build_update
from charter.drafting.live.schema import VERSION
from charter.drafting.live.server import origins
from charter.drafting.models import Article
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import Server, first_text, reason, run, words, write

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# A Y.Array in place of the fragment, holding a string and a number (made with Yjs 13).
HIDDEN = base64.b64decode("AQHT/8KcAgAIAQdjb250ZW50AncBeH0FAA==")


def heading_cell(doc: Doc) -> None:
    """A cell that holds a title."""
    with doc.transaction():
        cell = a_row(doc).children.append(XmlElement("table_cell"))
        cell.children.append(XmlElement("heading", {"level": 3}))  # type: ignore[arg-type]


def spanning_cell(doc: Doc) -> None:
    """A cell over a million columns."""
    with doc.transaction():
        a_row(doc).children.append(XmlElement("table_cell", {"colspan": 1_000_000}))  # type: ignore[arg-type]


def endless_note(doc: Doc) -> None:
    """A note longer than any."""
    with doc.transaction():
        fragment(doc).children.append(XmlElement("paragraph")).children.append(XmlElement("note", {"text": "x" * 2001}))


def a_row(doc: Doc) -> XmlElement:
    """A row in a new table."""
    row: XmlElement = fragment(doc).children.append(XmlElement("table")).children.append(XmlElement("table_row"))
    return row


def unknown_element(doc: Doc) -> None:
    """A script."""
    fragment(doc).children.append(XmlElement("script"))


def misplaced_text(doc: Doc) -> None:
    """Text outside any paragraph."""
    fragment(doc).children.append(XmlText("perdu"))


def unsafe_link(doc: Doc) -> None:
    """A link that runs a program."""
    first_text(fragment(doc)).format(0, 3, {"link": {"href": "javascript:alert(1)"}})


def wrong_heading(doc: Doc) -> None:
    """A heading of level 1."""
    fragment(doc).children.append(XmlElement("heading", {"level": "1"}))


def foreign_root(doc: Doc) -> None:
    """Something beside the content."""
    doc["other"] = Map({"a": 1})


@ON_SQLITE
@pytest.mark.parametrize(
    "evil", [unknown_element, misplaced_text, unsafe_link, wrong_heading, foreign_root, heading_cell, spanning_cell, endless_note]
)
def test_what_the_schema_has_no_place_for_is_refused_without_hurting_the_room(
    server: Server, written: Written, engine: Engine, evil: Callable[[Doc], None]
) -> None:
    async def story() -> None:
        (bad, theirs), (good, mine) = await server.join(written.first, 1), await server.join(written.first, 2)
        evil(theirs.doc)
        await bad.until(lambda: bool(theirs.refusals))
        assert reason(theirs) == "invalid"
        write(mine, " Bien.")
        await good.saved()
        assert words(mine) == "Début. Bien."
        await bad.disconnect()
        await good.disconnect()

    run(story())
    with engine.work(write=False) as work:
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début. Bien.")]


@ON_SQLITE
@pytest.mark.parametrize("noise", [b"", b"garbage", b"\xff" * 40, b"\x01\x01\xff\xff\xff\xff\x0f\x00", HIDDEN])
def test_bytes_that_are_no_update_are_refused(server: Server, written: Written, noise: bytes) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        client.send_raw(build_update(written.first, 900, noise))
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "invalid"
        write(article, " Bien.")
        await client.saved()
        await client.disconnect()

    run(story())


@ON_SQLITE
def test_who_sends_nothing_but_noise_is_shown_out(server: Server, written: Written) -> None:
    async def story() -> int | None:
        client, _ = await server.join(written.first, 1)
        for _time in range(30):
            client.send_raw(b"\x09noise")
        await client.until(lambda: client.close_code is not None)
        return client.close_code

    assert run(story()) == 1008


@ON_SQLITE
def test_an_oversized_update_is_refused(server: Server, written: Written) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        write(article, "x" * (MAX_UPDATE + 1))
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "too_big"
        await client.disconnect()

    run(story())


@ON_SQLITE
def test_an_observer_reads_and_is_told_that_they_may_not_write(server: Server, written: Written) -> None:
    async def story() -> None:
        (author, mine), (observer, theirs) = await server.join(written.first, 1), await server.join(written.first, 2, can_write=False)
        assert observer.hello["can_write"] is False
        write(mine, " Lu.")
        await observer.until(lambda: words(theirs) == "Début. Lu.")
        write(theirs, " Interdit.")
        await observer.until(lambda: bool(theirs.refusals))
        assert reason(theirs) == "read_only"
        write(mine, " Suite.")
        await author.saved()
        assert words(mine) == "Début. Lu. Suite."
        await author.disconnect()
        await observer.disconnect()

    run(story())


@ON_SQLITE
def test_an_unknown_article_is_refused(server: Server, written: Written) -> None:
    async def story() -> None:
        client = server.client(1)
        await client.connect()
        client.control("open", article="nowhere", epoch=1)
        await client.until(lambda: any(message["type"] == "refused" for message in client.messages))
        assert client.messages[-1]["reason"] == "unknown_article"
        await client.disconnect()

    run(story())


@ON_SQLITE
def test_a_copy_of_another_epoch_is_reset(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        await client.disconnect()
        write(article, " Vieille copie.")
        with engine.work() as work:
            work.session.execute(update(Article).where(Article.id == written.first_id).values(epoch=Article.epoch + 1))
        server.stop()
        server.start()
        await client.connect()
        await client.until(lambda: client.articles[written.first].epoch == 2 and client.articles[written.first].synced)
        assert words(client.articles[written.first]) == "Début."
        await client.disconnect()

    run(story())


def tell(engine: Engine, notice: Message) -> None:
    """Publishes a notice as a web process does."""
    engine.bus.publish(notices.CHANNEL, notice)


@ON_SQLITE
def test_who_is_revoked_leaves_within_a_second(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        (one, _), (two, mine) = await server.join(written.first, 1), await server.join(written.first, 2)
        tell(engine, notices.revoked(1))
        await one.until(lambda: one.close_code is not None, 1)
        assert one.close_code == 4403 and one.messages[-1] == {"type": "bye", "reason": "revoked"}
        write(mine, " Toujours là.")
        await two.saved()
        await two.disconnect()

    run(story())


async def turned_away(client: LiveClient) -> int:
    """The HTTP status of a refused connection."""
    with pytest.raises(InvalidStatus) as refusal:
        await client.connect()
    return refusal.value.response.status_code


@ON_SQLITE
def test_only_a_fresh_token_for_this_text_and_our_origin_open(server: Server, written: Written, settings) -> None:
    async def story() -> None:
        origin = settings.public_url
        assert await turned_away(server.client(origin="https://evil.test")) == 403
        assert await turned_away(LiveClient(lambda: server.address(server.identity()) + "x")) == 403
        other = server.address(server.identity(text="another-text")).replace("another-text", written.ref, 1)
        assert await turned_away(LiveClient(lambda: other)) == 403
        stranger = replace(server, settings=replace(server.settings, secret_key="another secret, just as long as ours is"))
        assert await turned_away(stranger.client()) == 403
        with time_machine.travel("2020-01-01"):
            old = server.address(server.identity())
        assert await turned_away(LiveClient(lambda: old)) == 403
        welcome = server.client(origin=origin)
        await welcome.connect()
        await welcome.greeted()
        await welcome.disconnect()

    run(story())


@ON_SQLITE
def test_presence_and_cursors_say_who_the_server_knows(server: Server, written: Written) -> None:
    def people(client: LiveClient) -> list[dict]:
        shown = [message["people"] for message in client.messages if message["type"] == "presence"]
        return shown[-1] if shown else []

    async def story() -> None:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        one.control("client", article=written.first, client_id=mine.doc.client_id)
        await two.until(lambda: any(who["person"] == 1 and who["clients"] for who in people(two)))
        two.control("client", article=written.first, client_id=mine.doc.client_id)  # somebody else's
        two.control("client", article=written.first, client_id=theirs.doc.client_id)
        one.control("at", article=written.first, typing=True)
        await two.until(
            lambda: any(who["typing"] for who in people(two)) and any(who["person"] == 2 and who["clients"] for who in people(two))
        )
        shown = {who["person"]: who for who in people(two)}
        assert shown[1]["clients"] == {written.first: mine.doc.client_id} and shown[1]["name"] == "Personne 1"
        assert shown[2]["clients"] == {written.first: theirs.doc.client_id} and not shown[2]["typing"]
        await one.disconnect()
        await two.until(lambda: [who["person"] for who in people(two)] == [2])
        await two.disconnect()

    run(story())


def test_this_machine_answers_to_both_its_names() -> None:
    assert origins("http://127.0.0.1:8000") == {"http://127.0.0.1:8000", "http://localhost:8000"}
    assert origins("https://charte.exemple.fr") == {"https://charte.exemple.fr"}


@ON_SQLITE
@pytest.mark.parametrize(("schema", "said"), [(VERSION - 1, "outdated"), (VERSION + 1, "restart")])
def test_an_editor_of_another_schema_is_let_in_no_document(server: Server, written: Written, schema: int, said: str) -> None:
    async def story() -> None:
        async with connect(server.address(server.identity(schema=schema))) as socket:
            assert json.loads(await socket.recv()) == {"type": "bye", "reason": said}
            with pytest.raises(ConnectionClosed):
                await socket.recv()

    run(story())
