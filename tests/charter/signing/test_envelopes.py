"""Before an envelope leaves, and how it ends without being signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.alliances import services as kernel_services
from charter.alliances.models import OrganisationKind
from charter.contracts import services as contracts
from charter.errors import Invalid, NotFound, Refused, TooMany
from charter.journal import services as journal
from charter.signing import sealing, services, states
from charter.signing.models import Envelope, SealedRevision
from charter.signing.services.envelopes import UNSIGNABLE
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.base import Blocked, NotNow
from workflows.lifecycle import AllianceStatus
from workflows.roles import Role
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]


def leading(work: Work, envelope: Envelope) -> Work:
    return work.by(make.leader(envelope))


def test_a_frozen_contract_opens_its_envelope_once(work: Work, envelope: Envelope) -> None:
    alliance, documents = envelope.alliance, contracts.frozen_documents(work, envelope.alliance)
    assert (alliance.status, envelope.status) == (AllianceStatus.signature, EnvelopeStatus.draft)
    assert [(one.kind, one.original_sha256, one.current_sha256) for one in envelope.documents] == [
        (one.kind, one.sha256, one.sha256) for one in documents
    ]
    assert [(one.name, one.title, one.field) for one in envelope.signatories] == [
        (name, title, f"sig-{party.ref}") for name, title, party in zip(make.NAMES, make.TITLES, alliance.parties, strict=True)
    ]
    assert services.open_envelope(work, alliance, envelope.contract_id) is envelope


def test_sending_tells_every_signatory(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    services.send(leading(work, envelope), envelope)
    work.commit()
    assert (envelope.status, envelope.sent_at) == (EnvelopeStatus.sent, work.now())
    with pytest.raises(NotNow):
        services.send(leading(work, envelope), envelope)
    work.commit()
    drain()
    told = [one for one in outgoing if one["Subject"].startswith("À signer")]
    assert len(told) == 3
    said = make.words_of(told[0])
    assert f"http://charte.test/alliances/{envelope.alliance.ref}/signature/ceremonie" in said
    assert "ne signe rien par lui-même" in said
    assert "jeudi 2 avril 2026" in said


def test_a_local_authority_deliberates_first(work: Work) -> None:
    envelope = make.envelope(work, deliberated=False)
    with pytest.raises(Blocked) as refusal:
        services.send(leading(work, envelope), envelope)
    authority = next(party for party in envelope.alliance.parties if party.organisation.kind == OrganisationKind.local_authority)
    (missing,) = refusal.value.missing
    assert missing.who == (authority.name,)
    assert "délibération" in str(missing)
    assert envelope.status == EnvelopeStatus.draft


def test_each_party_has_its_signatory(work: Work, envelope: Envelope) -> None:
    work.session.delete(envelope.signatories[1])
    work.session.flush()
    with pytest.raises(Blocked) as refusal:
        services.send(leading(work, envelope), envelope)
    assert refusal.value.missing[0].who == (envelope.alliance.parties[1].name,)


def test_who_signs_is_who_the_documents_name(work: Work, envelope: Envelope) -> None:
    party = envelope.alliance.parties[1]
    printed = party.members[0]
    other = kernel_services.enrol(work, party, kernel.person(work, "Inès Roux"), [Role.signatory.value])
    for member, title in ((other, "directrice déléguée"), (printed, "gérant")):
        with pytest.raises(Refused, match="refaites les documents"):
            services.choose_signatory(work, envelope, party, member.id, title)
    assert services.choose_signatory(work, envelope, party, printed.id).name == printed.person.display_name
    envelope.signatories[1].title = "gérant"  # as a row of before this rule would be
    with pytest.raises(Refused, match="refaites les documents"):
        services.send(leading(work, envelope), envelope)


def test_nobody_else_is_named_once_it_is_sent(work: Work, envelope: Envelope) -> None:
    party = envelope.alliance.parties[1]
    other = kernel_services.enrol(work, party, kernel.person(work, "Inès Roux"), [Role.signatory.value])
    with pytest.raises(Invalid) as refusal:
        services.choose_signatory(work, envelope, party, other.id)
    assert list(refusal.value.fields) == ["title"]
    services.send(leading(work, envelope), envelope)
    with pytest.raises(Refused):
        services.choose_signatory(work, envelope, party, other.id, "gérante")


def test_only_an_entitled_member_may_be_named(work: Work, envelope: Envelope) -> None:
    party = envelope.alliance.parties[1]
    reader = kernel_services.enrol(work, party, kernel.person(work, "Lecteur"), [Role.observer.value])
    for member_id in (reader.id, envelope.alliance.parties[0].members[0].id):
        with pytest.raises(Invalid):
            services.choose_signatory(work, envelope, party, member_id, "gérant")


def test_one_who_lost_the_role_before_sending_is_said(work: Work, envelope: Envelope) -> None:
    envelope.signatories[0].party.members[0].roles = [Role.referent.value]
    work.session.flush()
    with pytest.raises(Refused) as refusal:
        services.send(leading(work, envelope), envelope)
    assert refusal.value.missing[0].who == (envelope.signatories[0].organisation,)


def test_a_deadline_is_ahead_and_before_certificates_end(work: Work, envelope: Envelope) -> None:
    services.set_deadline(work, envelope, date(2026, 3, 20))
    for wrong in (date(2026, 3, 3), date(2026, 12, 1)):
        with pytest.raises(Invalid):
            services.set_deadline(work, envelope, wrong)
    assert envelope.deadline == date(2026, 3, 20)


def test_taking_it_back_returns_to_the_contract(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    services.send(leading(work, envelope), envelope)
    former = contracts.contract_of(work, envelope.alliance)
    services.void(leading(work, envelope), envelope, "Une clause manque.")
    assert (envelope.status, envelope.alliance.status) == (EnvelopeStatus.voided, AllianceStatus.contract)
    assert contracts.contract_of(work, envelope.alliance).version == former.version + 1
    with pytest.raises(NotNow):
        services.void(leading(work, envelope), envelope, "Encore.")
    work.commit()
    drain()
    assert sum("Signature annulée" in one["Subject"] for one in outgoing) == 3
    assert not [one for one in outgoing if one["Subject"].startswith("À signer")]


def test_an_abandoned_alliance_ends_its_envelope_without_going_back(work: Work, envelope: Envelope) -> None:
    services.send(leading(work, envelope), envelope)
    kernel_services.abandon(leading(work, envelope), envelope.alliance, "Faute de moyens.")
    assert (envelope.status, envelope.alliance.status) == (EnvelopeStatus.voided, AllianceStatus.abandoned)
    assert "envelope.voided" not in [fact.type for fact in journal.facts(work, envelope.alliance_id)]


def test_when_a_party_leaves_its_documents_can_only_be_taken_back(work: Work, envelope: Envelope) -> None:
    kernel_services.leave(work, envelope.alliance.parties[2], "Nous ne pouvons plus.")
    assert services.departed(envelope) == [envelope.signatories[2].organisation]
    with pytest.raises(Refused) as refusal:
        services.send(leading(work, envelope), envelope)
    assert "a quitté" in str(refusal.value.missing[0])
    services.void(leading(work, envelope), envelope, "Une partie est partie.")


def test_nobody_signs_documents_that_name_a_party_that_left(
    work: Work, engine: Engine, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.send(leading(work, envelope), envelope)
    make.sign(work, envelope.signatories[0])
    kernel_services.leave(work, envelope.alliance.parties[2], "Nous ne pouvons plus.")
    work.commit()
    with pytest.raises(sealing.CannotSeal):
        sealing.seal(engine, envelope.signatories[0].id)
    drain()
    work.session.expire_all()
    assert work.session.query(SealedRevision).count() == 0
    assert (envelope.signatories[0].status, envelope.signatories[0].trouble) == (SignatoryStatus.opened, UNSIGNABLE)
    second = envelope.signatories[1]
    for act in (services.open_documents, services.send_code):
        with pytest.raises(Refused) as refusal:
            act(make.acting(work, second), second)
        assert refusal.value.missing[0].who == (envelope.alliance.parties[0].name,)
    with pytest.raises(Refused):
        services.remind(leading(work, envelope), second)
    state = states.states(work, [envelope.alliance])[envelope.alliance_id]
    assert state.departed == (envelope.signatories[2].organisation,)
    assert not [one for one in outgoing if one["Subject"].startswith(("À signer", "Votre signature est à refaire"))]
    services.decline(make.acting(work, second), second, "Une partie est partie.")
    assert envelope.status == EnvelopeStatus.declined


def test_a_party_leaving_after_it_signed_completes_nothing(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(leading(work, envelope), envelope)
    for position in (2, 0):
        make.sign(work, envelope.signatories[position])
        work.commit()
        assert sealing.seal(engine, envelope.signatories[position].id)
    work.session.expire_all()
    make.sign(work, envelope.signatories[1])
    kernel_services.leave(work, envelope.alliance.parties[2], "Nous ne pouvons plus.")
    work.commit()
    with pytest.raises(sealing.CannotSeal):
        sealing.seal(engine, envelope.signatories[1].id)
    work.session.expire_all()
    assert (envelope.status, envelope.alliance.status) == (EnvelopeStatus.sent, AllianceStatus.signature)


def test_one_reminder_a_day(work: Work, envelope: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]) -> None:
    signatory = envelope.signatories[1]
    with pytest.raises(Refused):
        services.remind(work, signatory)
    services.send(leading(work, envelope), envelope)
    services.remind(leading(work, envelope), signatory)
    with pytest.raises(TooMany):
        services.remind(leading(work, envelope), signatory)
    clock.advance(timedelta(days=1))
    services.remind(leading(work, envelope), signatory)
    work.commit()
    drain()
    assert sum(one["Subject"].startswith("Rappel") for one in outgoing) == 2


def test_what_the_dashboard_is_told(work: Work, envelope: Envelope) -> None:
    state = states.states(work, [envelope.alliance])[envelope.alliance_id]
    assert (state.ref, state.status, state.due) == (envelope.ref, EnvelopeStatus.draft, envelope.deadline)
    assert [(one.name, one.status) for one in state.signatories] == [(name, SignatoryStatus.waiting) for name in make.NAMES]
    assert states.states(work, [kernel.alliance(work)]) == {}


def test_nothing_to_sign_before_the_contract_is_frozen(work: Work) -> None:
    with pytest.raises(NotFound):
        services.the_current(work, kernel.alliance(work))
