"""Planning: dates that are working days, rows for every reminder, events that move in calendars instead of doubling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from charter.accounts.models import Person
from charter.alliances.services import find
from charter.errors import Conflict, Invalid
from charter.evaluation import calendars, services
from charter.evaluation.models import Checkpoint, Plan, Reminder
from charter.journal.services import facts
from charter.work import Engine, Work
from tests import factories
from tests.charter.evaluation.factories import in_evaluation
from workflows.evaluation import CheckpointStatus

Sign = Callable[[Person], FlaskClient]


def test_a_preset_makes_checkpoints_on_working_days_and_their_reminders(work: Work) -> None:
    alliance = in_evaluation(work)
    made = services.plan(work, alliance, "path_9_months").checkpoints
    assert [(one.key, one.due_on) for one in made] == [
        ("month_3", date(2026, 6, 3)),
        ("month_6", date(2026, 9, 3)),
        ("month_9", date(2026, 12, 3)),
    ]
    assert [one.opens_at for one in made] == [
        datetime(2026, 6, 3, 7, tzinfo=UTC),
        datetime(2026, 9, 3, 7, tzinfo=UTC),
        datetime(2026, 12, 3, 8, tzinfo=UTC),
    ]
    rows = work.session.scalars(select(Reminder).where(Reminder.checkpoint_id == made[0].id)).all()
    assert {row.due_at for row in rows} == {
        datetime(2026, 5, 20, 7, tzinfo=UTC),
        datetime(2026, 6, 1, 7, tzinfo=UTC),
    }  # the 31st is a Sunday
    assert len(rows) == 2 * 3
    told = [one for one in facts(work, alliance.id) if one.type == "evaluation.planned"]
    assert told[0].payload["dates"] == ["2026-06-03", "2026-09-03", "2026-12-03"]


def test_a_date_on_a_day_off_moves_and_says_so(work: Work) -> None:
    planned = services.plan(work, in_evaluation(work), "path_9_months", dates={"month_9": date(2026, 12, 25)})
    assert [(one.wanted, one.kept) for one in planned.moved] == [(date(2026, 12, 25), date(2026, 12, 28))]
    assert planned.checkpoints[-1].due_on == date(2026, 12, 28)


def test_alsace_keeps_its_own_holidays(work: Work) -> None:
    alliance = in_evaluation(work)
    alliance.territory_codes = ["commune-67482"]
    planned = services.plan(work, alliance, "experiment_3_years", dates={"month_12": date(2027, 3, 26)})
    assert planned.checkpoints[0].due_on == date(2027, 3, 30)  # Good Friday, then Easter Monday


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"month_3": date(2026, 3, 3)}, "date_month_3"),
        ({"month_3": date(2040, 1, 1)}, "date_month_3"),
        ({"month_6": date(2026, 6, 3)}, "date_month_6"),
        ({"month_84": date(2027, 1, 4)}, "date_month_84"),
    ],
)
def test_a_date_that_cannot_be_names_its_field(work: Work, dates: dict[str, date], field: str) -> None:
    alliance = in_evaluation(work)
    with pytest.raises(Invalid) as refused:
        services.plan(work, alliance, "path_9_months", dates=dates)
    assert list(refused.value.fields) == [field]


def test_an_alliance_that_is_not_signed_has_no_plan(work: Work) -> None:
    with pytest.raises(Conflict):
        services.plan(work, factories.alliance(work), "path_9_months")


def test_planning_again_moves_the_same_checkpoints(work: Work) -> None:
    alliance = in_evaluation(work)
    first = services.plan(work, alliance, "path_9_months").checkpoints
    refs = [one.ref for one in first]
    second = services.plan(work, alliance, "path_9_months", dates={"month_6": date(2026, 9, 10)}).checkpoints
    assert [one.ref for one in second] == refs
    assert [one.sequence for one in second] == [0, 1, 0]
    due = set(work.session.scalars(select(Reminder.due_at).where(Reminder.checkpoint_id == second[1].id)))
    assert due == {datetime(2026, 8, 27, 7, tzinfo=UTC), datetime(2026, 9, 7, 7, tzinfo=UTC)}


def test_planning_the_same_dates_twice_tells_it_once(work: Work) -> None:
    alliance = in_evaluation(work)
    services.plan(work, alliance, "path_9_months")
    services.plan(work, alliance, "path_9_months")
    assert [one.type for one in facts(work, alliance.id)].count("evaluation.planned") == 1
    assert len(services.checkpoints_of(work, alliance)) == 3


def test_another_preset_cancels_the_steps_it_does_not_have(work: Work) -> None:
    alliance = in_evaluation(work)
    services.plan(work, alliance, "experiment_3_years")
    services.plan(work, alliance, "long_7_years")
    rows = {one.key: one.status for one in services.checkpoints_of(work, alliance)}
    assert rows["month_18"] == CheckpointStatus.cancelled
    assert rows["month_84"] == CheckpointStatus.planned
    cancelled = next(one for one in services.checkpoints_of(work, alliance) if one.key == "month_18")
    assert not work.session.scalars(select(Reminder).where(Reminder.checkpoint_id == cancelled.id)).all()


def test_the_plan_suggests_what_the_contract_lasts(work: Work) -> None:
    from charter.contracts.models import Contract

    alliance = in_evaluation(work)
    work.add(Contract(alliance_id=alliance.id, version=1, text_ref="x", parameters={"end_date": "2029-03-03"}, created_at=work.now()))
    work.session.execute(delete(Plan))
    assert services.open_plan(work, alliance).suggested == "experiment_3_years"


def test_calendar_events_keep_their_identity(work: Work) -> None:
    alliance = in_evaluation(work)
    services.plan(work, alliance, "path_9_months")
    before = _events(work, alliance.ref)
    services.plan(work, alliance, "path_9_months", dates={"month_6": date(2026, 9, 10)})
    after = _events(work, alliance.ref)
    assert list(before) == list(after)
    uid = next(key for key, event in before.items() if event.decoded("dtstart") == date(2026, 9, 3))
    assert after[uid].decoded("dtstart") == date(2026, 9, 10)
    assert after[uid].decoded("sequence") == 1
    assert "Deuxième trimestre" in str(after[uid]["summary"])


def _events(work: Work, ref: str) -> dict[str, icalendar.cal.Component]:
    alliance = find(work, ref)
    data = calendars.whole(alliance, services.checkpoints_of(work, alliance), "http://charte.test")
    assert data == calendars.whole(alliance, services.checkpoints_of(work, alliance), "http://charte.test")
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(data).walk("VEVENT")}


@pytest.fixture
def ref(engine: Engine) -> str:
    with engine.work() as work:
        return in_evaluation(work).ref


def test_on_screen_a_calendar_is_chosen_then_its_dates(
    engine: Engine, signed_in: Sign, ref: str, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    with engine.work() as work:
        leader = factories.speaker(find(work, ref).parties[0])
    browser = signed_in(leader)
    address = f"/alliances/{ref}/evaluation/calendrier"
    assert "Parcours 9 mois" in browser.get(address).text
    assert browser.post(address, data={}).status_code == 422
    sent = browser.post(address, data={"preset": "path_9_months"})
    assert sent.location == f"{address}?calendrier=path_9_months"
    shown = browser.get(sent.location).text
    assert 'type="date" value="2026-06-03"' in shown
    wrong = browser.post(sent.location, data={"date_month_3": "2026-06-06", "date_month_6": "2025-01-01", "date_month_9": "plus tard"})
    assert wrong.status_code == 422
    assert 'value="plus tard"' in wrong.text
    wrong = browser.post(sent.location, data={"date_month_3": "2026-06-06", "date_month_6": "2025-01-01", "date_month_9": "2026-12-03"})
    assert wrong.status_code == 422
    assert "Choisissez un jour à venir" in wrong.text
    kept = browser.post(sent.location, data={"date_month_3": "2026-06-06", "date_month_6": "2026-09-03", "date_month_9": "2026-12-03"})
    page = browser.get(kept.location).text
    assert "Le samedi 6 juin 2026 n’est pas un jour travaillé : le point d’étape s’ouvrira le lundi 8 juin 2026." in page
    assert "lundi 8 juin 2026, dans 97 jours" in page
    drain()
    mails = [mail for mail in outgoing if "sont fixés" in str(mail["Subject"])]
    assert len(mails) == 4  # three parties and the facilitator
    attached = next(part for part in mails[0].iter_attachments())
    assert attached.get_content_type() == "text/calendar"
    assert len(icalendar.Calendar.from_ical(attached.get_content()).walk("VEVENT")) == 3
    text = mails[0].get_body(("plain",))
    assert text is not None
    assert "lundi 8 juin 2026 : Premier trimestre" in text.get_content()


def test_the_calendar_is_downloaded(engine: Engine, signed_in: Sign, ref: str) -> None:
    with engine.work() as work:
        alliance = find(work, ref)
        services.plan(work, alliance, "path_9_months")
        other = factories.speaker(alliance.parties[1])
    answer = signed_in(other).get(f"/alliances/{ref}/evaluation/calendrier.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.data)
    with engine.work(write=False) as work:
        refs = set(work.session.scalars(select(Checkpoint.ref)))
    assert {str(event["uid"]) for event in calendar.walk("VEVENT")} == {f"point-{one}@charte.test" for one in refs}
