"""The alliance, from the first proposal to the close.

status       event             becomes      when
-----------  ----------------  -----------  ------------------------------------------------------------------
proposal     begin_drafting    drafting     at least two parties have accepted, none is still invited, each has
                                            made its declaration and named a signatory, a model is chosen
drafting     charter_adopted   contract     the charter has just been adopted (drafting.TextChart holds the rule)
contract     contract_frozen   signature    the contract has just been frozen (contracts.ContractChart)
signature    all_signed        evaluation   the envelope is complete (signing.EnvelopeChart)
signature    back_to_contract  contract     the envelope was declined or voided: a new version is prepared
evaluation   reopen_drafting   drafting     the parties redirect: an amendment is written
evaluation   close             closed       the parties stop, or the alliance has reached its end
any of them  abandon           abandoned    the parties give up before the end
"""

from __future__ import annotations

from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, needs
from workflows.proposals import everybody_answered, everybody_declared, everybody_has_a_signatory, model_is_chosen, two_parties_accepted


class AllianceStatus(StrEnum):
    proposal = "proposal"
    drafting = "drafting"
    contract = "contract"
    signature = "signature"
    evaluation = "evaluation"
    closed = "closed"
    abandoned = "abandoned"


class AllianceChart(Chart):
    proposal = State(N_("Proposition"), value=AllianceStatus.proposal, initial=True)
    drafting = State(N_("Co-rédaction"), value=AllianceStatus.drafting)
    contract = State(N_("Contrat"), value=AllianceStatus.contract)
    signature = State(N_("Signature"), value=AllianceStatus.signature)
    evaluation = State(N_("Évaluation"), value=AllianceStatus.evaluation)
    closed = State(N_("Close"), value=AllianceStatus.closed, final=True)
    abandoned = State(N_("Abandonnée"), value=AllianceStatus.abandoned, final=True)

    begin_drafting = proposal.to(
        drafting,
        cond=needs(two_parties_accepted, everybody_answered, everybody_declared, everybody_has_a_signatory, model_is_chosen),
    )
    charter_adopted = drafting.to(contract)
    contract_frozen = contract.to(signature)
    all_signed = signature.to(evaluation)
    back_to_contract = signature.to(contract)
    reopen_drafting = evaluation.to(drafting)
    close = evaluation.to(closed)
    abandon = proposal.to(abandoned) | drafting.to(abandoned) | contract.to(abandoned) | signature.to(abandoned) | evaluation.to(abandoned)
