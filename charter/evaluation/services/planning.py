"""Planning: a preset gives dates, the parties may move each, and every one becomes a row with the reminders that precede it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.contracts.models import Contract
from charter.errors import Invalid
from charter.evaluation import schedule
from charter.evaluation.models import Checkpoint, Plan, Reminder
from charter.evaluation.questionnaire import VERSION
from charter.evaluation.schedule import FURTHEST_YEARS, Moved
from charter.evaluation.services.finding import in_evaluation
from charter.i18n import format_day, gettext
from charter.work import Work
from workflows.base import N_, fire
from workflows.calendar import PRESETS, add_months
from workflows.evaluation import CheckpointChart, CheckpointStatus
from workflows.events import EvaluationPlanned

FIRST_PRESET = "path_9_months"
SLACK = timedelta(days=31)
LIVE = (CheckpointStatus.planned, CheckpointStatus.open)
STARTED = (CheckpointStatus.open, CheckpointStatus.reviewed)


@dataclass(frozen=True)
class Proposal:
    """What the plan's page starts from. `settled`: keys of the steps that have begun, which no longer move; `dates`: those kept so far."""

    preset: str
    start: date
    settled: frozenset[str]
    dates: Mapping[str, date]


@dataclass(frozen=True)
class Planned:
    """The checkpoints to come, in order, and the dates that were moved off a day off."""

    checkpoints: tuple[Checkpoint, ...]
    moved: tuple[Moved, ...]


def open_plan(work: Work, alliance: Alliance) -> Plan:
    """Opens a plan to be filled, once everything is signed: the parties will choose its dates. It suggests the preset used before."""
    last = _last(work, alliance)
    start = schedule.today(alliance, work.now())
    if last is not None and last.planned_at is None:
        last.starts_on = start
        return last
    suggested = last.preset if last else suggest(work, alliance, start)
    return work.add(Plan(alliance_id=alliance.id, suggested=suggested, starts_on=start, opened_at=work.now()))


def suggest(work: Work, alliance: Alliance, start: date) -> str:
    """The longest preset that ends with the contract, the shortest when the contract says no end or a nearer one."""
    contract = work.session.scalar(select(Contract).where(Contract.alliance_id == alliance.id).order_by(Contract.version.desc()).limit(1))
    end = str(contract.parameters.get("end_date", "")) if contract else ""
    if not end:
        return FIRST_PRESET
    lasting = [key for key, one in PRESETS.items() if add_months(start, one.steps[-1].months) <= date.fromisoformat(end) + SLACK]
    return max(lasting, key=lambda key: PRESETS[key].steps[-1].months, default=FIRST_PRESET)


def proposal(work: Work, alliance: Alliance) -> Proposal:
    """The plan as it stands: the one to fill, the one to move, or the next one when all of the last is behind."""
    last = _last(work, alliance)
    today = schedule.today(alliance, work.now())
    if last is None:
        return Proposal(FIRST_PRESET, today, frozenset(), {})
    rows = _rows(work, last)
    if last.planned_at is not None and not any(row.status in LIVE for row in rows):
        return Proposal(last.preset, today, frozenset(), {})
    dates = {row.key: row.due_on for row in rows if row.status in LIVE}
    return Proposal(last.preset or last.suggested, last.starts_on, frozenset(row.key for row in rows if row.status in STARTED), dates)


def plan(work: Work, alliance: Alliance, preset: str, start: date | None = None, dates: Mapping[str, date] | None = None) -> Planned:
    """Sets the dates of the checkpoints to come; a date on a day off moves to the next working day.

    `dates` by step of the preset (the preset's own, counted from `start`, for those left out). A step already begun stays as it is; a
    checkpoint planned before is moved or, when the preset has no such step, cancelled.

    Raises Invalid (preset, `date_<step>`), Conflict outside evaluation.
    """
    hold(work, alliance)
    in_evaluation(alliance)
    if preset not in PRESETS:
        raise Invalid({"preset": [gettext(N_("Choisissez un calendrier dans la liste"))]})
    current = _current(work, alliance)
    rows = {row.key: row for row in _rows(work, current) if row.status != CheckpointStatus.cancelled}
    begun = {key for key, row in rows.items() if row.status in STARTED}
    wanted = {key: day for key, day in _wanted(alliance, current, preset, start, dates or {}).items() if key not in begun}
    _check(alliance, wanted, schedule.today(alliance, work.now()))
    kept = {key: schedule.working(alliance, day) for key, day in wanted.items()}
    changed = _settle(work, alliance, current, preset, rows, kept)
    current.preset, current.planned_at = preset, work.now()
    coming = tuple(sorted((row for row in _rows(work, current) if row.status in LIVE), key=lambda row: (row.due_on, row.id)))
    if changed:
        announce(work, alliance, EvaluationPlanned(preset=preset, dates=tuple(row.due_on.isoformat() for row in coming)))
    return Planned(coming, tuple(Moved(wanted[key], day) for key, day in kept.items() if wanted[key] != day))


def _wanted(alliance: Alliance, current: Plan, preset: str, start: date | None, dates: Mapping[str, date]) -> dict[str, date]:
    if start is not None:
        current.starts_on = start
    unknown = set(dates) - set(schedule.titles(preset))
    if unknown:
        raise Invalid({f"date_{key}": [gettext(N_("Ce calendrier n’a pas cette étape"))] for key in sorted(unknown)})
    return {**schedule.suggestion(alliance, preset, current.starts_on), **dates}


def _check(alliance: Alliance, wanted: Mapping[str, date], today: date) -> None:
    """Every date is to come, none is too far, each follows the one before."""
    errors: dict[str, list[str]] = {}
    furthest, before = add_months(today, 12 * FURTHEST_YEARS), today
    for key, day in wanted.items():
        if day <= today:
            errors[f"date_{key}"] = [gettext(N_("Choisissez un jour à venir"))]
        elif day > furthest:
            errors[f"date_{key}"] = [gettext(N_("Choisissez un jour avant le %(day)s"), day=format_day(furthest))]
        elif schedule.working(alliance, day) <= before:
            errors[f"date_{key}"] = [
                gettext(N_("Choisissez un jour après celui du point d’étape précédent, le %(day)s"), day=format_day(before))
            ]
        else:
            before = schedule.working(alliance, day)
    if errors:
        raise Invalid(errors)


def _settle(work: Work, alliance: Alliance, current: Plan, preset: str, rows: Mapping[str, Checkpoint], kept: Mapping[str, date]) -> bool:
    """Makes the planned rows be exactly `kept`; True when anything changed."""
    titles, changed = schedule.titles(preset), False
    for key, row in rows.items():
        if row.status == CheckpointStatus.planned and key not in kept:
            withdraw(work, row)
            changed = True
    for key, day in kept.items():
        if key not in rows:
            _add(work, alliance, current, key, titles[key], day)
        elif rows[key].due_on != day:
            _move(work, alliance, rows[key], day)
        else:
            continue
        changed = True
    work.session.flush()
    return changed


def _add(work: Work, alliance: Alliance, current: Plan, key: str, title: str, day: date) -> None:
    row = Checkpoint(
        alliance_id=alliance.id,
        plan_id=current.id,
        key=key,
        title=title,
        due_on=day,
        closes_on=schedule.closing(alliance, day),
        opens_at=schedule.opening(alliance, day),
        changed_at=work.now(),
        questionnaire=VERSION,
    )
    work.add(row)
    work.session.add_all(schedule.reminders_before(alliance, row, alliance.accepted_parties, work.now()))


def _move(work: Work, alliance: Alliance, row: Checkpoint, day: date) -> None:
    row.due_on, row.closes_on, row.opens_at = day, schedule.closing(alliance, day), schedule.opening(alliance, day)
    row.queued_at, row.changed_at, row.sequence = None, work.now(), row.sequence + 1
    forget_reminders(work, row)
    gone = {(old.party_id, old.due_at) for old in work.session.scalars(select(Reminder).where(Reminder.checkpoint_id == row.id))}
    fresh = schedule.reminders_before(alliance, row, alliance.accepted_parties, work.now())
    work.session.add_all(one for one in fresh if (one.party_id, one.due_at) not in gone)


def withdraw(work: Work, row: Checkpoint) -> None:
    """Cancels a checkpoint and what would have recalled it. The caller holds the alliance's lock."""
    fire(CheckpointChart, row, "cancel")
    row.queued_at = row.queued_at or work.now()
    row.changed_at, row.sequence = work.now(), row.sequence + 1
    forget_reminders(work, row)


def forget_reminders(work: Work, row: Checkpoint) -> None:
    """Removes the reminders of a checkpoint nobody has handed out yet."""
    work.session.flush()
    work.session.execute(delete(Reminder).where(Reminder.checkpoint_id == row.id, Reminder.queued_at.is_(None)))


def _last(work: Work, alliance: Alliance) -> Plan | None:
    return work.session.scalar(select(Plan).where(Plan.alliance_id == alliance.id).order_by(Plan.id.desc()).limit(1))


def _rows(work: Work, of: Plan) -> list[Checkpoint]:
    return list(work.session.scalars(select(Checkpoint).where(Checkpoint.plan_id == of.id).order_by(Checkpoint.due_on, Checkpoint.id)))


def _current(work: Work, alliance: Alliance) -> Plan:
    """The plan to fill or to move; a new one when everything of the last is behind."""
    last = _last(work, alliance)
    behind = last is not None and last.planned_at is not None and not any(row.status in LIVE for row in _rows(work, last))
    return open_plan(work, alliance) if last is None or behind else last
