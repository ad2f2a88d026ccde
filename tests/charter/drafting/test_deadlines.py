"""The calendar of the drafting: setting deadlines, what they change, and the reminders that go to those still awaited, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.alliances.models import Alliance
from charter.dashboard import situation
from charter.drafting import services
from charter.drafting.models import Text
from charter.drafting.notifying import reminder
from charter.errors import Invalid, Refused
from charter.journal import services as journal
from charter.work import Actor, Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.deadlines import Deadline
from workflows.drafting import ConsentKind
from workflows.todo import todo

# The clock starts on Tuesday 3 March 2026, 10:00 in Paris.
AMENDMENTS, CONSENTS, ADOPTION = date(2026, 3, 17), date(2026, 3, 31), date(2026, 4, 7)


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work))


def alliance_of(work: Work, text: Text) -> Alliance:
    return work.get(Alliance, text.alliance_id)


def the_text(work: Work) -> Text:
    found = work.session.scalar(select(Text))
    if found is None:
        raise NoResultFound
    return found


def test_deadlines_are_set_moved_and_taken_away(work: Work, text: Text) -> None:
    services.set_deadline(work, text, Deadline.consents, CONSENTS)
    services.set_deadline(work, text, Deadline.amendments, AMENDMENTS)
    services.set_deadline(work, text, Deadline.consents, CONSENTS)  # nothing changes, nothing is told
    assert services.days_of(work, text) == {Deadline.amendments: AMENDMENTS, Deadline.consents: CONSENTS, Deadline.adoption: None}
    services.set_deadline(work, text, Deadline.amendments, None)
    assert services.days_of(work, text)[Deadline.amendments] is None
    told = [fact.payload for fact in journal.facts(work, text.alliance_id) if fact.type == "drafting.deadlines_set"]
    assert [(one["amendments"], one["consents"]) for one in told] == [("", "2026-03-31"), ("2026-03-17", "2026-03-31"), ("", "2026-03-31")]


@pytest.mark.parametrize(
    ("days", "field", "words"),
    [
        ({Deadline.amendments: date(2026, 3, 3)}, "amendments", "à venir"),
        ({Deadline.consents: date(2030, 1, 1)}, "consents", "avant le"),
        ({Deadline.amendments: CONSENTS, Deadline.consents: CONSENTS}, "amendments", "avant la date limite des avis"),
        ({Deadline.consents: ADOPTION, Deadline.adoption: CONSENTS}, "adoption", "ne précède pas"),
    ],
)
def test_a_day_out_of_order_is_refused_by_name(work: Work, text: Text, days: dict[Deadline, date], field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_calendar(work, text, days)
    assert words in refused.value.fields[field][0]
    assert services.calendar_of(work, text) is None


def test_a_deadline_already_past_does_not_keep_another_from_moving(work: Work, text: Text, clock: FixedClock) -> None:
    services.set_calendar(work, text, {Deadline.amendments: AMENDMENTS, Deadline.consents: CONSENTS})
    clock.advance(timedelta(days=20))
    services.set_deadline(work, text, Deadline.consents, date(2026, 4, 10))
    assert services.days_of(work, text)[Deadline.consents] == date(2026, 4, 10)


def test_amendments_close_at_the_end_of_their_last_day_in_the_alliances_zone(work: Work, text: Text, clock: FixedClock) -> None:
    services.check_amendments_open(work, text)
    services.set_deadline(work, text, Deadline.amendments, AMENDMENTS)
    clock.move_to(datetime(2026, 3, 17, 22, 59, tzinfo=UTC))  # 23:59 in Paris
    assert services.amendments_open(work, text)
    services.check_amendments_open(work, text)
    clock.move_to(datetime(2026, 3, 17, 23, 1, tzinfo=UTC))
    assert not services.amendments_open(work, text)
    with pytest.raises(Refused) as refused:
        services.check_amendments_open(work, text)
    assert refused.value.params["day"] == AMENDMENTS and refused.value.missing


def test_those_still_awaited_read_the_deadline_in_what_they_are_to_do(work: Work, text: Text) -> None:
    services.set_deadline(work, text, Deadline.consents, CONSENTS)
    alliance = alliance_of(work, text)
    facts = situation.gather(work, [alliance])[alliance.id]
    mine = todo(facts, situation.viewer_in(factories.speaker(alliance.parties[0]), alliance)).todos
    assert [one.due for one in mine if one.action == "drafting.consent"] == [CONSENTS]


# --- reminders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(engine: Engine) -> Text:
    """A charter whose consents are due on 31 March, one party out of two having said its word."""
    with engine.work() as work:
        text = made.charter(work, made.drafting(work))
        alliance = alliance_of(work, text)
        party = alliance.parties[0]
        speaker = factories.speaker(party)
        for words in services.article_words(work, text):
            article = services.article_of(work, text, words.ref)
            services.consent(work.by(Actor(speaker.id, "")), article, party, ConsentKind.agree, words.sha256)
        services.set_deadline(work, text, Deadline.consents, CONSENTS)
        return text


def reminders(outgoing: list[EmailMessage]) -> list[tuple[str, str]]:
    return [(str(one["To"]), str(one["Subject"])) for one in outgoing if "List-Unsubscribe" not in one]


def test_reminders_leave_at_working_moments_to_those_awaited_and_once(
    engine: Engine, planned: Text, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    with engine.work(write=False) as work:
        rows = work.session.scalars(select(Outbox.due_at).where(Outbox.name == "drafting.remind").order_by(Outbox.due_at)).all()
        other = alliance_of(work, the_text(work)).parties[1].members[0].person.email
    # Seven days before, two days before (a Sunday: Monday), the day itself, three and seven days after (a Friday; Tuesday 7 April).
    days = [date(2026, 3, 24), date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 3), date(2026, 4, 7)]
    assert [one.date() for one in rows] == days
    assert {(one.hour, one.minute) for one in rows} <= {(8, 0), (7, 0)}  # 9:00 in Paris, before and after summer time
    seen: list[tuple[str, str]] = []
    for at in rows:
        clock.move_to(at)
        drain()
        drain()
        seen.append(reminders(outgoing)[-1])
        assert len(reminders(outgoing)) == len(seen)
    assert {other in to for to, _ in seen} == {True}
    assert "avant le mardi 31 mars 2026" in seen[0][1]
    assert "manque encore" in seen[-1][1]
    body = str(next(one for one in outgoing if one["Subject"] == seen[-1][1]).get_body(("plain",)))
    assert "Se taire ne vaut pas accord" in body
    with engine.work(write=False) as work:
        told = [fact for fact in journal.facts(work, planned.alliance_id) if fact.type == "reminder.sent"]
        assert len(told) == 5 and told[0].payload["kind"] == "drafting.consents"
        assert "drafting.deadline_passed" in {fact.type for fact in journal.facts(work, planned.alliance_id)}


def test_a_moved_deadline_replans_and_its_former_reminders_are_never_sent(
    engine: Engine, planned: Text, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    with engine.work() as work:
        services.set_deadline(work, the_text(work), Deadline.consents, date(2026, 4, 14))
    clock.move_to(datetime(2026, 3, 31, 8, 0, tzinfo=UTC))
    drain()
    assert reminders(outgoing) == []
    clock.move_to(datetime(2026, 4, 7, 7, 0, tzinfo=UTC))
    drain()
    assert ["14 avril" in subject for _to, subject in reminders(outgoing)] == [True]


def test_after_a_long_stop_only_the_latest_reminder_leaves_and_not_at_night(
    engine: Engine, planned: Text, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    clock.move_to(datetime(2026, 3, 31, 20, 30, tzinfo=UTC))
    drain()
    assert reminders(outgoing) == []
    clock.move_to(datetime(2026, 4, 1, 7, 0, tzinfo=UTC))
    drain()
    assert len(reminders(outgoing)) == 1


def test_nobody_is_reminded_once_the_charter_is_adopted_or_their_word_is_said(
    engine: Engine, planned: Text, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    with engine.work() as work:
        made.consents(work, the_text(work))
    clock.move_to(datetime(2026, 3, 24, 8, 0, tzinfo=UTC))
    drain()
    assert reminders(outgoing) == []
    with engine.work() as work:
        services.adopt(work, the_text(work))
    clock.move_to(datetime(2026, 4, 7, 8, 0, tzinfo=UTC))
    drain()
    assert not [subject for _to, subject in reminders(outgoing) if "avis" in subject]


def test_a_word_said_between_planning_and_sending_stops_the_mail(engine: Engine, planned: Text, clock: FixedClock) -> None:
    clock.move_to(datetime(2026, 3, 24, 8, 0, tzinfo=UTC))
    with engine.work() as work:
        text = the_text(work)
        party = alliance_of(work, text).parties[1]
        asked = (work, party.members[0].person_id, text.alliance_id, party.id, text.id, "consents", CONSENTS.isoformat())
        assert reminder(*asked) is not None
        made.consents(work, text)
        assert reminder(*asked) is None


def test_reminders_of_amendments_stop_at_their_last_day(engine: Engine, clock: FixedClock) -> None:
    with engine.work() as work:
        text = made.charter(work, made.drafting(work))
        services.set_deadline(work, text, Deadline.amendments, date(2026, 3, 22))  # a Sunday
        due = work.session.scalars(select(Outbox.due_at).where(Outbox.name == "drafting.remind").order_by(Outbox.due_at)).all()
        assert [one.date() for one in due] == [date(2026, 3, 16), date(2026, 3, 20)]
        assert services.advice(alliance_of(work, text), date(2026, 3, 22)) == date(2026, 3, 23)
        assert clock.now() + timedelta(days=1) < due[0]
