"""The pages: three steps that sign nothing until the last, refusals that keep what was typed, files as stored."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.services import enrol, leave
from charter.contracts import services as contracts
from charter.contracts.models import Contract, Document
from charter.signing import services
from charter.signing.models import Code, Envelope, Signatory
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.contracts import ContractStatus
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
READ = {"read": ["charter", "contract"]}


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # one is enough for what pages add


def loaded(work: Work, envelope: Envelope) -> Envelope:
    """The envelope as it stands, all that a test looks at loaded, so that no transaction of the test's keeps the server waiting."""
    work.session.expire_all()
    for party in envelope.alliance.parties:
        _ = party.name, [one.person.email for one in party.members]
    _ = [one.person.email for one in envelope.alliance.facilitators], [one.party.name for one in envelope.signatories]
    _ = [one.kind for one in envelope.documents], envelope.contract.assembled, [one.person.email for one in envelope.signatories]
    work.commit()
    return envelope


@pytest.fixture
def envelope(work: Work) -> Envelope:
    """A draft envelope."""
    return loaded(work, make.envelope(work))


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    services.send(work.by(make.leader(envelope)), envelope)
    return loaded(work, envelope)


@pytest.fixture
def url(envelope: Envelope) -> str:
    """The signature's address."""
    return f"/alliances/{envelope.alliance.ref}/signature"


def replica(work: Work, document: Document, contract: Contract) -> Document:
    """The same document, in a later version of the contract."""
    names = ("alliance_id", "kind", "position", "title", "sha256", "pages", "size", "created_at")
    made = {name: getattr(document, name) for name in names}
    contract.status = ContractStatus.frozen
    return work.add(Document(contract=contract, version=contract.version, **made))


def status_of(work: Work, signatory: Signatory) -> SignatoryStatus:
    work.session.expire_all()
    status = work.get(Signatory, signatory.id).status
    work.commit()
    return status


def last_code(work: Work, signatory: Signatory) -> str:
    work.session.expire_all()
    code = make.code_of(work, signatory)
    work.commit()
    return code


def test_prepared_then_sent(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    browser = signed_in(kernel.speaker(envelope.alliance.parties[0]))
    shown = browser.get(f"{url}/preparation").text
    for words in (*make.NAMES, "Délibération n° 2026-014 du 12 février 2026", "arrêté du 22 mars 2019"):
        assert words in shown
    party = envelope.alliance.parties[1]
    answer = browser.post(f"{url}/preparation/{party.ref}", data={"member": party.members[0].id, "title": ""})
    assert answer.status_code == 422
    answer = browser.post(f"{url}/preparation/{party.ref}", data={"member": party.members[0].id, "title": "gérant"})
    assert answer.status_code == 409 and "refaites les documents" in answer.text
    answer = browser.post(f"{url}/preparation/{party.ref}", data={"member": party.members[0].id, "title": make.TITLES[1]})
    assert answer.status_code == 302
    assert browser.post(f"{url}/echeance", data={"deadline": "2020-01-01"}).status_code == 422
    assert browser.post(f"{url}/echeance", data={"deadline": "2026-03-31"}).status_code == 302
    assert "mardi 31 mars 2026" in browser.get(f"{url}/preparation").text
    assert browser.post(f"{url}/envoi").status_code == 302
    assert loaded(work, envelope).status == EnvelopeStatus.sent
    assert browser.get(f"{url}/preparation").location == url


def test_a_party_chooses_its_own_signatory_and_no_other(signed_in: SignIn, envelope: Envelope, url: str) -> None:
    browser = signed_in(kernel.speaker(envelope.alliance.parties[1]))
    own, other = envelope.alliance.parties[1], envelope.alliance.parties[2]
    assert browser.get(f"{url}/preparation").status_code == 200
    assert browser.get(f"{url}/preparation/{own.ref}").status_code == 200
    assert browser.get(f"{url}/preparation/{other.ref}").status_code == 403
    assert browser.post(f"{url}/envoi").status_code == 403


def test_the_three_steps(signed_in: SignIn, sent: Envelope, url: str, work: Work, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = sent.signatories[0]
    browser = signed_in(own.person)
    assert "Lisez ce que vous allez signer" in browser.get(f"{url}/ceremonie").text
    assert browser.get(f"{url}/ceremonie/identite").location == f"{url}/ceremonie"
    assert browser.get(f"{url}/ceremonie/signer").location == f"{url}/ceremonie"
    assert status_of(work, own) == SignatoryStatus.waiting
    assert browser.post(f"{url}/ceremonie/lecture", data=READ).location == f"{url}/ceremonie/identite"
    assert browser.get(f"{url}/ceremonie/signer").location == f"{url}/ceremonie/identite"
    assert browser.post(f"{url}/ceremonie/code").location == f"{url}/ceremonie/identite"
    code = last_code(work, own)
    assert browser.post(f"{url}/ceremonie/identite", data={"code": code}).location == f"{url}/ceremonie/signer"
    page = browser.get(f"{url}/ceremonie/signer").text
    sentence = services.sentence(own)
    work.commit()
    assert f"<p>{sentence}</p>" in page
    assert browser.post(f"{url}/ceremonie/signer", data={"sentence": sentence}).status_code == 422
    assert browser.post(f"{url}/ceremonie/signer", data={"sentence": "Rien.", "agreed": "true"}).status_code == 409
    assert browser.post(f"{url}/ceremonie/signer", data={"sentence": sentence, "agreed": "true"}).location == url
    assert "en train d’être apposée" in browser.get(url).text
    assert 'hx-trigger="every 2s"' in browser.get(url).text
    assert "HX-Refresh" not in browser.get(f"{url}/avancement").headers
    assert browser.post(f"{url}/ceremonie/signer", data={"sentence": sentence, "agreed": "true"}).location == url
    drain()
    assert status_of(work, own) == SignatoryStatus.signed
    last = browser.get(f"{url}/avancement")
    assert 'hx-trigger="every 2s"' not in last.text
    assert last.headers["HX-Refresh"] == "true", "what is to be done, above, is not the same any more"
    assert browser.get(f"{url}/ceremonie").location == url


def test_the_documents_are_read_in_the_page(signed_in: SignIn, sent: Envelope, url: str, work: Work) -> None:
    browser = signed_in(sent.signatories[0].person)
    page = browser.get(f"{url}/ceremonie").text
    for article in sent.contract.assembled["charter"]["articles"]:
        assert article["title"] in page
    for document in sent.documents:
        assert document.original_sha256 in page
        answer = browser.get(f"{url}/lecture/{document.kind}.pdf")
        assert answer.data == work.storage.get(document.original_sha256)
        assert answer.headers["Content-Disposition"].startswith("inline")


def test_a_wrong_code_counts_though_it_is_refused(signed_in: SignIn, sent: Envelope, url: str, work: Work) -> None:
    own = sent.signatories[0]
    browser = signed_in(own.person)
    browser.post(f"{url}/ceremonie/lecture", data=READ)
    browser.post(f"{url}/ceremonie/code")
    right = last_code(work, own)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (
        "Il vous reste 4 essais",
        "Il vous reste 3 essais",
        "Il vous reste 2 essais",
        "Il vous reste 1 essai",
        "essayé trop de fois",
    ):
        answer = browser.post(f"{url}/ceremonie/identite", data={"code": wrong})
        assert answer.status_code == 422
        assert left in answer.text
    assert "essayé trop de fois" in browser.post(f"{url}/ceremonie/identite", data={"code": right}).text
    work.session.expire_all()
    assert work.session.query(Code).one().tries == 5


def test_too_many_codes(signed_in: SignIn, sent: Envelope, url: str) -> None:
    browser = signed_in(sent.signatories[0].person)
    browser.post(f"{url}/ceremonie/lecture", data=READ)
    assert [browser.post(f"{url}/ceremonie/code").status_code for _ in range(6)] == [302] * 5 + [429]


def test_a_forwarded_link_lets_nobody_else_sign(signed_in: SignIn, sent: Envelope, url: str, work: Work, client: FlaskClient) -> None:
    own = sent.signatories[0]
    colleague = kernel.person(work, "Collègue")
    enrol(work, own.party, colleague, kernel.SPEAKS, "trésorier")
    stranger = kernel.person(work, "Passant")
    work.commit()
    for method, path in (("get", ""), ("post", "/lecture"), ("post", "/code"), ("post", "/signer")):
        answer = getattr(signed_in(colleague), method)(f"{url}/ceremonie{path}")
        assert answer.status_code == 403
        assert "Amina Benali" in answer.text
    assert signed_in(stranger).get(f"{url}/ceremonie").status_code == 404
    assert client.get(f"{url}/ceremonie").location.startswith("/connexion?suite=")
    assert status_of(work, own) == SignatoryStatus.waiting


def test_the_facilitator_signs_nothing(signed_in: SignIn, sent: Envelope, url: str) -> None:
    browser = signed_in(sent.alliance.facilitators[0].person)
    assert browser.get(url).status_code == 200
    assert browser.get(f"{url}/ceremonie").status_code == 403
    assert browser.post(f"{url}/ceremonie/signer").status_code == 403


def test_refusing_keeps_what_was_typed_then_tells_everybody(signed_in: SignIn, sent: Envelope, url: str, work: Work) -> None:
    browser = signed_in(sent.signatories[1].person)
    assert browser.post(f"{url}/refus", data={"reason": ""}).status_code == 422
    assert browser.post(f"{url}/refus", data={"reason": "Le montant a changé."}).status_code == 302
    shown = browser.get(url).text
    assert "Le montant a changé." in shown
    assert "Une partie a refusé de signer" in shown


def test_taking_back_and_reminding(signed_in: SignIn, sent: Envelope, url: str) -> None:
    browser = signed_in(kernel.speaker(sent.alliance.parties[0]))
    relance = f"{url}/relance/{sent.signatories[1].ref}"
    assert f'action="{relance}"' in browser.get(url).text
    assert browser.post(relance).status_code == 302
    assert browser.post(relance).status_code == 429
    assert browser.post(f"{url}/annulation", data={"reason": "x"}).status_code == 422
    assert browser.post(f"{url}/annulation", data={"reason": "Une clause manque."}).status_code == 302
    assert "Une clause manque." in browser.get(url).text


def test_files_are_the_stored_bytes_even_for_a_party_that_left(
    signed_in: SignIn, sent: Envelope, url: str, work: Work, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    for signatory in sent.signatories:
        make.sign(work, signatory)
    work.commit()
    drain()
    work.session.expire_all()
    leave(work, sent.alliance.parties[1], "Nous partons.")
    loaded(work, sent)
    for party in sent.alliance.parties[:2]:
        browser = signed_in(kernel.speaker(party))
        assert "Tout le monde a signé" in browser.get(url).text
        for document in sent.documents:
            answer = browser.get(f"{url}/enveloppes/{sent.ref}/{document.kind}.pdf")
            assert answer.data == work.storage.get(document.current_sha256)
            assert answer.headers["Content-Disposition"].startswith("attachment")
        for form, digest in (("pdf", sent.evidence_pdf), ("json", sent.evidence_json)):
            assert browser.get(f"{url}/enveloppes/{sent.ref}/preuve.{form}").data == work.storage.get(digest)


def test_a_party_that_left_sees_no_later_envelope(signed_in: SignIn, sent: Envelope, url: str, work: Work) -> None:
    gone = sent.alliance.parties[1]
    leave(work, gone, "Nous partons.")
    services.void(work.by(make.leader(sent)), sent, "Une partie est partie.")
    contract = contracts.contract_of(work, sent.alliance)
    contract.assembled = sent.contract.assembled
    documents = [replica(work, one.document, contract) for one in sent.documents]
    later = services.open_envelope(work, sent.alliance, contract.id)
    assert [one.document_id for one in later.documents] == [one.id for one in documents]
    kept, later_url = sent.ref, f"{url}/enveloppes/{later.ref}/contract.pdf"
    token = {"Authorization": f"Bearer {make_token(work, kernel.speaker(gone), 'essai')[0]}"}
    loaded(work, sent)
    browser, other = signed_in(kernel.speaker(gone)), signed_in(kernel.speaker(sent.alliance.parties[0]))
    assert browser.get(later_url).status_code == 404
    assert browser.get(f"{url}/enveloppes/{kept}/contract.pdf").status_code == 200
    assert "annul" in browser.get(url).text
    api = browser.get(f"/api/v1{url}", headers=token)
    assert api.json is not None
    assert api.json["ref"] == kept
    assert other.get(later_url).status_code == 200
