"""Two people at once: whichever comes first, the other is told, and the rows agree with the journal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from charter.accounts.models import Person
from charter.accounts.services import actor_of
from charter.alliances.services import enrol
from charter.errors import CharterError
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Approver, Envelope, ProofKind, Signatory
from charter.signing.services import Choice
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.base import WorkflowError
from workflows.roles import Role
from workflows.signing import SignatoryStatus
from workflows.visas import ApproverStatus

PDF = b"%PDF-1.7\n%%EOF\n"


def together(engine: Engine, *acts: tuple[int, Callable[[Work], object]]) -> list[str]:
    """Runs each act in its own transaction by its own person, at the same instant; « ok » or the refusal's name for each."""
    barrier = Barrier(len(acts))

    def run(person: int, act: Callable[[Work], object]) -> str:
        barrier.wait(10)
        try:
            with engine.work() as work:
                act(work.by(actor_of(work.get(Person, person))))
        except (CharterError, WorkflowError) as error:
            return type(error).__name__
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda one: run(*one), acts))


def signatory(work: Work, key: int) -> Signatory:
    return work.get(Signatory, key)


def test_the_holder_signs_while_the_referent_delegates(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    own = envelope.signatories[1]
    make.identify(work, own)
    member = enrol(work, own.party, kernel.person(work, "Inès Roux"), [Role.signatory.value], "directrice")
    referent = enrol(work, own.party, kernel.person(work, "Référente"), [Role.referent.value], "référente")
    by_referent = work.by(actor_of(referent.person))
    proof = services.join_proof(by_referent, own, ProofKind.delegation, services.keep_proof(work, "a.pdf", PDF))
    key, chosen, document = own.id, member.id, proof.ref
    people = own.person_id, referent.person_id
    work.commit()

    def sign(here: Work) -> None:
        services.confirm(here, signatory(here, key), services.sentence(signatory(here, key)))

    def delegate(here: Work) -> None:
        one = signatory(here, key)
        services.delegate(here, one, Choice(chosen), services.proof_of(one, document))

    ends = together(engine, (people[0], sign), (people[1], delegate))
    assert sorted(ends)[-1] == "ok" and ends.count("ok") == 1
    work.session.expire_all()
    types = [fact.type for fact in journal.facts(work, envelope.alliance_id)]
    if ends[0] == "ok":
        assert (own.status, own.delegate_of, "signature.delegated" in types) == (SignatoryStatus.sealing, "", False)
    else:
        assert (own.status, own.person_id, "signature.confirmed" in types) == (SignatoryStatus.waiting, member.person_id, False)


def test_two_referents_ask_two_visas(work: Work, engine: Engine, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    readers = [enrol(work, own.party, kernel.person(work), [Role.observer.value]).id for _ in range(2)]
    second = enrol(work, own.party, kernel.person(work), [Role.referent.value])
    key, people = own.id, (own.person_id, second.person_id)
    work.commit()

    def asking(reader: int) -> Callable[[Work], object]:
        return lambda here: services.ask_visa(here, signatory(here, key).envelope, signatory(here, key).party, Choice(reader))

    assert together(engine, (people[0], asking(readers[0])), (people[1], asking(readers[1]))) == ["ok", "ok"]
    work.session.expire_all()
    statuses = sorted(one.status for one in work.session.query(Approver))
    assert statuses == [ApproverStatus.awaited, ApproverStatus.removed]


def test_a_visa_is_refused_while_the_signatory_signs(work: Work, engine: Engine, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    reader = enrol(work, own.party, kernel.person(work), [Role.observer.value])
    approver = services.ask_visa(work.by(actor_of(own.person)), envelope, own.party, Choice(reader.id))
    services.send(work.by(make.leader(envelope)), envelope)
    services.give_visa(work.by(actor_of(reader.person)), approver)
    make.identify(work, own)
    key, visa, people = own.id, approver.id, (own.person_id, reader.person_id)
    work.commit()

    def sign(here: Work) -> None:
        services.confirm(here, signatory(here, key), services.sentence(signatory(here, key)))

    def refuse(here: Work) -> None:
        services.refuse_visa(here, here.get(Approver, visa), "Le budget a changé.")

    ends = together(engine, (people[0], sign), (people[1], refuse))
    assert ends.count("ok") == 1
    work.session.expire_all()
    signed = ends[0] == "ok"
    assert own.status == (SignatoryStatus.sealing if signed else SignatoryStatus.identifying)
    assert approver.status == (ApproverStatus.approved if signed else ApproverStatus.refused)


def test_a_proof_is_withdrawn_twice_at_once(work: Work, engine: Engine, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    proof = services.join_proof(make.acting(work, own), own, ProofKind.statutes, services.keep_proof(work, "statuts.pdf", PDF))
    second = enrol(work, own.party, kernel.person(work), [Role.referent.value])
    key, document, people = own.id, proof.ref, (own.person_id, second.person_id)
    work.commit()
    seen = Barrier(2)

    def withdraw(here: Work) -> None:
        found = services.proof_of(signatory(here, key), document)
        if here.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer: the other reads once it is done
            seen.wait(10)
        services.withdraw_proof(here, found)

    assert sorted(together(engine, (people[0], withdraw), (people[1], withdraw))) == ["NotFound", "ok"]
