"""Rights change while people are connected, and no notice says so: the live server finds it in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from charter.accounts.models import Person, SignedSession
from charter.accounts.services import open_session
from charter.alliances.models import Alliance, Facilitator, Member, Party
from charter.config import Settings
from charter.drafting.live import looking, notices, rights, rooms, tokens
from charter.drafting.live.client import LiveClient
from charter.drafting.models import Text
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written
from tests.charter.drafting.live.harness import Server, run
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Cast:
    """A writer with two sessions, another writer, and the facilitator; ids."""

    writer: int
    home: str
    phone: str
    other: int
    other_session: str
    helper: int
    helper_session: str
    party: int


@pytest.fixture
def cast(engine: Engine, written: Written) -> Cast:
    """The alliance is in co-drafting and everybody is signed in."""
    with engine.work() as work:
        alliance = work.get(Alliance, work.get(Text, written.id).alliance_id)
        alliance.status = AllianceStatus.drafting
        one, two = alliance.parties[0].members[0].person, alliance.parties[1].members[0].person
        helper = alliance.facilitators[0].person

        def sign_in(person: Person) -> str:
            session = open_session(work, person)[1]
            session.expires_at = datetime.now(UTC) + timedelta(days=1)  # the live server's clock is the machine's
            work.session.flush()
            return str(session.id)

        return Cast(one.id, sign_in(one), sign_in(one), two.id, sign_in(two), helper.id, sign_in(helper), alliance.parties[0].id)


@pytest.fixture
def checked(settings: Settings, written: Written, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A live server that looks at the rows, often."""
    monkeypatch.setattr(rooms, "LOOK_AGAIN_EVERY", 0.1)
    started = Server(settings, written.ref, rights=rights.stored).start()
    yield started
    started.stop()


def change(engine: Engine, model: type[Any], where: Any, **values: Any) -> None:
    """A change nobody is told of."""
    with engine.work() as work:
        work.session.execute(update(model).where(where).values(**values))


async def three(server: Server, cast: Cast) -> tuple[LiveClient, LiveClient, LiveClient]:
    """The writer at home, the other writer, the facilitator: connected."""
    clients = (
        server.client(cast.writer, session=cast.home),
        server.client(cast.other, session=cast.other_session),
        server.client(cast.helper, session=cast.helper_session, can_write=False),
    )
    for client in clients:
        await client.connect()
        await client.greeted()
    return clients


CHANGES: dict[str, tuple[Any, int]] = {
    "roles": (lambda engine, cast: change(engine, Member, Member.person_id == cast.writer, roles=["observer"]), 1012),
    "membership": (lambda engine, cast: change(engine, Member, Member.person_id == cast.writer, ended_at=datetime.now(UTC)), 4403),
    "party": (lambda engine, cast: change(engine, Party, Party.id == cast.party, status=PartyStatus.left), 4403),
    "session": (lambda engine, cast: change(engine, SignedSession, SignedSession.id == int(cast.home), revoked_at=datetime.now(UTC)), 4403),
    "expiry": (lambda engine, cast: change(engine, SignedSession, SignedSession.id == int(cast.home), expires_at=datetime.now(UTC)), 4403),
    "account": (lambda engine, cast: change(engine, Person, Person.id == cast.writer, closed_at=datetime.now(UTC)), 4403),
}


@pytest.mark.parametrize("what", CHANGES)
def test_who_lost_rights_is_found_without_a_notice(checked: Server, cast: Cast, engine: Engine, what: str) -> None:
    make, code = CHANGES[what]

    async def story() -> None:
        writer, other, helper = await three(checked, cast)
        make(engine, cast)
        await writer.until(lambda: writer.close_code is not None, 5)
        assert writer.close_code == code
        assert other.close_code is None and helper.close_code is None
        await other.disconnect()
        await helper.disconnect()

    run(story())


def test_a_facilitator_who_is_thanked_leaves(checked: Server, cast: Cast, engine: Engine) -> None:
    async def story() -> None:
        writer, other, helper = await three(checked, cast)
        change(engine, Facilitator, Facilitator.person_id == cast.helper, ended_at=datetime.now(UTC))
        await helper.until(lambda: helper.close_code is not None, 5)
        assert helper.close_code == 4403 and writer.close_code is None
        await writer.disconnect()
        await other.disconnect()

    run(story())


def told_frozen(client: LiveClient) -> bool:
    """True once the server has said that nobody writes any more; those connected go on reading."""
    return client.close_code is None and any(message["type"] == "frozen" for message in client.messages)


def test_an_alliance_that_ends_stops_its_writers(checked: Server, cast: Cast, engine: Engine) -> None:
    async def story() -> None:
        writer, other, helper = await three(checked, cast)
        change(engine, Alliance, Alliance.id > 0, status=AllianceStatus.abandoned)
        for client in (writer, other, helper):
            await client.until(partial(told_frozen, client), 5)
            await client.disconnect()

    run(story())


def test_a_notice_about_one_session_leaves_the_others(settings: Settings, written: Written, cast: Cast, engine: Engine) -> None:
    server = Server(settings, written.ref, rights=rights.stored).start()

    async def story() -> None:
        home, phone = server.client(cast.writer, session=cast.home), server.client(cast.writer, session=cast.phone)
        for client in (home, phone):
            await client.connect()
            await client.greeted()
        change(engine, SignedSession, SignedSession.id == int(cast.phone), revoked_at=datetime.now(UTC))
        engine.bus.publish(notices.CHANNEL, notices.revoked(cast.writer))
        await phone.until(lambda: phone.close_code is not None, 2)
        assert phone.close_code == 4403 and home.close_code is None
        await home.disconnect()

    run(story())
    server.stop()


def test_a_session_of_somebody_else_opens_nothing(checked: Server, cast: Cast) -> None:
    async def story() -> None:
        thief = checked.client(cast.writer, session=cast.other_session)
        await thief.connect()
        await thief.until(lambda: thief.close_code is not None, 5)
        assert thief.close_code == 4403

    run(story())


def test_the_page_s_token_names_a_session_the_live_server_knows(
    signed_in: Callable[[Person], FlaskClient], engine: Engine, settings: Settings, written: Written, cast: Cast
) -> None:
    with engine.work(write=False) as work:
        person, ref = work.get(Person, cast.writer), work.get(Alliance, work.get(Text, written.id).alliance_id).ref
    answer = signed_in(person).get(f"/alliances/{ref}/charte/texte/jeton?schema=2")
    identity = tokens.read(settings.secret_key, answer.get_json()["token"], written.ref)
    who = (identity.person, identity.session)
    with engine.work(write=False) as work:
        assert rights.stored(work.session, {written.id: {who}}, work.now()) == {written.id: {who: True}}


def test_one_look_that_fails_for_all_is_done_again_for_each(
    checked: Server, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("one text cannot be read")

    monkeypatch.setattr(looking, "_read", broken)

    async def story() -> None:
        writer, other, helper = await three(checked, cast)
        change(engine, Member, Member.person_id == cast.writer, ended_at=datetime.now(UTC))
        await writer.until(lambda: writer.close_code is not None, 5)
        assert writer.close_code == 4403 and other.close_code is None
        await other.disconnect()
        await helper.disconnect()

    run(story())
