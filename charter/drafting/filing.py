"""Laying out the PDFs people ask for, telling how far it is, forgetting files nobody needs any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from charter.adapters.outbox import Outbox, job, on_failure
from charter.adapters.pdf import RenderFailed, RenderTooBig
from charter.adapters.pdf.process import pdf_engine
from charter.adapters.progress import paced
from charter.drafting import services
from charter.drafting.files import pdf
from charter.drafting.models import Export
from charter.work import Engine, Work
from workflows.base import N_

LASTING = frozenset({"timeout", "memory", "characters", "resource", "fields", "fonts"})
"""Reasons for which trying again gives the same result."""

MOST_TRIES = 3
FAILED = N_("Le PDF n’a pas pu être mis en page, malgré plusieurs essais")


@dataclass(frozen=True)
class Order:
    """What one PDF is made of. `last`: no more tries."""

    export_id: int
    data: pdf.Data
    last: bool


@dataclass(frozen=True)
class Failure:
    """Why it will not be made: `message` is a msgid with `params`."""

    reason: str
    message: str
    params: dict[str, Any]


@job(services.EXPORT_JOB)
class LayOut:
    """Lays a charter out. Done twice, it says so once."""

    def prepare(self, work: Work, row: Outbox) -> Order | None:
        """The data frozen when it was asked for; None when it is made already, or forgotten."""
        found = work.session.get(Export, row.payload["export_id"])
        if found is None or not found.waiting:
            return None
        return Order(found.id, dict(found.data), row.tries >= MOST_TRIES)

    def compute(self, engine: Engine, inputs: Order | None) -> bytes | Failure | None:
        """The PDF, or why it never will be. Raises RenderFailed, OSError when trying again may help."""
        if inputs is None:
            return None
        try:
            return pdf_engine(engine.settings).render(pdf.request(inputs.data), reporter(engine, inputs.export_id))
        except RenderTooBig as error:
            return Failure(error.what, error.message, dict(error.params))
        except RenderFailed as error:
            if error.reason not in LASTING and not inputs.last:
                raise
            return Failure(error.reason, error.message, dict(error.params))
        except OSError:
            if not inputs.last:
                raise
            return Failure("engine", FAILED, {})

    def apply(self, work: Work, row: Outbox, outputs: bytes | Failure | None) -> None:
        """Keeps it, or says why it is not there."""
        if isinstance(outputs, Failure):
            services.export_failed(work, row.payload["export_id"], outputs.reason, outputs.message, outputs.params)
        elif outputs is not None:
            services.export_made(work, row.payload["export_id"], outputs)


@on_failure(services.EXPORT_JOB)
def gave_up(work: Work, error: str, export_id: int) -> None:
    """Every try failed."""
    services.export_failed(work, export_id, "engine", FAILED, {})


def reporter(engine: Engine, export_id: int) -> Callable[[str, int], None]:
    """A progress function that notes stages, and pages now and then, in short transactions of its own; one that fails is lost."""
    return paced(engine, lambda work, stage, page: services.tell_export_progress(work, export_id, stage, page))


def forget_files(work: Work) -> None:
    """At each hour: exports and imports nobody came back for go."""
    if work.now().minute == 0:
        services.forget_exports(work)
        services.forget_imports(work)
