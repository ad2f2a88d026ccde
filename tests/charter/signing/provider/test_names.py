"""Whose signature is whose in what comes back: above the simple level each signs under a certificate of their name, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import EmailMessage

import pytest
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import NameOID
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.config import Settings
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider import services as providing
from charter.signing.provider import wording
from charter.signing.provider.checking import Expected, Misnamed, accept
from charter.signing.provider.client import trust
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.adapters.signer_samples import NOW, draft
from tests.charter.signing import factories as make
from tests.charter.signing.provider.factories import look, newest, row
from tests.provider import SEAL, Provider
from workflows.base import Missing
from workflows.signing import EnvelopeStatus

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
Name = tuple[str, Mapping[ObjectIdentifier, str]]
ADVANCED = "advanced_electronic_signature"
GIVEN, SURNAME, ORGANISATION = NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.ORGANIZATION_NAME
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def owners(provider: Provider, settings: Settings, people: list[str], names: list[Name], level: str = ADVANCED) -> list[int | None]:
    """Whose each signature is found to be, of a file those names sign; people are counted from 1."""
    fields = [f"sig-{number}" for number, _ in enumerate(names)]
    sent = pdf = draft(*fields)
    provider.hand.now = lambda: NOW
    for number, (name, more) in enumerate(names, start=1):
        pdf = provider.hand.sign(pdf, name, (1, 50, 94 + 62 * (number - 1), 250, 58), number, more)
    expected = Expected(sent, frozenset(fields), tuple(enumerate(people, start=1)), level)
    return [one.signatory_id for one in accept(expected, pdf, now=NOW, trust=trust(settings)).signatures]


RECOGNISED: dict[str, tuple[list[str], list[Name], list[int | None]]] = {
    "capitals, accents, more first names": (["Paul Étienne"], [("PAUL MARIE ETIENNE", {})], [1]),
    "surname first": (["Amina Benali"], [("BENALI Amina", {})], [1]),
    "hyphens and letters": (["Jean-Noël Lebœuf"], [("LEBOEUF JEAN NOEL", {})], [1]),
    "first names and surname": (["Amina Benali"], [("4f2a", {GIVEN: "Amina Sofia", SURNAME: "BENALI"})], [1]),
    "no common name": (["Amina Benali"], [("", {GIVEN: "Amina", SURNAME: "Benali", ORGANISATION: "Mairie"})], [1]),
    "another order": (["Amina Benali", "Paul Étienne"], [("PAUL ETIENNE", {}), ("AMINA BENALI", {})], [2, 1]),
    "a name within another": (["Paul Martin", "Paul Étienne Martin"], [("PAUL ETIENNE MARTIN", {}), ("PAUL LOUIS MARTIN", {})], [2, 1]),
    "two of the same name": (["Paul Martin", "Paul Martin"], [("PAUL MARTIN", {}), ("PAUL MARTIN", {})], [1, 2]),
    "the provider's seal besides": (["Amina Benali"], [("AMINA BENALI", {}), (SEAL, {ORGANISATION: SEAL})], [1, None]),
}


@one_database
@pytest.mark.parametrize("case", RECOGNISED)
def test_a_name_is_recognised(provider: Provider, settings: Settings, case: str) -> None:
    people, names, expected = RECOGNISED[case]
    assert owners(provider, settings, people, names) == expected


AMINA, PAUL = "Amina Benali", "Paul Étienne"
REFUSED: dict[str, tuple[list[Name], list[str]]] = {
    "somebody lacks": ([("AMINA BENALI", {})], [f"Aucune signature n’est au nom de {PAUL}"]),
    "somebody else": ([("AMINA BENALI", {}), ("PAULE ETIENNE", {})], [f"au nom de {PAUL}", "«\u00a0PAULE ETIENNE\u00a0» n’est pas"]),
    "the same person twice": ([("AMINA BENALI", {}), ("AMINA BENALI", {})], [f"au nom de {PAUL}", "«\u00a0AMINA BENALI\u00a0» n’est pas"]),
    "one too many": ([("AMINA BENALI", {}), ("PAUL ETIENNE", {}), ("AMINA BENALI", {})], ["a signé plus d’une fois"]),
    "a stranger besides": ([("AMINA BENALI", {}), ("PAUL ETIENNE", {}), ("LEA ROY", {})], ["«\u00a0LEA ROY\u00a0» n’est pas au nombre"]),
    "the seal for all": ([(SEAL, {ORGANISATION: SEAL})] * 2, [f"au nom de {AMINA}", f"au nom de {PAUL}"]),
}


@one_database
@pytest.mark.parametrize("case", REFUSED)
def test_another_name_is_refused_and_said(provider: Provider, settings: Settings, case: str) -> None:
    names, said = REFUSED[case]
    with pytest.raises(Misnamed) as caught:
        owners(provider, settings, [AMINA, PAUL], names)
    told = [_told(one) for one in caught.value.reasons]
    assert len(told) == len(said) and all(words in line for words, line in zip(said, told, strict=True)), told


def _told(one: Missing) -> str:
    return one.text % dict(one.params)


@one_database
def test_at_the_simple_level_names_are_only_read(provider: Provider, settings: Settings) -> None:
    simple = "electronic_signature"
    assert owners(provider, settings, [AMINA, PAUL], [("AMINA BENALI", {})], simple) == [1]
    assert owners(provider, settings, [AMINA, PAUL], [(SEAL, {ORGANISATION: SEAL})], simple) == [None]


@pytest.fixture
def advanced(work: Work, envelope: Envelope) -> Envelope:
    """Sent to be signed there, with the phones the level asks for."""
    lead = work.by(make.leader(envelope))
    providing.choose(lead, envelope, provider=True)
    for number, one in enumerate(envelope.signatories):
        providing.set_phone(lead, one, f"06 12 34 56 7{number}")
    services.send(lead, envelope)
    work.commit()
    return envelope


@pytest.mark.parametrize("level", [ADVANCED])
@pytest.mark.parametrize("name", ["GEORGES SAND", "AMINA BENALI"], ids=["somebody else", "the same person twice"])
def test_a_file_somebody_else_signed_is_not_taken_and_those_who_lead_read_why(
    work: Work,
    advanced: Envelope,
    provider: Provider,
    drain: Drain,
    engine: Engine,
    signed_in: SignIn,
    outgoing: list[EmailMessage],
    name: str,
) -> None:
    victim = advanced.signatories[1]
    expected, url = victim.name, f"/alliances/{advanced.alliance.ref}/signature"
    leader = kernel.speaker(advanced.alliance.parties[0])
    provider.named[victim.email] = name
    drain()
    provider.sign_all()
    with pytest.raises(Misnamed):
        look(engine, work, advanced)
    found, envelope = row(work, advanced), newest(work, advanced)
    assert found.trouble == "unsigned" and f"au nom de {expected}" in found.detail and name in found.detail
    assert envelope.status == EnvelopeStatus.sent and not any(one.revisions for one in envelope.documents)
    assert "pièces d’identité" in wording.trouble(found)
    work.session.refresh(leader)
    work.commit()
    page = signed_in(leader).get(url).text
    assert "n’est pas à son nom" in page and name in page


@pytest.mark.parametrize("level", [ADVANCED])
def test_each_under_their_name_it_completes(
    work: Work, advanced: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign_all()
    look(engine, work, advanced)
    envelope = newest(work, advanced)
    assert envelope.status == EnvelopeStatus.completed
    assert [one.signatory.name for one in envelope.documents[0].revisions if one.signatory] == list(make.NAMES)


def test_one_seal_for_all_completes_at_the_simple_level(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    provider.seals = True
    drain()
    provider.sign_all()
    look(engine, work, sent)
    envelope = newest(work, sent)
    assert envelope.status == EnvelopeStatus.completed
    assert {one.signatory for document in envelope.documents for one in document.revisions} == {None}
    assert all(one.audit_sha256 for one in row(work, sent).signers), "who signed is what its records say"


def test_done_without_somebody_by_its_own_record_is_not_complete(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    provider.seals = True
    drain()
    for one in (sent.signatories[0], sent.signatories[2]):
        provider.sign(one.email)
    provider.end("done")
    with pytest.raises(Misnamed):
        look(engine, work, sent)
    found, envelope = row(work, sent), newest(work, sent)
    assert found.trouble == "unsigned" and envelope.signatories[1].name in found.detail
    assert envelope.status == EnvelopeStatus.sent and not envelope.signatories[1].signed_at
