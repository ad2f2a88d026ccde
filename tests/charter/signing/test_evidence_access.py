"""Who may take the whole evidence, which holds everybody's network address; what others are told, and what they may read."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import actor_of, make_token
from charter.alliances.services import enrol
from charter.signing import services
from charter.signing.models import Envelope
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.proposals import PartyStatus
from workflows.roles import Role

SignedIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WHOLE = ("dossier.zip", "preuve.pdf", "preuve.json")


@pytest.fixture
def cast(work: Work, envelope: Envelope, drain: Callable[[], int], outgoing: list[EmailMessage]) -> dict[str, Person]:
    """Everybody signed and the evidence is made; people of every sort around it, the third party having left."""
    first, second, third = (one.party for one in envelope.signatories)
    approver = enrol(work, second, kernel.person(work, "Léa Visa"), [Role.observer.value])
    services.ask_visa(work.by(actor_of(kernel.speaker(second))), envelope, second, services.Choice(approver.id))
    services.send(work.by(make.leader(envelope)), envelope)
    services.give_visa(work.by(actor_of(approver.person)), envelope.approvers[0])
    for signatory in envelope.signatories:
        make.sign(work, signatory)
    work.commit()
    drain()
    found = {"an approver": approver.person, "the facilitator": envelope.alliance.facilitators[0].person}
    for name, party in (("leading", first), ("other", second), ("departed", third)):
        found[f"the signatory of the {name} party"] = kernel.speaker(party)
        for role in Role:
            found[f"{role.value} of the {name} party"] = enrol(work, party, kernel.person(work), [role.value]).person
    third.status = PartyStatus.left
    late = kernel.party(work, envelope.alliance, kernel.DEFAULT_KINDS[0], name="Arrivée ensuite")
    found["the speaker of a party that came later"] = kernel.speaker(late)
    work.commit()
    for person in found.values():
        assert person.id
    assert envelope.alliance.ref and envelope.ref
    work.commit()
    return found


def may(name: str) -> bool:
    """What the rule says."""
    return not name.startswith(("observer", "drafter")) and "came later" not in name


def test_the_whole_evidence_goes_to_those_it_concerns(
    work: Work, envelope: Envelope, cast: dict[str, Person], signed_in: SignedIn, client: FlaskClient
) -> None:
    alliance, wrong = f"/alliances/{envelope.alliance.ref}/signature", []
    addresses = [f"{alliance}/enveloppes/{envelope.ref}/{path}" for path in WHOLE]
    over_api = [f"/api/v1{alliance}/evidence.{form}" for form in ("zip", "pdf", "json")]
    tokens = {name: make_token(work, person, "essai")[0] for name, person in cast.items()}
    work.commit()
    for name, person in cast.items():
        browser, headers = signed_in(person), {"Authorization": f"Bearer {tokens[name]}"}
        page = browser.get(alliance).text
        expected = 200 if may(name) else 403
        for path in addresses:
            answer = browser.get(path, buffered=True)
            if answer.status_code != expected or (path in page) is not may(name):
                wrong.append((name, path, answer.status_code, path in page))
            if expected == 403:
                assert "référents" in answer.text and "adresse réseau" in answer.text
        for path in over_api:
            told = client.get(path, headers=headers, buffered=True)
            if told.status_code != expected or (expected == 403 and "référents" not in told.get_json()["detail"]):
                wrong.append((name, path, told.status_code, True))
    assert wrong == []


def test_from_word_to_signature_shows_nobodys_address(
    work: Work, envelope: Envelope, cast: dict[str, Person], signed_in: SignedIn, client: FlaskClient
) -> None:
    observer = cast["observer of the other party"]
    work.session.expire_all()
    evidence = services.evidence(work, envelope, "json").decode()
    assert make.ADDRESS in evidence and make.BROWSER in evidence
    token, _kept = make_token(work, observer, "essai")
    emails = [one.email for one in envelope.signatories]
    work.commit()
    page = signed_in(observer).get(f"/alliances/{envelope.alliance.ref}/signature/enveloppes/{envelope.ref}/mots")
    told = client.get(f"/api/v1/alliances/{envelope.alliance.ref}/signature/words", headers={"Authorization": f"Bearer {token}"})
    assert (page.status_code, told.status_code) == (200, 200)
    words = json.dumps(told.get_json(), ensure_ascii=False)
    assert make.NAMES[0] in page.text and make.NAMES[0] in words
    for secret in (make.ADDRESS, make.BROWSER, *emails):
        assert secret not in page.text and secret not in words
