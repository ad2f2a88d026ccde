"""Time passes: checkpoints open on their day, only due reminders leave, once, at hours when people work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import func, select

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.alliances.services import find
from charter.evaluation import services
from charter.evaluation.models import Checkpoint, Reminder
from charter.journal.models import Fact
from charter.work import Engine
from tests.charter.evaluation.factories import answers, let_pass, planned, run, speaking
from workflows.calendar import is_working_day
from workflows.evaluation import CheckpointStatus

PARIS = ZoneInfo("Europe/Paris")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _days(mails: list[EmailMessage]) -> Counter[tuple[str, str]]:
    """(day, first words of the subject) → how many."""
    return Counter(
        (_sent(mail).astimezone(PARIS).date().isoformat(), str(mail["Subject"]).split(" : ")[0].split(" avant ")[0]) for mail in mails
    )


def _sent(mail: EmailMessage) -> datetime:
    return parsedate_to_datetime(str(mail["Date"]))


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_nine_months_of_mails(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    ref = planned(engine)
    run(engine)
    assert len(outgoing) == 4
    outgoing.clear()
    let_pass(engine, clock, datetime(2026, 6, 4, tzinfo=UTC))
    with engine.work() as work:  # one party answers the first checkpoint, the others never do
        alliance = find(work, ref)
        services.answer(speaking(work, alliance.parties[1]), services.checkpoints_of(work, alliance)[0], alliance.parties[1], answers())
    let_pass(engine, clock, datetime(2027, 3, 3, tzinfo=UTC))
    soon, opened, review = "Bientôt un point d’étape", "À vous de répondre", "Le bilan peut être publié"
    waited, late = "Votre réponse est attendue", "Votre réponse manque encore"
    assert _days(outgoing) == {
        ("2026-05-20", soon): 3,
        ("2026-06-01", soon): 3,
        ("2026-06-03", opened): 3,
        ("2026-06-17", waited): 2,
        ("2026-06-29", waited): 2,
        ("2026-07-01", waited): 2,
        ("2026-07-08", late): 2,
        ("2026-07-08", review): 1,
        ("2026-08-20", soon): 3,
        ("2026-08-31", soon): 3,
        ("2026-09-03", opened): 3,
        ("2026-09-17", waited): 3,
        ("2026-09-28", waited): 3,
        ("2026-10-01", waited): 3,
        ("2026-10-08", late): 3,
        ("2026-10-08", review): 1,
        ("2026-11-19", soon): 3,
        ("2026-11-30", soon): 3,
        ("2026-12-03", opened): 3,
        ("2026-12-17", waited): 3,
        ("2026-12-28", waited): 3,
        ("2026-12-31", waited): 3,
        ("2027-01-07", late): 3,
        ("2027-01-07", review): 1,
    }
    assert {_sent(mail).astimezone(PARIS).hour for mail in outgoing} == {9}  # summer and winter time alike
    with engine.work(write=False) as work:
        sent = work.session.scalar(select(func.count()).where(Fact.type == "reminder.sent"))
    assert sent == sum(1 for mail in outgoing if not str(mail["Subject"]).startswith(opened))


@ONE
def test_seven_years_only_what_is_due_leaves(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    planned(engine, "long_7_years")
    run(engine)
    outgoing.clear()
    let_pass(engine, clock, datetime(2033, 6, 1, tzinfo=UTC))
    with engine.work(write=False) as work:
        rows = list(work.session.scalars(select(Reminder.due_at)))
        openings = list(work.session.scalars(select(Checkpoint.opens_at)))
        assert not work.session.scalars(select(Reminder).where(Reminder.queued_at.is_(None))).all()
    assert {_sent(mail) for mail in outgoing} == {*rows, *openings}
    assert len(outgoing) == len(rows) + 3 * len(openings)  # three voices
    for mail in outgoing:
        local = _sent(mail).astimezone(PARIS)
        assert is_working_day(local.date())
        assert 9 <= local.hour < 18


def test_ticks_run_twice_change_nothing(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    planned(engine)
    for at in (datetime(2026, 5, 20, 7, 0, tzinfo=UTC), datetime(2026, 6, 3, 7, 0, tzinfo=UTC), datetime(2026, 6, 17, 7, 5, tzinfo=UTC)):
        clock.move_to(at)
        run(engine)
        before = _counts(engine), len(outgoing)
        run(engine)
        clock.advance(timedelta(minutes=1))
        run(engine)
        assert (_counts(engine), len(outgoing)) == before


def _counts(engine: Engine) -> list[int | None]:
    with engine.work(write=False) as work:
        return [work.session.scalar(select(func.count()).select_from(model)) for model in (Outbox, Fact, Reminder, Checkpoint)]


def test_handing_out_the_same_reminder_twice_sends_it_once(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    planned(engine)
    run(engine)
    outgoing.clear()
    clock.move_to(datetime(2026, 5, 20, 7, 0, tzinfo=UTC))
    run(engine)
    with engine.work() as work:
        for reminder in work.session.scalars(select(Reminder).where(Reminder.sent_at.is_not(None))):
            services.remind(work, reminder.id)
            reminder.sent_at = None  # as if the mark had been lost: the outbox still knows
            services.remind(work, reminder.id)
    run(engine)
    assert len(outgoing) == 3


def test_the_opening_mail_carries_the_last_day(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    ref = planned(engine)
    let_pass(engine, clock, datetime(2026, 6, 3, 12, tzinfo=UTC))
    mail = next(one for one in outgoing if str(one["Subject"]).startswith("À vous de répondre"))
    assert mail["Subject"] == "À vous de répondre : Premier trimestre, avant le mercredi 1er juillet 2026"
    text = _text(mail)
    for words in (
        "Une seule réponse par partie",
        "masquées aux autres parties",
        "mercredi 1er juillet 2026",
        f"http://charte.test/alliances/{ref}/evaluation/",
    ):
        assert words in text
    events = icalendar.Calendar.from_ical(next(mail.iter_attachments()).get_content()).walk("VEVENT")
    with engine.work(write=False) as work:
        row = services.checkpoints_of(work, find(work, ref))[0]
    assert [(str(one["uid"]), one.decoded("dtstart")) for one in events] == [(f"point-{row.ref}-fin@charte.test", row.closes_on)]


def test_after_a_long_stop_one_reminder_is_enough_and_nobody_is_woken(
    engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    ref = planned(engine)
    let_pass(engine, clock, datetime(2026, 6, 3, 12, tzinfo=UTC))
    outgoing.clear()
    clock.move_to(datetime(2026, 7, 4, 1, 0, tzinfo=UTC))  # a Saturday, at night: three recalls came due meanwhile
    run(engine)
    assert outgoing == []
    let_pass(engine, clock, datetime(2026, 7, 6, 8, 0, tzinfo=UTC))
    assert len(outgoing) == 3
    assert {_sent(mail).astimezone(PARIS).isoformat() for mail in outgoing} == {"2026-07-06T09:00:00+02:00"}
    assert ref


def test_a_late_opening_still_leaves_four_weeks(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> None:
    ref = planned(engine)
    clock.move_to(datetime(2026, 6, 13, 20, 0, tzinfo=UTC))
    let_pass(engine, clock, datetime(2026, 6, 16, tzinfo=UTC))
    with engine.work(write=False) as work:
        row = services.checkpoints_of(work, find(work, ref))[0]
    assert row.status == CheckpointStatus.open
    assert row.closes_on.isoformat() == "2026-07-13"
    assert not [mail for mail in outgoing if "Bientôt" in str(mail["Subject"])]  # what announced it is pointless now


def test_a_checkpoint_moved_after_it_was_handed_out_waits_for_its_new_day(
    engine: Engine, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ref = planned(engine)
    drain()
    clock.move_to(datetime(2026, 6, 3, 6, 0, tzinfo=UTC))
    with engine.work() as work:
        alliance = find(work, ref)
        row = services.checkpoints_of(work, alliance)[0]
        row.queued_at = work.now()
        services.plan(work, alliance, "path_9_months", dates={"month_3": row.due_on + timedelta(days=7)})
        services.open_checkpoint(work, row.id)
        assert row.status == CheckpointStatus.planned
    let_pass(engine, clock, datetime(2026, 6, 10, 12, tzinfo=UTC))
    with engine.work(write=False) as work:
        assert services.checkpoints_of(work, find(work, ref))[0].status == CheckpointStatus.open


@ONE
def test_what_is_due_is_found_by_index(engine: Engine) -> None:
    with engine.work(write=False) as work:
        connection = work.session.connection()
        for table, column in (("checkpoint_reminders", "due_at"), ("checkpoints", "opens_at")):
            wanted = f"queued_at IS NULL AND {column} <= '2026-01-01' ORDER BY {column}, id LIMIT 500"
            question = f"EXPLAIN QUERY PLAN SELECT id FROM {table} WHERE {wanted}"
            told = " ".join(str(line) for line in connection.exec_driver_sql(question))
            assert f"USING INDEX ix_{table}_due" in told or f"USING COVERING INDEX ix_{table}_due" in told
