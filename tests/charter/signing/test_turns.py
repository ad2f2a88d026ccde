"""Whose turn it is: ranks and visas hold people back, each is asked once when their turn comes, and the server refuses before."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from charter.accounts.services import actor_of
from charter.alliances.models import Member
from charter.alliances.services import end_membership, enrol
from charter.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Approver, Envelope, Signatory
from charter.signing.services import Choice
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.base import Blocked, NotNow
from workflows.roles import Role
from workflows.signing import EnvelopeStatus, SignatoryStatus
from workflows.visas import ApproverStatus

Drain = Callable[[], int]


def refs(envelope: Envelope, *ranks: int) -> dict[str, int]:
    return {party.ref: rank for party, rank in zip(envelope.alliance.parties, ranks, strict=True)}


def leading(work: Work, envelope: Envelope) -> Work:
    return work.by(make.leader(envelope))


def of_party(work: Work, signatory: Signatory) -> Work:
    """The same work, acted in by the party's own referent (who signs too, in these tests)."""
    return work.by(actor_of(signatory.party.members[0].person))


def reader(work: Work, signatory: Signatory, name: str = "Ève Visa") -> Member:
    return enrol(work, signatory.party, kernel.person(work, name), [Role.observer.value], "trésorière")


def asked(work: Work, signatory: Signatory, name: str = "Ève Visa") -> Approver:
    member = reader(work, signatory, name)
    return services.ask_visa(of_party(work, signatory), signatory.envelope, signatory.party, Choice(member.id))


def invited(outgoing: list[EmailMessage]) -> list[str]:
    return [one["To"].addresses[0].display_name for one in outgoing if one["Subject"].startswith("À signer")]


def test_ranks_are_closed_up_and_told(work: Work, envelope: Envelope) -> None:
    services.set_order(leading(work, envelope), envelope, refs(envelope, 3, 1, 3))
    assert [one.rank for one in envelope.signatories] == [2, 1, 2]
    told = [fact for fact in journal.facts(work, envelope.alliance_id) if fact.type == "envelope.order_set"]
    assert told[0].payload["ranks"] == [f"{one.party.ref}={one.rank}" for one in envelope.signatories]
    services.set_order(leading(work, envelope), envelope, refs(envelope, 2, 1, 2))
    assert len([fact for fact in journal.facts(work, envelope.alliance_id) if fact.type == "envelope.order_set"]) == 1
    services.set_order(leading(work, envelope), envelope, {})
    assert [one.rank for one in envelope.signatories] == [1, 1, 1]


@pytest.mark.parametrize("ranks", [(0, 1, 1), (1, 2, 4)])
def test_a_rank_is_one_of_those_there_are(work: Work, envelope: Envelope, ranks: tuple[int, ...]) -> None:
    with pytest.raises(Invalid):
        services.set_order(leading(work, envelope), envelope, refs(envelope, *ranks))
    with pytest.raises(Invalid):
        services.set_order(leading(work, envelope), envelope, {envelope.alliance.parties[0].ref: 1})


def test_the_order_is_settled_before_sending(work: Work, envelope: Envelope) -> None:
    services.send(leading(work, envelope), envelope)
    with pytest.raises(Refused):
        services.set_order(leading(work, envelope), envelope, refs(envelope, 1, 2, 2))


def test_each_rank_is_invited_when_its_turn_comes_and_once(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.set_order(leading(work, envelope), envelope, refs(envelope, 2, 1, 3))
    services.send(leading(work, envelope), envelope)
    work.commit()
    drain()
    assert invited(outgoing) == [make.NAMES[1]]
    for position in (1, 0, 2):
        make.sign(work, envelope.signatories[position])
        work.commit()
        drain()
        work.session.expire_all()
    assert invited(outgoing) == [make.NAMES[1], make.NAMES[0], make.NAMES[2]]
    assert envelope.status == EnvelopeStatus.completed


def test_everything_is_refused_before_ones_turn(work: Work, envelope: Envelope) -> None:
    services.set_order(leading(work, envelope), envelope, refs(envelope, 1, 2, 2))
    services.send(leading(work, envelope), envelope)
    first, second, _ = envelope.signatories
    here = make.acting(work, second)
    acts: tuple[Callable[[], object], ...] = (
        lambda: services.open_documents(here, second),
        lambda: services.send_code(here, second),
        lambda: services.identify(here, second, "123456"),
        lambda: services.confirm(here, second, services.sentence(second)),
        lambda: services.decline(here, second, "Non merci."),
        lambda: services.remind(leading(work, envelope), second),
    )
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act()
        assert [one.who for one in refusal.value.missing] == [(first.name,)]
    assert (second.status, [str(one) for one in services.turn_of(envelope, first)]) == (SignatoryStatus.waiting, [])


def test_a_visa_comes_before_the_signature(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[1]
    approver = asked(work, own)
    work.commit()
    drain()
    assert not [one for one in outgoing if one["Subject"].startswith("Votre visa")]
    services.send(leading(work, envelope), envelope)
    work.commit()
    drain()
    assert sorted(invited(outgoing)) == sorted((make.NAMES[0], make.NAMES[2]))
    (mail,) = [one for one in outgoing if one["Subject"].startswith("Votre visa")]
    assert f"http://charte.test/alliances/{envelope.alliance.ref}/signature/mon-visa" in make.words_of(mail)
    with pytest.raises(Refused) as refusal:
        services.open_documents(make.acting(work, own), own)
    assert refusal.value.missing[0].who == (approver.name,)
    services.give_visa(work.by(actor_of(approver.person)), approver)
    services.give_visa(work.by(actor_of(approver.person)), approver)
    assert (approver.status, approver.at, tuple(approver.documents)) == (ApproverStatus.approved, work.now(), envelope.fingerprints)
    given = [fact.payload for fact in journal.facts(work, envelope.alliance_id) if fact.type == "signature.visa_given"]
    assert [one["documents"] for one in given] == [list(envelope.fingerprints)]
    work.commit()
    drain()
    assert invited(outgoing).count(own.name) == 1
    make.sign(work, own)
    assert own.status == SignatoryStatus.sealing


def test_a_refused_visa_blocks_its_party_alone_until_thought_again(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own, other = envelope.signatories[1], envelope.signatories[2]
    approver = asked(work, own)
    services.send(leading(work, envelope), envelope)
    here = work.by(actor_of(approver.person))
    with pytest.raises(Invalid):
        services.refuse_visa(here, approver, " ")
    services.refuse_visa(here, approver, "Le montant n’est pas celui du budget.")
    with pytest.raises(NotNow):
        services.refuse_visa(here, approver, "Encore.")
    make.sign(work, other)
    assert (envelope.status, other.status) == (EnvelopeStatus.sent, SignatoryStatus.sealing)
    with pytest.raises(Refused) as refusal:
        services.open_documents(make.acting(work, own), own)
    assert refusal.value.missing[0].who == (approver.name, own.party.name)
    work.commit()
    drain()
    told = [one for one in outgoing if one["Subject"].startswith("Visa refusé")]
    people = {one["To"].addresses[0].addr_spec for one in told}
    facilitator = envelope.alliance.facilitators[0].person.email
    assert people == {own.email, envelope.signatories[0].email, facilitator} and len(told) == 3
    assert "Le montant n’est pas celui du budget." in make.words_of(told[0])
    services.give_visa(here, approver)
    make.sign(work, own)
    assert (own.status, approver.reason) == (SignatoryStatus.sealing, "")


def test_a_visa_asked_late_holds_the_signature_then_says_go_on(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.send(leading(work, envelope), envelope)
    own = envelope.signatories[1]
    make.identify(work, own)
    approver = asked(work, own)
    with pytest.raises(Refused):
        services.confirm(make.acting(work, own), own, services.sentence(own))
    services.lift_visa(of_party(work, own), envelope, own.party)
    work.commit()
    drain()
    assert approver.status == ApproverStatus.removed
    assert [one["To"].addresses[0].addr_spec for one in outgoing if one["Subject"].startswith("Vous pouvez signer")] == [own.email]
    assert not [one for one in outgoing if one["Subject"].startswith("Votre visa")]
    services.confirm(make.acting(work, own), own, services.sentence(own))
    for act in (lambda: asked(work, own, "Autre"), lambda: services.lift_visa(of_party(work, own), envelope, own.party)):
        with pytest.raises(Conflict):
            act()


def test_another_approver_replaces_the_first_without_letting_anybody_through(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    first = asked(work, own)
    services.send(leading(work, envelope), envelope)
    second = asked(work, own, "Marc Visa")
    assert (first.status, second.status, own.invited_at) == (ApproverStatus.removed, ApproverStatus.awaited, None)
    with pytest.raises(Gone):
        services.give_visa(work.by(actor_of(first.person)), first)
    with pytest.raises(Forbidden):
        services.my_visa(envelope, first.person)
    assert services.ask_visa(of_party(work, own), envelope, own.party, Choice(second.party.members[-1].id)) is second


def test_who_may_ask_give_and_lift_a_visa(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    member = reader(work, own)
    with pytest.raises(Forbidden):
        services.ask_visa(leading(work, envelope), envelope, own.party, Choice(member.id))
    with pytest.raises(NotFound):
        services.lift_visa(of_party(work, own), envelope, own.party)
    with pytest.raises(Invalid):
        services.ask_visa(of_party(work, own), envelope, own.party, Choice(own.party.members[0].id))
    with pytest.raises(Invalid):
        services.ask_visa(of_party(work, own), envelope, own.party, Choice())
    approver = services.ask_visa(of_party(work, own), envelope, own.party, Choice(None, "Luc Neuf", "luc@exemple.test"))
    assert [(one.person.email, one.roles) for one in own.party.members][-1] == ("luc@exemple.test", [Role.observer.value])
    with pytest.raises(Blocked):
        services.give_visa(work.by(actor_of(approver.person)), approver)
    services.send(leading(work, envelope), envelope)
    with pytest.raises(Forbidden):
        services.give_visa(of_party(work, own), approver)


def test_an_approver_who_left_is_replaced_by_the_party(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    approver = asked(work, own)
    services.send(leading(work, envelope), envelope)
    end_membership(of_party(work, own), own.party.members[-1])
    assert [one.who for one in services.turn_of(envelope, own)] == [(own.party.name,)]
    with pytest.raises(Forbidden):
        services.give_visa(work.by(actor_of(approver.person)), approver)
    services.lift_visa(of_party(work, own), envelope, own.party)
    assert services.turn_of(envelope, own) == ()
