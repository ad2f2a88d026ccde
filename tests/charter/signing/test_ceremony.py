"""One person's ceremony: read, identify by a code, sign or refuse; and everybody who may not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from charter.accounts.services import actor_of
from charter.adapters.clock import FixedClock
from charter.contracts import services as contracts
from charter.errors import Conflict, Forbidden, Gone, Invalid, Refused, TooMany
from charter.i18n import gettext, speaking
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Code, Envelope, Signatory
from charter.signing.services.codes import MAX_TRIES
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.contracts import ContractStatus
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope


@pytest.fixture
def amina(sent: Envelope) -> Signatory:
    """The first signatory."""
    return sent.signatories[0]


@pytest.fixture
def hers(work: Work, amina: Signatory) -> Work:
    """A work acted in by her."""
    return make.acting(work, amina)


def asked(hers: Work, amina: Signatory) -> str:
    """She has read and asked for a code, which is returned."""
    services.open_documents(hers, amina)
    services.send_code(hers, amina)
    return make.code_of(hers, amina)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def types(work: Work, envelope: Envelope) -> list[str]:
    return [fact.type for fact in journal.facts(work, envelope.alliance_id)]


def test_reading_is_recorded_once(hers: Work, amina: Signatory) -> None:
    services.open_documents(hers, amina, make.ADDRESS, make.BROWSER)
    services.open_documents(hers, amina)
    assert amina.status == SignatoryStatus.opened
    here = (make.ADDRESS, make.BROWSER)
    assert [(step.kind, step.address, step.browser) for step in amina.steps] == [
        ("opened", *here),
        ("read_to_end", *here),
        ("read_to_end", *here),
    ]
    assert types(hers, amina.envelope).count("signatory.document_opened") == 1


def test_no_code_before_reading(hers: Work, amina: Signatory) -> None:
    with pytest.raises(Invalid) as refusal:
        services.send_code(hers, amina)
    assert set(refusal.value.fields) == {"read-charter", "read-contract"}


def test_the_code_comes_by_mail_and_in_the_body_only(hers: Work, amina: Signatory, outgoing: list[EmailMessage], drain: Drain) -> None:
    code = asked(hers, amina)
    hers.commit()
    drain()
    message = outgoing[-1]
    assert amina.email in message["To"]
    assert make.mailed_code(message) == code
    assert code[:3] not in message["Subject"]
    services.identify(hers, amina, make.mailed_code(message))
    assert services.identified(hers, amina)


def test_the_code_is_stored_nowhere(hers: Work, amina: Signatory) -> None:
    code = asked(hers, amina)
    row = hers.session.query(Code).one()
    assert code not in " ".join(
        str(getattr(row, column.name)) for column in Code.__table__.columns if column.name not in {"created_at", "expires_at"}
    )


def test_a_code_typed_with_a_space_is_the_same(hers: Work, amina: Signatory) -> None:
    code = asked(hers, amina)
    services.identify(hers, amina, f" {code[:3]} {code[3:]} ")
    assert services.identified(hers, amina)


def test_five_wrong_codes_then_the_right_one_is_too_late(hers: Work, amina: Signatory) -> None:
    code = asked(hers, amina)
    for left in (4, 3, 2, 1):
        with pytest.raises(services.WrongCode) as refusal:
            services.identify(hers, amina, wrong(code))
        assert refusal.value.left == left
    for typed in (wrong(code), code):
        with pytest.raises(TooMany):
            services.identify(hers, amina, typed)
    assert not services.identified(hers, amina)
    services.send_code(hers, amina)
    services.identify(hers, amina, make.code_of(hers, amina))
    assert [step.kind for step in amina.steps].count("code_wrong") == 5


def test_tries_that_no_longer_count_do_not_fill_the_evidence(hers: Work, amina: Signatory) -> None:
    services.open_documents(hers, amina)
    services.send_code(hers, amina)
    code = wrong(make.code_of(hers, amina))
    for _ in range(12):
        with pytest.raises((services.WrongCode, TooMany)):
            services.identify(hers, amina, code)
    hers.session.expire_all()
    assert [step.kind for step in amina.steps].count("code_wrong") == MAX_TRIES


def test_an_expired_code_is_gone(hers: Work, amina: Signatory, clock: FixedClock) -> None:
    code = asked(hers, amina)
    clock.advance(timedelta(minutes=10))
    with pytest.raises(Gone):
        services.identify(hers, amina, code)


def test_a_code_serves_once_and_a_new_one_replaces_it(hers: Work, amina: Signatory) -> None:
    first = asked(hers, amina)
    services.send_code(hers, amina)
    second = make.code_of(hers, amina)
    if first != second:
        with pytest.raises(services.WrongCode):
            services.identify(hers, amina, first)
    services.identify(hers, amina, second)
    with pytest.raises(Gone):
        services.identify(hers, amina, second)


def test_a_code_is_worth_nothing_for_other_documents(hers: Work, amina: Signatory) -> None:
    code = asked(hers, amina)
    amina.envelope.documents[0].original_sha256 = "0" * 64
    with pytest.raises(Gone):
        services.identify(hers, amina, code)


def test_a_code_is_not_another_signatorys(work: Work, hers: Work, amina: Signatory) -> None:
    other = amina.envelope.signatories[1]
    theirs = make.acting(work, other)
    services.open_documents(theirs, other)
    services.send_code(theirs, other)
    code = asked(hers, amina)
    if code != make.code_of(work, other):
        with pytest.raises(services.WrongCode):
            services.identify(theirs, other, code)


def test_no_more_than_five_codes_an_hour(hers: Work, amina: Signatory, clock: FixedClock) -> None:
    services.open_documents(hers, amina)
    for _ in range(5):
        services.send_code(hers, amina)
        clock.advance(timedelta(minutes=1))
    with pytest.raises(TooMany) as refusal:
        services.send_code(hers, amina)
    assert 0 < refusal.value.retry_after <= 3600
    clock.advance(timedelta(seconds=refusal.value.retry_after))
    services.send_code(hers, amina)


def test_signing_needs_an_identification_still_fresh(hers: Work, amina: Signatory, clock: FixedClock) -> None:
    code = asked(hers, amina)
    with pytest.raises(Gone):
        services.confirm(hers, amina, services.sentence(amina))
    services.identify(hers, amina, code)
    clock.advance(timedelta(minutes=15))
    with pytest.raises(Gone):
        services.confirm(hers, amina, services.sentence(amina))


def test_the_sentence_is_kept_word_for_word(work: Work, hers: Work, amina: Signatory) -> None:
    make.identify(work, amina)
    with pytest.raises(Conflict):
        services.confirm(hers, amina, "Oui.")
    services.confirm(hers, amina, services.sentence(amina), make.ADDRESS, make.BROWSER)
    assert amina.consent_sentence == (
        "Moi, Amina Benali, présidente, je déclare avoir lu « Charte du faire alliance » et « Contrat d’alliance », "
        "en accepter les termes, avoir le pouvoir d’engager Les Passerelles de l’emploi et vouloir signer en son nom."
    )
    assert amina.status == SignatoryStatus.sealing
    fact = journal.head(work, amina.envelope.alliance_id)
    assert fact is not None
    assert (fact.type, fact.payload["documents"]) == ("signature.confirmed", list(amina.envelope.fingerprints))
    assert fact.payload["consent_sha256"] == hashlib.sha256(amina.consent_sentence.encode()).hexdigest()


def test_nobody_signs_twice(work: Work, hers: Work, amina: Signatory) -> None:
    make.sign(work, amina)
    with pytest.raises(Conflict):
        services.confirm(hers, amina, services.sentence(amina))


@pytest.mark.parametrize("act", ["open_documents", "send_code", "identify", "confirm", "decline"])
def test_only_the_named_person_acts(work: Work, amina: Signatory, act: str) -> None:
    colleague = kernel.person(work, "Collègue")
    arguments = {"identify": ("000000",), "confirm": ("…",), "decline": ("Parce que.",)}.get(act, ())
    with pytest.raises(Forbidden) as refusal:
        getattr(services, act)(work.by(actor_of(colleague)), amina, *arguments)
    assert "Amina Benali" in gettext(refusal.value.message, **refusal.value.params)
    assert amina.status == SignatoryStatus.waiting


def test_one_who_lost_the_role_signs_no_more(hers: Work, amina: Signatory) -> None:
    amina.party.members[0].roles = ["referent"]
    with pytest.raises(Refused):
        services.open_documents(hers, amina)


def test_a_refusal_ends_the_envelope_and_opens_a_new_version(
    work: Work, hers: Work, amina: Signatory, outgoing: list[EmailMessage], drain: Drain
) -> None:
    alliance, former = amina.envelope.alliance, contracts.contract_of(work, amina.envelope.alliance)
    services.decline(hers, amina, "Le montant n’est pas celui convenu.", make.ADDRESS)
    hers.commit()
    assert (amina.status, amina.envelope.status, alliance.status) == (
        SignatoryStatus.declined,
        EnvelopeStatus.declined,
        AllianceStatus.contract,
    )
    assert former.status == ContractStatus.superseded
    told = types(work, amina.envelope)
    assert "signature.declined" in told
    assert "envelope.voided" not in told
    work.commit()
    drain()
    message = next(one for one in outgoing if "n’a pas signé" in one["Subject"])
    assert "Le montant n’est pas celui convenu." in make.words_of(message)
    with pytest.raises(Gone):
        services.open_documents(make.acting(work, amina.envelope.signatories[1]), amina.envelope.signatories[1])


def test_a_refusal_says_why(hers: Work, amina: Signatory) -> None:
    with pytest.raises(Invalid) as refusal:
        services.decline(hers, amina, " ")
    assert list(refusal.value.fields) == ["reason"]


def test_an_english_reader_consents_to_the_english_sentence(work: Work, hers: Work, amina: Signatory) -> None:
    make.identify(work, amina)
    with speaking("en"):
        said = services.sentence(amina)
    services.confirm(hers, amina, said)
    assert amina.consent_sentence == said
