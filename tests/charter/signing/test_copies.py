"""To each its copy: members of every party, even one that has left since; and those a party names, until all have signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.alliances import services as kernel_services
from charter.errors import Gone, Invalid, NotFound, Refused
from charter.journal import services as journal
from charter.signing import letters, sealing, services
from charter.signing.models import CopyRecipient, Envelope
from charter.signing.services.copies import MOST_A_PARTY
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.roles import Role

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope


def ask(work: Work, envelope: Envelope, name: str = "Odile Roy", email: str = "odile@notaires.test", party: int = 1) -> CopyRecipient:
    """A party asks for a copy."""
    of = envelope.alliance.parties[party]
    return services.ask_copy(work, envelope, of, kernel.speaker(of), name, email)


def signed(work: Work, envelope: Envelope) -> None:
    for signatory in envelope.signatories:
        make.sign(work, signatory)
    work.commit()


def mails(outgoing: list[EmailMessage], subject: str) -> list[EmailMessage]:
    return [one for one in outgoing if str(one["Subject"]).startswith(subject)]


def files(message: EmailMessage) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), bytes(part.get_payload(decode=True))) for part in message.iter_attachments()]


def stored(work: Work, envelope: Envelope) -> list[tuple[str, bytes]]:
    work.session.expire_all()
    return [(services.describe(one).name, work.storage.get(one.current_sha256)) for one in envelope.documents]


def test_a_copy_leaves_once_everybody_has_signed(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    asked = ask(work, sent)
    work.commit()
    drain()
    assert not mails(outgoing, "Copie")
    signed(work, sent)
    drain()
    (copy,) = mails(outgoing, "Copie")
    assert copy["To"] == "Odile Roy <odile@notaires.test>"
    assert files(copy) == stored(work, sent)
    assert asked.sent_at is not None
    assert work.session.query(Person).filter_by(email="odile@notaires.test").count() == 0  # a copy opens no account
    work.commit()
    assert drain() == 0


def test_asking_and_removing_are_journalled_without_any_name(work: Work, envelope: Envelope) -> None:
    asked = ask(work, envelope)
    services.remove_copy(work, envelope, envelope.alliance.parties[1], asked.ref)
    told = [(fact.type, dict(fact.payload)) for fact in journal.facts(work, envelope.alliance_id) if "copy" in fact.type]
    payload = {"envelope": envelope.ref, "party": envelope.alliance.parties[1].ref, "copy": asked.ref}
    assert told == [("envelope.copy_asked", payload), ("envelope.copy_removed", payload)]
    assert services.copies_of(work, envelope) == []
    with pytest.raises(NotFound):
        services.remove_copy(work, envelope, envelope.alliance.parties[1], asked.ref)


def test_what_is_typed_wrong_names_its_field(work: Work, envelope: Envelope) -> None:
    ask(work, envelope)
    member = kernel.speaker(envelope.alliance.parties[2]).email
    for name, email, field in (
        ("O", "autre@notaires.test", "name"),
        ("Odile Roy", "odile", "email"),
        ("Odile Roy", "ODILE@notaires.test", "email"),
        ("Zoé Nguyen", member, "email"),
    ):
        with pytest.raises(Invalid) as refusal:
            ask(work, envelope, name, email)
        assert list(refusal.value.fields) == [field]


def test_ten_a_party_at_most(work: Work, envelope: Envelope) -> None:
    for number in range(MOST_A_PARTY):
        ask(work, envelope, f"Personne {number}", f"copie{number}@exemple.test")
    with pytest.raises(Refused, match="retirez-en un"):
        ask(work, envelope)
    assert ask(work, envelope, party=2).party_id == envelope.alliance.parties[2].id


def test_nothing_is_asked_or_removed_once_it_is_over(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    asked = ask(work, sent)
    signed(work, sent)
    drain()
    work.session.expire_all()
    with pytest.raises(Refused):
        ask(work, sent, email="autre@notaires.test")
    with pytest.raises(Refused):
        services.remove_copy(work, sent, sent.alliance.parties[1], asked.ref)


def test_a_copy_of_documents_taken_back_never_leaves(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    asked = ask(work, sent)
    services.void(work.by(make.leader(sent)), sent, "Une clause manque.")
    work.commit()
    drain()
    assert not mails(outgoing, "Copie")
    with pytest.raises(Gone):
        services.copy_of(work, services.copy_token(work, asked))


def test_somebody_who_became_a_member_gets_one_mail(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    ask(work, sent)
    kernel_services.enrol(work, sent.alliance.parties[0], kernel.person(work, "Odile Roy", "odile@notaires.test"), [Role.observer.value])
    signed(work, sent)
    drain()
    assert not mails(outgoing, "Copie")
    assert [one["To"] for one in mails(outgoing, "Signé par tous")].count("Odile Roy <odile@notaires.test>") == 1


def test_each_member_gets_a_copy_even_of_a_party_that_left_since_and_a_signatory_no_longer_a_member(
    work: Work, engine: Engine, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    alliance = sent.alliance
    reader = kernel_services.enrol(work, alliance.parties[2], kernel.person(work, "Lectrice"), [Role.observer.value])
    colleague = kernel_services.enrol(work, alliance.parties[1], kernel.person(work, "Inès Roux"), kernel.SPEAKS)
    make.sign(work, sent.signatories[1])
    work.commit()
    assert sealing.seal(engine, sent.signatories[1].id)
    work.session.expire_all()
    kernel_services.end_membership(work, alliance.parties[1].members[0])
    for one in (sent.signatories[0], sent.signatories[2]):
        make.sign(work, one)
        work.commit()
        assert sealing.seal(engine, one.id)
        work.session.expire_all()
    kernel_services.leave(work, alliance.parties[2], "Nous partons.")  # before any mail left
    wanted = {one.email for one in sent.signatories} | {reader.person.email, colleague.person.email, alliance.facilitators[0].person.email}
    work.commit()
    drain()
    completed = mails(outgoing, "Signé par tous")
    assert {str(one["To"]).split("<")[1].rstrip(">") for one in completed} == wanted
    assert len(completed) == len(wanted)
    for message in completed:
        assert files(message) == stored(work, sent)
    work.commit()
    assert drain() == 0


# over the web -------------------------------------------------------------------------------------------

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@only_sqlite
def test_a_heavy_copy_is_fetched_without_an_account(
    work: Work,
    sent: Envelope,
    clock: FixedClock,
    drain: Drain,
    outgoing: list[EmailMessage],
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "MOST_BYTES", 1000)
    ask(work, sent)
    signed(work, sent)
    drain()
    (copy,) = mails(outgoing, "Copie")
    assert files(copy) == []
    (path,) = re.findall(r"http://charte\.test(/copie/\S+)", make.words_of(copy))
    page = client.get(path)
    assert page.status_code == 200 and "Vigie Sécurité" in page.text and "(heure de Paris)" in page.text
    expected = stored(work, sent)
    work.commit()
    assert [client.get(f"{path}/{kind}.pdf").data for kind in ("charter", "contract")] == [data for _, data in expected]
    assert client.get(f"{path}/evidence.pdf").status_code == 404
    assert client.get(f"/copie/{path.removeprefix('/copie/').swapcase()}").status_code == 410
    assert client.get("/compte").status_code == 302
    clock.advance(timedelta(days=90))
    assert client.get(path).status_code == client.get(f"{path}/charter.pdf").status_code == 410


@only_sqlite
def test_asking_on_the_pages(signed_in: SignIn, work: Work, sent: Envelope) -> None:
    alliance = sent.alliance
    url, own, other = f"/alliances/{alliance.ref}/signature/copies", alliance.parties[1].ref, alliance.parties[2].ref
    referent, leader = kernel.speaker(alliance.parties[1]), kernel.speaker(alliance.parties[0])
    facilitator, elsewhere = alliance.facilitators[0].person, kernel.speaker(alliance.parties[2])
    writer = kernel_services.enrol(work, alliance.parties[1], kernel.person(work), [Role.drafter.value]).person
    work.commit()
    browser = signed_in(referent)
    assert browser.get(f"{url}/{own}").status_code == 200
    refused = browser.post(f"{url}/{own}", data={"name": "Odile Roy", "email": "odile"})
    assert refused.status_code == 422 and 'value="Odile Roy"' in refused.text and 'value="odile"' in refused.text
    assert browser.post(f"{url}/{own}", data={"name": "Odile Roy", "email": "odile@notaires.test"}).location == url
    assert browser.get(f"{url}/{other}").status_code == browser.post(f"{url}/{other}").status_code == 403
    assert signed_in(writer).post(f"{url}/{own}").status_code == 403
    assert signed_in(leader).post(f"{url}/{other}", data={"name": "Jean Bo", "email": "jean@bo.test"}).status_code == 302
    assert signed_in(facilitator).get(f"{url}/{own}").status_code == 200
    shown = signed_in(elsewhere).get(url).text
    assert "Odile Roy" in shown and "odile@notaires.test" not in shown and "jean@bo.test" in shown
    assert "odile@notaires.test" in browser.get(url).text
    assert "Une copie sera envoyée à 2 personnes de plus." in browser.get(url.removesuffix("/copies")).text
    work.session.expire_all()
    copy, _ids = services.copies_of(work, sent)[0].ref, (referent.id, elsewhere.id)
    work.commit()
    assert signed_in(elsewhere).post(f"{url}/{own}/{copy}/retrait").status_code == 403
    assert browser.post(f"{url}/{other}/{copy}/retrait").status_code == 403
    assert browser.post(f"{url}/{own}/{copy}/retrait").location == url
    assert "Odile Roy" not in browser.get(url).text


@only_sqlite
def test_asking_over_the_api(client: FlaskClient, work: Work, sent: Envelope) -> None:
    alliance = sent.alliance
    referent, elsewhere = (
        {"Authorization": f"Bearer {make_token(work, kernel.speaker(party), 'essai')[0]}"} for party in alliance.parties[1:3]
    )
    url, own = f"/api/v1/alliances/{alliance.ref}/signature/copies", alliance.parties[1].ref
    work.commit()
    wrong = client.post(f"{url}/{own}", json={"name": "O", "email": "odile"}, headers=referent)
    assert wrong.status_code == 422
    made = client.post(f"{url}/{own}", json={"name": "Odile Roy", "email": "odile@notaires.test"}, headers=referent)
    assert made.status_code == 201 and made.json is not None and made.json["email"] == "odile@notaires.test"
    told = client.get(url, headers=elsewhere).json
    assert told is not None and [(one["name"], one["email"], one["party"]) for one in told] == [("Odile Roy", "", own)]
    assert client.delete(f"{url}/{own}/{made.json['ref']}", headers=elsewhere).status_code == 403
    assert client.delete(f"{url}/{own}/{made.json['ref']}", headers=referent).status_code == 204
    assert client.get(url, headers=referent).json == []


@only_sqlite
def test_a_party_that_left_keeps_everything_while_the_alliance_exists(
    work: Work, engine: Engine, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], signed_in: SignIn, clock: FixedClock
) -> None:
    """It leaves before the evidence is made, the alliance ends, years pass: documents and evidence are there, on pages and API."""
    alliance, gone = sent.alliance, sent.alliance.parties[1]
    person = kernel.speaker(gone)
    for one in sent.signatories:
        make.sign(work, one)
        work.commit()
        assert sealing.seal(engine, one.id)
        work.session.expire_all()
    kernel_services.leave(work, gone, "Nous partons.")
    kernel_services.abandon(work.by(make.leader(sent)), alliance, "Fin.")
    work.commit()
    drain()
    clock.advance(timedelta(days=800))
    bearer = {"Authorization": f"Bearer {make_token(work, person, 'essai')[0]}"}
    work.session.expire_all()
    expected, proofs = stored(work, sent), [work.storage.get(digest) for digest in (sent.evidence_pdf, sent.evidence_json)]
    url, ref, _id = f"/alliances/{alliance.ref}/signature", sent.ref, person.id
    work.commit()
    browser = signed_in(person)
    assert "Dossier de preuve" in browser.get(url).text
    for address, headers in ((f"{url}/enveloppes/{ref}/{{}}.pdf", None), (f"/api/v1{url}/documents/{{}}.pdf", bearer)):
        assert [browser.get(address.format(kind), headers=headers).data for kind in ("charter", "contract")] == [
            data for _, data in expected
        ]
    assert [browser.get(f"{url}/enveloppes/{ref}/preuve.{form}").data for form in ("pdf", "json")] == proofs
    assert [browser.get(f"/api/v1{url}/evidence.{form}", headers=bearer).data for form in ("pdf", "json")] == proofs
