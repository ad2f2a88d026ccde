"""The outbox (promise 5): what must follow a change is a row written with it; delivery comes after, and happens once.

A row is unique by (name, subject, recipient, due date). Its life: pending → claimed (a lease) → done, or back to pending
with a later `next_try` after a failure, or failed after MAX_TRIES; what waits for an engine that is away (`Later`) never fails.
Celery carries rows at once (a nudge after commit) and the sweep finds whatever a crash, a dead broker or a lost lease left behind.

Two kinds of handler, registered by name:

* `task`: one function run in the transaction that marks the row done, so its effect and the mark are one;
* `job`: prepare (reads) → compute (no transaction: renders, sends) → apply (writes, with the mark). The window between the end of
  compute and the commit of apply is the only one in which something can happen twice: for a mail, that is the documented SMTP window.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from charter.adapters.rows import OPEN as OPEN
from charter.adapters.rows import Outbox as Outbox
from charter.adapters.rows import OutboxStatus as OutboxStatus
from charter.work import Engine, Work

log = structlog.get_logger()

MAX_TRIES = 12
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=20), timedelta(hours=2)


class Handler(Protocol):
    """What delivers rows of one name."""

    def prepare(self, work: Work, row: Outbox) -> Any:
        """Reads what compute needs, in a reading transaction."""

    def compute(self, engine: Engine, inputs: Any) -> Any:
        """The slow or outside part, in no transaction."""

    def apply(self, work: Work, row: Outbox, outputs: Any) -> None:
        """Writes the result, in the transaction that marks the row done."""


class _Task:
    """A handler that is one function of (work, payload)."""

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function

    def prepare(self, work: Work, row: Outbox) -> None:
        """Nothing to prepare."""

    def compute(self, engine: Engine, inputs: Any) -> None:
        """Nothing to compute."""

    def apply(self, work: Work, row: Outbox, outputs: Any) -> None:
        """Runs the function with the row's payload as keywords."""
        self.function(work, **row.payload)


F = TypeVar("F", bound=Callable[..., None])
H = TypeVar("H", bound=type)
handlers: dict[str, Handler] = {}
prefixes: dict[str, Handler] = {}
failures: dict[str, Callable[..., None]] = {}
_nudgers: list[Callable[[int], None]] = []


def task(name: str) -> Callable[[F], F]:
    """Registers `function(work, **payload)` to deliver rows called `name`."""

    def register(function: F) -> F:
        handlers[name] = _Task(function)
        return function

    return register


def job(name: str) -> Callable[[H], H]:
    """Registers a Handler class (made without arguments) to deliver rows called `name`."""

    def register(handler: H) -> H:
        handlers[name] = handler()
        return handler

    return register


def on_failure(name: str) -> Callable[[F], F]:
    """Registers `function(work, error=str, **payload)`, run once when a row called `name` has failed for good."""

    def register(function: F) -> F:
        failures[name] = function
        return function

    return register


def nudge_through(nudger: Callable[[int], None]) -> None:
    """Sets what carries a row's id to a worker right after commit (the queue); without one the sweep finds it."""
    _nudgers[:] = [nudger]


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help: the row fails at once and its failure handler runs."""


class Later(Exception):
    """Raised by a handler when what it needs is away: the row comes back at `at` (aware), however often, and never fails of it."""

    def __init__(self, why: str, at: datetime) -> None:
        super().__init__(why)
        self.at = at


def put(
    work: Work,
    name: str,
    *,
    subject: str,
    payload: Mapping[str, Any] | None = None,
    recipient: str = "",
    due_at: datetime | None = None,
    alliance_id: int | None = None,
) -> int | None:
    """Writes a row in the caller's transaction. `due_at` defaults to now; `payload` is JSON.

    Returns the row's id, or None when the same (name, subject, recipient, due date) is already there.
    """
    now = work.now()
    due = due_at or now
    values = {
        "name": name,
        "subject": subject,
        "recipient": recipient,
        "due_at": due,
        "payload": dict(payload or {}),
        "alliance_id": alliance_id,
        "next_try": due,
        "created_at": now,
    }
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Outbox).values(values).on_conflict_do_nothing().returning(Outbox.id)
    row_id = work.session.execute(statement).scalar_one_or_none()
    if row_id is not None and due <= now and _nudgers:
        work.after_commit.append(lambda: _nudgers[0](row_id))
    return row_id


def due(work: Work, limit: int = 200) -> list[int]:
    """Ids of rows that should be delivered now: pending and due, or claimed by somebody whose lease ended."""
    ready = (Outbox.status.in_(OPEN), Outbox.next_try <= work.now())
    return list(work.session.scalars(select(Outbox.id).where(*ready).order_by(Outbox.next_try, Outbox.id).limit(limit)))


@dataclass(frozen=True)
class Claim:
    """A row taken by this process, under a lease nobody else holds."""

    id: int
    lease: str
    tries: int


def claim(engine: Engine, row_id: int) -> Claim | None:
    """Takes the row if it is due and free; None when somebody else has it or it is done."""
    lease = secrets.token_hex(16)
    with engine.work() as work:
        now = work.now()
        taken = work.session.execute(
            update(Outbox)
            .where(Outbox.id == row_id, Outbox.status.in_(OPEN), Outbox.next_try <= now)
            .values(
                status=OutboxStatus.CLAIMED,
                lease=lease,
                next_try=now + timedelta(seconds=work.settings.outbox_lease_seconds),
                tries=Outbox.tries + 1,
            )
            .returning(Outbox.tries)
        ).scalar_one_or_none()
    return None if taken is None else Claim(row_id, lease, taken)


def deliver(engine: Engine, row_id: int) -> bool:
    """Claims and delivers one row. True when it was delivered here; failures are recorded, logged and tried again later."""
    claimed = claim(engine, row_id)
    if claimed is None:
        return False
    try:
        if claimed.tries > MAX_TRIES:  # those before ended without a word: it kills whoever carries it
            raise GiveUp("every worker that carried it died")
        _carry(engine, claimed)
    except Exception as error:
        log.warning("outbox_try_failed", row=row_id, error=repr(error), exc_info=not isinstance(error, GiveUp | Later))
        _record_failure(engine, claimed, error)
        return False
    return True


def _carry(engine: Engine, claimed: Claim) -> None:
    with engine.work(write=False) as work:
        row = work.get(Outbox, claimed.id)
        handler = handler_of(row.name)
        inputs = handler.prepare(work, row)
    outputs = handler.compute(engine, inputs)
    with engine.work() as work:
        held = _held(work, claimed)
        if held is None:  # the lease ended and somebody else delivered it
            return
        handler.apply(work, held, outputs)
        held.status, held.done_at, held.last_error = OutboxStatus.DONE, work.now(), ""


def handler_of(name: str) -> Handler:
    """The handler of rows called `name`. Raises GiveUp when there is none."""
    family = name.split(".", 1)[0]
    handler = handlers.get(name) or prefixes.get(family)
    if handler is None:
        raise GiveUp(f"no handler for {name}")
    return handler


def _held(work: Work, claimed: Claim) -> Outbox | None:
    # Still claimed: when the answer to our COMMIT was lost, the row is done although we were told of a failure.
    ours = (Outbox.id == claimed.id, Outbox.lease == claimed.lease, Outbox.status == OutboxStatus.CLAIMED)
    return work.session.scalar(select(Outbox).where(*ours).with_for_update())


def _record_failure(engine: Engine, claimed: Claim, error: Exception) -> None:
    with engine.work() as work:
        row = _held(work, claimed)
        if row is None:
            return
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        if isinstance(error, Later):
            row.status, row.tries, row.next_try = OutboxStatus.PENDING, 0, error.at
        elif isinstance(error, GiveUp) or row.tries >= MAX_TRIES:
            row.status = OutboxStatus.FAILED
            work.session.flush()
            if row.name in failures:
                _tell_failure(work, row)
        else:
            row.status = OutboxStatus.PENDING
            row.next_try = work.now() + min(FIRST_RETRY * 2 ** (row.tries - 1), LONGEST_RETRY)


def _tell_failure(work: Work, row: Outbox) -> None:
    # One that fails itself is undone and logged: the row stays failed rather than coming back for ever.
    try:
        with work.session.begin_nested():
            failures[row.name](work, error=row.last_error, **row.payload)
    except Exception:
        log.exception("outbox_failure_handler_failed", row=row.id, name=row.name)


def drain(engine: Engine, rounds: int = 50) -> int:
    """Delivers everything due now, and what that makes due, until nothing is. Returns how many were delivered."""
    delivered = 0
    for _ in range(rounds):
        with engine.work(write=False) as work:
            ids = due(work)
        results = [deliver(engine, row_id) for row_id in ids]
        if not any(results):
            break
        delivered += sum(results)
    return delivered
