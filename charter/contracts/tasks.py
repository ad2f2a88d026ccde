"""What the contract's stage does when something happened: versions that open, documents laid out, mails that tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from charter.accounts.models import Person
from charter.adapters import outbox
from charter.adapters.mail import Mail, builder
from charter.adapters.outbox import Outbox, job, on_failure
from charter.adapters.pdf import RenderFailed, RenderTooBig
from charter.adapters.pdf.reading import page_count
from charter.alliances.announce import follows
from charter.alliances.models import Alliance
from charter.contracts import documents, rendering, services
from charter.contracts.failures import ENGINE, LASTING, Failure
from charter.contracts.models import KINDS, Contract
from charter.i18n import gettext, speaking
from charter.work import Engine, Work
from workflows.base import N_
from workflows.contracts import ContractStatus
from workflows.events import CharterAdopted, Event

KEPT_DAYS = 30
PRUNE_HOUR = 2


def plan_pruning(work: Work) -> None:
    """Plans the next night's pruning (UTC), once. A server that sleeps at that hour finds the row due when it wakes."""
    now = work.now()
    tonight = now.replace(hour=PRUNE_HOUR, minute=0, second=0, microsecond=0)
    outbox.put(work, "contracts.prune", subject="renderings", due_at=tonight if tonight > now else tonight + timedelta(days=1))


TICKS = (plan_pruning,)


@job("contracts.prune")
class Prune:
    """Drops renderings nobody asked for in KEPT_DAYS: what is signed is in the storage, the rest can be made again."""

    def prepare(self, work: Work, row: Outbox) -> None:
        """Nothing to read."""

    def compute(self, engine: Engine, inputs: None) -> None:
        """The cache's old files go."""
        rendering.pdf_engine(engine.settings).cache.prune(KEPT_DAYS)

    def apply(self, work: Work, row: Outbox, outputs: None) -> None:
        """Nothing to write."""


MOST_TRIES = 3
"""People wait before their screen: after so many tries of what may pass by itself, they are told rather than left waiting."""


@follows("contracts.open_contract")
def open_contract(work: Work, alliance: Alliance, event: Event) -> None:
    """The charter is adopted: the contract that goes with it opens."""
    if isinstance(event, CharterAdopted):
        services.open_contract(work, alliance, event.text)


@follows("contracts.open_new_version")
def open_new_version(work: Work, alliance: Alliance, event: Event) -> None:
    """The documents will not be signed: a new version is prepared."""
    services.open_new_version(work, alliance)


@follows("contracts.render")
def render(work: Work, alliance: Alliance, event: Event) -> None:
    """The documents are to be laid out."""
    services.rendering_requested(work, services.contract_of(work, alliance))


@dataclass(frozen=True)
class Order:
    """What one rendering is made of: the documents' data by kind and the moment they are dated from. `last`: no more tries."""

    contract_id: int
    attempt: int
    created: datetime
    data: Mapping[str, documents.Data]
    last: bool


@job("contracts.render")
class Render:
    """Lays out charter and contract, keeps them in the storage, and says so. Done twice, it says it once."""

    def prepare(self, work: Work, row: Outbox) -> Order | None:
        """The data frozen when the rendering was asked for; None when it is no longer awaited."""
        contract = work.get(Contract, row.payload["contract_id"])
        if contract.status != ContractStatus.rendering or contract.attempt != row.payload["attempt"] or contract.requested_at is None:
            return None
        day = contract.requested_at.astimezone(ZoneInfo(contract.alliance.zone)).date().isoformat()
        data = {kind: documents.reading(contract.assembled[kind], contract.journal_seq, contract.journal_hash, day) for kind in KINDS}
        return Order(contract.id, contract.attempt, contract.requested_at, data, row.tries >= MOST_TRIES)

    def compute(self, engine: Engine, inputs: Order | None) -> list[services.Made] | Failure | None:
        """The documents made, or why they never will be. Raises RenderFailed when trying again may help."""
        if inputs is None:
            return None
        try:
            return [self._make(engine, inputs, kind) for kind in KINDS]
        except RenderTooBig as error:
            return Failure(error.what, error.message, error.params)
        except RenderFailed as error:
            if error.reason not in LASTING and not inputs.last:
                raise
            return Failure(error.reason, error.message, error.params)
        except OSError:
            if not inputs.last:
                raise
            return ENGINE

    def apply(self, work: Work, row: Outbox, outputs: list[services.Made] | Failure | None) -> None:
        """Writes what came out of it."""
        if outputs is None:
            return
        contract, attempt = work.get(Contract, row.payload["contract_id"]), row.payload["attempt"]
        if isinstance(outputs, Failure):
            services.render_failed(work, contract, attempt, outputs)
        else:
            services.rendered(work, contract, attempt, outputs)

    def _make(self, engine: Engine, order: Order, kind: str) -> services.Made:
        data = order.data[kind]
        progress = rendering.reporter(engine, order.contract_id, order.attempt, kind)
        pdf = rendering.pdf_engine(engine.settings).render(rendering.request_of(kind, data, order.created), progress)
        return services.Made(kind, data["title"], engine.storage.put(pdf), page_count(pdf), len(pdf))


@on_failure("contracts.render")
def gave_up(work: Work, error: str, contract_id: int, attempt: int) -> None:
    """Every try failed: the contract can be laid out again by hand."""
    services.render_failed(work, work.get(Contract, contract_id), attempt, ENGINE)


@builder("contracts.ready")
def ready(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """The documents can be read; nobody is told of documents withdrawn meanwhile."""
    contract = _contract(work, event)
    if contract is None or contract.status not in (ContractStatus.ready, ContractStatus.frozen):
        return None
    return _mail(work, person_id, contract, "ready", N_("Le contrat « %(title)s » est à relire"))


@builder("contracts.render_failed")
def render_failed(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """The documents could not be made."""
    contract = _contract(work, event)
    if contract is None or not contract.failure:
        return None
    return _mail(work, person_id, contract, "render_failed", N_("Le contrat « %(title)s » n’a pas pu être mis en page"))


@builder("contracts.frozen")
def frozen(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """The contract is frozen: it can be sent to be signed."""
    contract = _contract(work, event)
    if contract is None or contract.status != ContractStatus.frozen:
        return None
    return _mail(work, person_id, contract, "frozen", N_("Le contrat « %(title)s » est figé : la signature peut commencer"), "signature")


def _contract(work: Work, event: Mapping[str, Any]) -> Contract | None:
    return services.by_ref(work, str(event["contract"]))


def _mail(work: Work, person_id: int, contract: Contract, name: str, subject: str, page: str = "contrat") -> Mail:
    person, alliance = work.get(Person, person_id), contract.alliance
    with speaking(person.language):
        failure = Failure.of(contract)
        values = {
            "title": alliance.title,
            "version": contract.version,
            "url": f"{work.settings.public_url}/alliances/{alliance.ref}/{page}",
            "documents": [{"title": one.title, "pages": one.pages, "sha256": one.sha256} for one in contract.documents],
            "failure": failure.said if failure else "",
            "advice": failure.advice if failure else "",
        }
        said = gettext(subject, title=alliance.title)
    return Mail(person.email, said, f"contracts/{name}", values, person.display_name, person.language)
