"""Two people at once: whichever comes first, the other is told, and the rows agree with the journal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from charter.accounts.models import Person
from charter.accounts.services import actor_of
from charter.adapters.outbox import Outbox
from charter.alliances.models import Member
from charter.alliances.services import end_membership, enrol, set_roles
from charter.errors import CharterError, Refused
from charter.journal import services as journal
from charter.signing import sealing, services
from charter.signing.models import Approver, Envelope, ProofKind, Signatory
from charter.signing.services import Choice
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.base import WorkflowError
from workflows.roles import Role
from workflows.signing import EnvelopeStatus, SignatoryStatus
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


def test_the_role_is_taken_back_while_the_signatory_signs(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    own = envelope.signatories[1]
    make.identify(work, own)
    referent = enrol(work, own.party, kernel.person(work, "Référente"), [Role.referent.value], "référente").person_id
    key, person = own.id, own.person_id
    member = next(one.id for one in own.party.members if one.person_id == person)
    work.commit()

    def demote() -> None:
        with engine.work() as there:
            set_roles(there.by(actor_of(there.get(Person, referent))), there.get(Member, member), [Role.drafter.value])

    if work.session.get_bind().dialect.name == "sqlite":  # one writer at a time: whoever signs reads once it is done
        demote()
    with engine.work() as here:
        acting = here.by(actor_of(here.get(Person, person)))
        known = here.get(Member, member)  # as the page's own check read it
        stale = Role.signatory in known.roles
        if stale:
            demote()
        with pytest.raises(Refused, match="habilitée"):
            services.confirm(acting, signatory(here, key), services.sentence(signatory(here, key)))
    work.session.expire_all()
    assert own.status == SignatoryStatus.identifying


def test_two_referents_cannot_end_each_other(work: Work, engine: Engine, envelope: Envelope) -> None:
    party = envelope.signatories[1].party
    first = party.members[0]
    second = enrol(work, party, kernel.person(work), [Role.referent.value])
    seen, people, members = Barrier(2), (first.person_id, second.person_id), (first.id, second.id)
    work.commit()

    def ending(member: int) -> Callable[[Work], object]:
        def act(here: Work) -> None:
            found = [here.get(Member, one) for one in members]
            if here.session.get_bind().dialect.name == "postgresql":
                seen.wait(10)
            end_membership(here, next(one for one in found if one.id == member))

        return act

    assert sorted(together(engine, (people[0], ending(members[1])), (people[1], ending(members[0])))) == ["Refused", "ok"]


def test_one_declines_while_another_signs(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    first, second = envelope.signatories[:2]
    make.identify(work, first)
    one, other, people = first.id, second.id, (first.person_id, second.person_id)
    work.commit()

    def sign(here: Work) -> None:
        services.confirm(here, signatory(here, one), services.sentence(signatory(here, one)))

    def decline(here: Work) -> None:
        services.decline(here, signatory(here, other), "Le budget a changé.")

    ends = together(engine, (people[0], sign), (people[1], decline))
    work.session.expire_all()
    assert ends[1] == "ok" and envelope.status == EnvelopeStatus.declined
    assert ends[0] in {"ok", "Gone"} and (first.confirmed_at is not None) is (ends[0] == "ok")
    work.commit()
    assert sealing.seal(engine, one) is False


def test_it_is_taken_back_while_somebody_signs(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    own = envelope.signatories[1]
    make.identify(work, own)
    key, people = own.id, (own.person_id, kernel.speaker(envelope.alliance.parties[0]).id)
    work.commit()

    def sign(here: Work) -> None:
        services.confirm(here, signatory(here, key), services.sentence(signatory(here, key)))

    ends = together(engine, (people[0], sign), (people[1], lambda here: services.void(here, signatory(here, key).envelope, "À refaire")))
    work.session.expire_all()
    assert ends[1] == "ok" and ends[0] in {"ok", "Gone"}
    assert envelope.status == EnvelopeStatus.voided and (own.confirmed_at is not None) is (ends[0] == "ok")
    work.commit()
    assert sealing.seal(engine, key) is False


def test_somebody_else_is_named_while_it_is_sent(work: Work, engine: Engine, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    leader, key = kernel.speaker(envelope.alliance.parties[0]).id, own.id
    envelope.contract.assembled = {}  # no name printed: another may be chosen
    other = enrol(work, own.party, kernel.person(work, "Inès Roux"), [Role.signatory.value], "directrice")
    chosen = other.id
    work.commit()

    def choose(here: Work) -> None:
        one = signatory(here, key)
        services.choose_signatory(here, one.envelope, one.party, chosen, "directrice")

    ends = together(engine, (leader, choose), (own.person_id, lambda here: services.send(here, signatory(here, key).envelope)))
    work.session.expire_all()
    assert ends[1] == "ok" and ends[0] in {"ok", "Refused"}
    assert own.name == ("Inès Roux" if ends[0] == "ok" else "Paul Étienne")
    asked = work.session.query(Outbox).filter_by(name="mail.signing.invitation", recipient=own.email)
    assert key in [row.payload["signatory_id"] for row in asked]


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
