"""Having the documents laid out: asked for, told as it goes, done or failed. What is laid out is what will be frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.adapters import outbox
from charter.alliances.announce import announce
from charter.alliances.services import hold
from charter.contracts.failures import Failure
from charter.contracts.models import KINDS, Contract, Document, RenderingProgress
from charter.contracts.services.answers import take, withdraw
from charter.contracts.services.versions import Draft, draft_of
from charter.journal import services as journal
from charter.work import Work
from workflows.base import fire
from workflows.contracts import ContractChart, ContractStatus
from workflows.events import ContractRendered, ContractRenderFailed, ContractRenderRequested

JOB = "contracts.render"


@dataclass(frozen=True)
class Made:
    """A document laid out and kept in the storage under `sha256`; `size` in bytes."""

    kind: str
    title: str
    sha256: str
    pages: int
    size: int


def request_render(work: Work, contract: Contract) -> Contract:
    """Freezes the data to lay out and asks for it; a contract whose documents no longer match is taken up again first.

    Raises Blocked listing what is blank and who fills it, NotNow when it is being laid out or was already, Conflict once frozen.
    """
    alliance = take(work, contract)
    draft = draft_of(work, contract)
    if contract.status == ContractStatus.ready and draft.sha256 != contract.input_sha256:
        withdraw(work, contract)
    fire(ContractChart, contract, "render", draft.guards)
    contract.assembled, contract.input_sha256 = draft.data, draft.sha256
    contract.attempt, contract.requested_at, contract.failure = contract.attempt + 1, work.now(), {}
    work.session.flush()
    announce(work, alliance, ContractRenderRequested(contract=contract.ref, input_sha256=draft.sha256))
    return contract


def rendering_requested(work: Work, contract: Contract) -> None:
    """Notes the journal's head, which the documents carry, and puts the job in the outbox: one for each attempt."""
    head = journal.head(work, contract.alliance_id)
    contract.journal_seq, contract.journal_hash = (head.seq, head.hash) if head else (0, "")
    payload = {"contract_id": contract.id, "attempt": contract.attempt}
    outbox.put(work, JOB, subject=f"contract:{contract.id}:{contract.attempt}", payload=payload, alliance_id=contract.alliance_id)


def awaited(contract: Contract, attempt: int) -> bool:
    """True while this very attempt is what the contract waits for."""
    return contract.status == ContractStatus.rendering and contract.attempt == attempt


def rendered(work: Work, contract: Contract, attempt: int, made: Sequence[Made]) -> None:
    """The documents are there. Nothing happens when it was told already, or another attempt replaced this one."""
    alliance = hold(work, contract.alliance)
    work.session.refresh(contract)
    if not awaited(contract, attempt):
        return
    contract.documents = []
    work.session.flush()
    contract.documents = [_document(work, contract, one) for one in made]
    fire(ContractChart, contract, "rendered")
    _forget_progress(work, contract)
    announce(work, alliance, ContractRendered(contract=contract.ref, documents=tuple(one.sha256 for one in made)))


def render_failed(work: Work, contract: Contract, attempt: int, failure: Failure) -> None:
    """They could not be made: the contract can be changed and laid out again."""
    alliance = hold(work, contract.alliance)
    work.session.refresh(contract)
    if not awaited(contract, attempt):
        return
    contract.failure = {"reason": failure.reason, "message": failure.message, "params": dict(failure.params)}
    contract.assembled, contract.input_sha256 = {}, ""
    fire(ContractChart, contract, "render_failed")
    _forget_progress(work, contract)
    announce(work, alliance, ContractRenderFailed(contract=contract.ref, reason=failure.reason))


def is_current(contract: Contract, draft: Draft) -> bool:
    """True while the documents laid out say what the contract says now."""
    return bool(contract.input_sha256) and draft.sha256 == contract.input_sha256


def tell_progress(work: Work, contract_id: int, attempt: int, kind: str, stage: str, page: int) -> None:
    """Notes how far a rendering is."""
    row = work.session.get(RenderingProgress, contract_id) or RenderingProgress(contract_id=contract_id)
    row.attempt, row.kind, row.stage, row.page, row.at = attempt, kind, stage, page, work.now()
    work.session.add(row)
    work.session.flush()


def progress_of(work: Work, contract: Contract) -> RenderingProgress | None:
    """How far the rendering under way is; None before it says anything, or when none is."""
    row = work.session.get(RenderingProgress, contract.id)
    return row if row is not None and awaited(contract, row.attempt) else None


def _forget_progress(work: Work, contract: Contract) -> None:
    row = work.session.get(RenderingProgress, contract.id)
    if row is not None:
        work.session.delete(row)


def _document(work: Work, contract: Contract, one: Made) -> Document:
    return Document(
        alliance_id=contract.alliance_id,
        kind=one.kind,
        position=KINDS.index(one.kind),
        title=one.title,
        version=contract.version,
        sha256=one.sha256,
        pages=one.pages,
        size=one.size,
        created_at=work.now(),
    )
