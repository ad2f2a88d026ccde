"""What the public side does by itself: whole analyses of files, and forgetting them."""

from __future__ import annotations

from typing import Any

from charter.adapters.outbox import GiveUp, Outbox, job, on_failure
from charter.adapters.signer import Verification
from charter.registry import services
from charter.signing import verifying
from charter.work import Engine, Work

TICKS = (services.forget,)


@job(services.ANALYSE)
class Analyse:
    """Every increment replayed, every page drawn; then the file goes."""

    def prepare(self, work: Work, row: Outbox) -> str:
        """Which file."""
        return str(row.payload["sha256"])

    def compute(self, engine: Engine, inputs: Any) -> Verification:
        """The analysis."""
        now = engine.clock.now()
        try:
            pdf = engine.storage.aside.get(inputs)
        except FileNotFoundError as error:
            raise GiveUp("the file is not there any more") from error
        return verifying.examine(pdf, now=now, trust=verifying.trusted(engine.settings, now))

    def apply(self, work: Work, row: Outbox, outputs: Any) -> None:
        """Keeps what was found, forgets the file once that is written."""
        services.settle(work, outputs)
        work.after_commit.append(lambda: work.storage.aside.drop(outputs.sha256))


@on_failure(services.ANALYSE)
def could_not(work: Work, sha256: str, error: str) -> None:
    """The file cannot be analysed."""
    services.give_up(work, sha256)
    work.after_commit.append(lambda: work.storage.aside.drop(sha256))
