"""Freezing: the documents that were read become, byte for byte, the ones that will be signed (promises 3 and 4)."""

from __future__ import annotations

from charter.alliances.announce import announce
from charter.contracts.models import Contract
from charter.contracts.services.answers import take
from charter.contracts.services.renderings import is_current
from charter.contracts.services.versions import Draft, draft_of
from charter.errors import Refused
from charter.work import Work
from workflows.base import N_, Missing, blocking, fire
from workflows.contracts import ContractChart, ContractStatus
from workflows.events import ContractFrozen

STALE = N_("Demander une nouvelle mise en page : ce que disent les parties a changé depuis la dernière")
NOT_MADE = N_("Demander la mise en page des documents, puis les relire")


def rendering_blocks(draft: Draft) -> tuple[Missing, ...]:
    """What is missing before the documents can be laid out, and from whom; empty when nothing is, or when they are already."""
    contract = draft.contract
    return blocking(ContractChart, contract, "render", draft.guards) if contract.status == ContractStatus.draft else ()


def freezing(draft: Draft) -> tuple[Missing, ...]:
    """What is missing before the contract can be frozen, and from whom; empty when nothing is, or when it is frozen already."""
    contract, everybody = draft.contract, draft.guards.parties
    if contract.status in (ContractStatus.frozen, ContractStatus.superseded):
        return ()
    if contract.status != ContractStatus.ready:
        return (*rendering_blocks(draft), Missing(NOT_MADE, who=everybody))
    found = blocking(ContractChart, contract, "freeze", draft.guards)
    return found if is_current(contract, draft) else (*found, Missing(STALE, who=everybody))


def freeze(work: Work, contract: Contract) -> Contract:
    """Locks the contract and its two documents as they stand, and moves the alliance to the signature.

    Raises Refused listing what is missing, documents not made or no longer the contract's included; Conflict when frozen already.
    """
    alliance = take(work, contract)
    draft = draft_of(work, contract)
    missing = freezing(draft)
    if missing:
        raise Refused(N_("Le contrat ne peut pas encore être figé."), missing)
    fire(ContractChart, contract, "freeze", draft.guards)
    contract.frozen_at = work.now()
    work.session.flush()
    documents = tuple(one.sha256 for one in contract.documents)
    announce(work, alliance, ContractFrozen(contract=contract.ref, version=contract.version, documents=documents))
    return contract
