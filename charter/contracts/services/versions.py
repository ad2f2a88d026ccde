"""A contract's versions: finding the current one, opening the next, assembling its text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.contracts import documents, gathering
from charter.contracts.assembly import AssembledContract, assemble
from charter.contracts.clauses import select as select_clauses
from charter.contracts.facts import AssemblyFacts
from charter.contracts.models import Contract
from charter.contracts.questions import Question, blanks, library, questions, typed
from charter.drafting.services import AdoptedCharter
from charter.errors import NotFound
from charter.work import Work
from workflows.base import N_, fire
from workflows.contracts import BlankFacts, ContractChart, ContractFacts, ContractStatus
from workflows.events import ContractAssembled


@dataclass(frozen=True)
class Draft:
    """The contract as it would be laid out now: facts, questions, text, the documents' data and their fingerprint."""

    alliance: Alliance
    contract: Contract
    charter: AdoptedCharter
    facts: AssemblyFacts
    questions: tuple[Question, ...]
    blanks: tuple[BlankFacts, ...]

    @cached_property
    def text(self) -> AssembledContract:
        """The clauses, numbered and filled."""
        return assemble(library(), self.facts, typed(self.contract.parameters))

    @cached_property
    def data(self) -> documents.Data:
        """Both documents as data."""
        return documents.documents(self.alliance, self.contract, self.charter, self.facts, self.text)

    @cached_property
    def sha256(self) -> str:
        """Of `data`."""
        return documents.fingerprint(self.data)

    @property
    def guards(self) -> ContractFacts:
        """What the contract's chart looks at."""
        signatories = tuple(party.name for party in self.alliance.accepted_parties if party.signatories)
        return ContractFacts(tuple(party.name for party in self.facts.parties), signatories, self.blanks, self.facts.charter is not None)


def find_contract(work: Work, alliance: Alliance) -> Contract | None:
    """The current version, None before the charter is adopted."""
    return work.session.scalar(select(Contract).where(Contract.alliance_id == alliance.id).order_by(Contract.version.desc()).limit(1))


def contract_of(work: Work, alliance: Alliance) -> Contract:
    """The current version. Raises NotFound before the charter is adopted."""
    found = find_contract(work, alliance)
    if found is None:
        raise NotFound(N_("Le contrat s’ouvre quand la charte est adoptée par toutes les parties."))
    return found


def by_ref(work: Work, ref: str) -> Contract | None:
    """The version with that reference, of any alliance; None when there is none."""
    return work.session.scalar(select(Contract).where(Contract.ref == ref))


def contracts_of(work: Work, alliance: Alliance) -> list[Contract]:
    """Every version, newest first."""
    return list(work.session.scalars(select(Contract).where(Contract.alliance_id == alliance.id).order_by(Contract.version.desc())))


def draft_of(work: Work, contract: Contract) -> Draft:
    """The contract as it would be laid out now."""
    alliance = contract.alliance
    facts = gathering.facts_of(work, alliance, contract)
    amounts = gathering.unpriced(alliance, gathering.declarations(work, [alliance]))
    return Draft(
        alliance,
        contract,
        gathering.charter_of(work, alliance, contract),
        facts,
        questions(facts, contract.parameters, amounts),
        blanks(facts, alliance, contract.parameters, amounts),
    )


def open_contract(work: Work, alliance: Alliance, text_ref: str) -> Contract:
    """The contract that goes with a charter just adopted: a first version, or the one after the contract in force.

    The one already open for that charter is given back.
    """
    hold(work, alliance)
    current = find_contract(work, alliance)
    if current is not None and current.text_ref == text_ref:
        return current
    if current is not None and current.status == ContractStatus.draft:
        current.text_ref = text_ref
        return current
    return _next_version(work, alliance, current, text_ref)


def open_new_version(work: Work, alliance: Alliance) -> Contract:
    """A new version, with the same answers, of a frozen contract that will not be signed. The one already open is given back."""
    hold(work, alliance)
    current = contract_of(work, alliance)
    return current if current.status != ContractStatus.frozen else _next_version(work, alliance, current, current.text_ref)


def _next_version(work: Work, alliance: Alliance, current: Contract | None, text_ref: str) -> Contract:
    if current is not None and current.status == ContractStatus.frozen:
        fire(ContractChart, current, "supersede")
    made = work.add(
        Contract(
            alliance_id=alliance.id,
            version=current.version + 1 if current else 1,
            status=ContractStatus.draft,
            text_ref=text_ref,
            parameters=dict(current.parameters) if current else {},
            created_at=work.now(),
        )
    )
    clauses = select_clauses(library(), gathering.facts_of(work, alliance, made))
    announce(work, alliance, ContractAssembled(contract=made.ref, version=made.version, clauses=tuple(clause.key for clause in clauses)))
    return made
