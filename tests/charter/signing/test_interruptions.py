"""Off the happy path: signed twice, back after signing, a code of another mail, somebody else's link, a lost connection, an ended session.
Each time one signature or none, and the page says which.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from charter.accounts.models import Person, SignedSession
from charter.accounts.services import actor_of
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.errors import Gone, TooMany
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Envelope, Signatory
from charter.signing.services.codes import MAX_TRIES
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.signing import SignatoryStatus

SignIn = Callable[[Person], FlaskClient]
READ = {"read": ["charter", "contract"]}


@pytest.fixture
def amina(work: Work, envelope: Envelope) -> Signatory:
    """The first signatory of an envelope sent."""
    services.send(work.by(make.leader(envelope)), envelope)
    return kept(work, envelope.signatories[0])


@pytest.fixture
def url(amina: Signatory) -> str:
    """The ceremony's address."""
    return f"/alliances/{amina.envelope.alliance.ref}/signature/ceremonie"


def kept(work: Work, signatory: Signatory) -> Signatory:
    """Read afresh, with what tests look at, and no transaction left open."""
    work.session.expire_all()
    _ = signatory.person.email, signatory.envelope.alliance.ref, [one.kind for one in signatory.steps], signatory.status
    _ = [(one.name, one.person.email) for one in signatory.envelope.signatories]
    work.commit()
    return signatory


def identified(work: Work, signatory: Signatory) -> str:
    """They may sign; the sentence."""
    make.identify(work, signatory)
    sentence = services.sentence(signatory)
    work.commit()
    kept(work, signatory)
    return sentence


def together(*calls: Callable[[], object]) -> list[object]:
    """The calls at the same instant; what each returned or raised."""
    found: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(position: int) -> None:
        barrier.wait()
        try:
            found[position] = calls[position]()
        except Exception as error:
            found[position] = error

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def one_signature(work: Work, signatory: Signatory) -> None:
    """Exactly one consent, one seal asked for, one line in the journal."""
    again = kept(work, signatory)
    assert [step.kind for step in again.steps].count("confirmed") == 1
    assert work.session.query(Outbox).filter_by(name="signing.seal").count() == 1
    facts = [fact.type for fact in journal.facts(work, again.envelope.alliance_id)]
    assert facts.count("signature.confirmed") == 1
    work.commit()


def test_two_devices_at_the_same_instant(work: Work, engine: Engine, amina: Signatory) -> None:
    sentence, id_, actor = identified(work, amina), amina.id, actor_of(amina.person)
    work.commit()

    def sign() -> str:
        with engine.work(actor=actor) as mine:
            services.confirm(mine, mine.get(Signatory, id_), sentence)
        return "signed"

    found = together(*[sign] * 4)
    assert found.count("signed") == 1
    assert sum(isinstance(one, services.AlreadySigned) for one in found) == 3
    one_signature(work, amina)


def test_two_windows_at_the_same_instant(work: Work, amina: Signatory, url: str, signed_in: SignIn) -> None:
    sentence = identified(work, amina)
    browsers = [signed_in(amina.person) for _ in range(2)]
    work.commit()
    form = {"sentence": sentence, "agreed": "true"}
    answers = together(*[lambda one=one: one.post(f"{url}/signer", data=form) for one in browsers])
    assert [one.status_code for one in answers if isinstance(one, TestResponse)] == [302, 302]
    pages = [one.get(url.removesuffix("/ceremonie")).text for one in browsers]
    assert sorted("Votre accord est enregistré" in one for one in pages) == [False, True]
    assert sorted("Vous avez déjà signé, le 3 mars 2026 à 10:00 (heure de Paris)" in one for one in pages) == [False, True]
    one_signature(work, amina)


def test_two_codes_typed_at_the_same_instant(work: Work, engine: Engine, amina: Signatory) -> None:
    hers = make.acting(work, amina)
    services.open_documents(hers, amina)
    services.send_code(hers, amina)
    code, id_, actor = make.code_of(work, amina), amina.id, actor_of(amina.person)
    work.commit()

    def type_it() -> str:
        with engine.work(actor=actor) as mine:
            services.identify(mine, mine.get(Signatory, id_), code)
        return "right"

    found = together(type_it, type_it)
    assert found.count("right") == 1
    assert sum(isinstance(one, Gone) for one in found) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """What each page says."""

    def test_back_after_signing(self, work: Work, amina: Signatory, url: str, signed_in: SignIn) -> None:
        sentence, browser = identified(work, amina), signed_in(amina.person)
        page = browser.get(f"{url}/signer")
        assert "no-store" in page.headers["Cache-Control"]  # the browser asks again instead of showing what it kept
        assert "Rien n’est encore signé" in page.text
        assert browser.post(f"{url}/signer", data={"sentence": sentence, "agreed": "true"}).status_code == 302
        for path in ("", "/identite", "/signer"):
            answer = browser.get(f"{url}{path}")
            assert answer.location == url.removesuffix("/ceremonie")
            assert "Vous avez déjà signé" in browser.get(answer.location).text
        for path, form in (("/identite", {"code": "123456"}), ("/code", {}), ("/signer", {}), ("/cle", {})):
            assert "Vous avez déjà signé" in browser.post(f"{url}{path}", data=form, follow_redirects=True).text
        refusal = url.replace("ceremonie", "refus")
        assert "Vous avez déjà signé" in browser.post(refusal, data={"reason": "Trop tard ?"}, follow_redirects=True).text
        one_signature(work, amina)

    def test_the_state_after_a_lost_connection(self, work: Work, amina: Signatory, url: str, signed_in: SignIn) -> None:
        sentence, browser = identified(work, amina), signed_in(amina.person)
        lost = browser.get(f"{url}/etat")
        assert lost.json == {
            "signed": False,
            "said": "Votre demande ne nous est pas parvenue : rien n’est signé. Appuyez de nouveau.",
            "next": f"{url}/signer",
        }
        assert "no-store" in lost.headers["Cache-Control"]
        browser.post(f"{url}/signer", data={"sentence": sentence, "agreed": "true"})
        arrived = browser.get(f"{url}/etat").json
        assert arrived is not None
        assert (arrived["signed"], arrived["next"]) == (True, url.removesuffix("/ceremonie"))
        assert arrived["said"].startswith("Vous avez déjà signé, le 3 mars 2026")

    def test_an_identification_over_at_the_click(
        self, work: Work, amina: Signatory, url: str, signed_in: SignIn, clock: FixedClock
    ) -> None:
        sentence, browser = identified(work, amina), signed_in(amina.person)
        clock.advance(timedelta(minutes=15))
        answer = browser.post(f"{url}/signer", data={"sentence": sentence, "agreed": "true"})
        assert answer.location == f"{url}/identite"
        assert "Votre identification a expiré : rien n’a été signé." in browser.get(answer.location).text
        assert browser.get(f"{url}/etat").json["next"] == f"{url}/identite"  # type: ignore[index]

    def test_what_the_code_is_worth_is_said(self, amina: Signatory, url: str, signed_in: SignIn, work: Work, clock: FixedClock) -> None:
        browser = signed_in(amina.person)
        browser.post(f"{url}/lecture", data=READ)
        assert "Il reste à vous identifier" in browser.get(f"{url}/identite").text
        browser.post(f"{url}/code")
        assert "envoyé à 10:00 : il est valable jusqu’à 10:10" in browser.get(f"{url}/identite").text
        older = code(work, amina)
        clock.advance(timedelta(minutes=2))
        browser.post(f"{url}/code")
        if older != code(work, amina):
            assert "courriel plus ancien" in browser.post(f"{url}/identite", data={"code": older}).text
        clock.advance(timedelta(minutes=10))
        assert "n’est plus valable depuis 10:12" in browser.get(f"{url}/identite").text
        assert "n’est plus valable" in browser.post(f"{url}/identite", data={"code": code(work, amina)}).text
        browser.post(f"{url}/code")
        wrong = f"{(int(code(work, amina)) + 1) % 10**6:06d}"
        for _ in range(MAX_TRIES):
            browser.post(f"{url}/identite", data={"code": wrong})
        assert "essayé trop de fois : il ne sert plus" in browser.get(f"{url}/identite").text

    def test_a_link_forwarded_to_somebody_else(
        self, work: Work, amina: Signatory, url: str, signed_in: SignIn, client: FlaskClient
    ) -> None:
        outsider, colleague = kernel.person(work, "Passant", "passant@exemple.fr"), amina.envelope.signatories[1].person
        work.commit()
        elsewhere = signed_in(outsider).get(url)
        assert elsewhere.status_code == 404
        assert "Vous êtes connecté avec l’adresse passant@exemple.fr" in elsewhere.text
        assert "Changer de compte" in elsewhere.text
        assert amina.email not in elsewhere.text
        work.commit()
        theirs = signed_in(colleague).get(url)
        assert "Paul Étienne" not in theirs.text or theirs.status_code == 200  # their own place, not hers
        assert client.get(url).location == f"/connexion?suite={url}"
        assert "Amina Benali" not in client.get(client.get(url).location).text
        assert kept(work, amina).status == SignatoryStatus.waiting


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestSessionEnded:
    """The session ends in the middle: nothing typed is lost, and one comes back to the same step."""

    @pytest.fixture
    def ended(self, work: Work, amina: Signatory, url: str, signed_in: SignIn) -> FlaskClient:
        browser = signed_in(amina.person)
        browser.post(f"{url}/lecture", data=READ)
        work.session.query(SignedSession).update({"revoked_at": work.now()})
        work.commit()
        return browser

    def test_a_form_brings_back_to_its_page(self, ended: FlaskClient, url: str) -> None:
        for path, step in (("/signer", "/signer"), ("/code", "/identite")):
            headers = {"Referer": f"http://localhost{url}{step}"}
            assert ended.post(f"{url}{path}", headers=headers).location == f"/connexion?suite={url}{step}"
        assert ended.get(f"{url}/identite").location == f"/connexion?suite={url}/identite"
        elsewhere = ended.post(f"{url}/code", headers={"Referer": "https://voleur.test/alliances"})
        assert elsewhere.location == "/connexion"

    def test_words_typed_are_kept_and_sent_again(
        self, ended: FlaskClient, amina: Signatory, url: str, work: Work, signed_in: SignIn
    ) -> None:
        refusal, reason = url.replace("ceremonie", "refus"), "Le montant de l’article 3 n’est pas celui convenu."
        answer = ended.post(refusal, data={"reason": reason, "csrf_token": "x"}, headers={"Referer": f"http://localhost{refusal}"})
        assert answer.status_code == 401
        assert f'<input type="hidden" name="reason" value="{reason}">' in answer.text
        assert 'value="x"' not in answer.text  # a new token takes the place of the old one
        assert f'action="{refusal}"' in answer.text
        assert f'href="/connexion?suite={refusal}"' in answer.text
        assert kept(work, amina).status == SignatoryStatus.opened
        assert signed_in(amina.person).post(refusal, data={"reason": reason}).status_code == 302
        assert kept(work, amina).decline_reason == reason

    def test_a_code_typed_is_kept(self, ended: FlaskClient, url: str) -> None:
        answer = ended.post(f"{url}/identite", data={"code": "123 456"})
        assert (answer.status_code, 'name="code" value="123 456"' in answer.text) == (401, True)


def test_exhausted_tries_then_a_new_code(work: Work, amina: Signatory) -> None:
    hers = make.acting(work, amina)
    services.open_documents(hers, amina)
    services.send_code(hers, amina)
    right = make.code_of(hers, amina)
    for _ in range(MAX_TRIES):
        with pytest.raises((services.WrongCode, TooMany)):
            services.identify(hers, amina, f"{(int(right) + 1) % 10**6:06d}")
    services.send_code(hers, amina)
    services.identify(hers, amina, make.code_of(hers, amina))
    assert services.identified(hers, amina)


def code(work: Work, signatory: Signatory) -> str:
    """The last code mailed."""
    work.session.expire_all()
    found = make.code_of(work, signatory)
    work.commit()
    return found
