"""What a party keeps when it leaves: what stood then, nothing that came after (promise 7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.alliances.services import leave
from charter.contracts import services as contracts
from charter.contracts.models import Contract
from charter.drafting import services as drafting
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as charters
from tests.charter.signing import factories as signatures
from workflows.contracts import ContractStatus

SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def bearer(work: Work, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(work, person, 'essai')[0]}"}


def test_a_draft_closes_to_the_party_that_left(work: Work, signed_in: SignIn) -> None:
    alliance = charters.drafting(work, factories.DEFAULT_KINDS)
    gone, ref = factories.speaker(alliance.parties[2]), alliance.ref
    title = charters.charter(work, alliance).present_articles[0].title
    header = bearer(work, gone)
    leave(work, alliance.parties[2], "Nous manquons de temps.")
    work.commit()

    browser = signed_in(gone)
    shown = browser.get(f"/alliances/{ref}/charte", follow_redirects=True)

    assert shown.status_code == 200 and title not in shown.text
    assert browser.get(f"/api/v1/alliances/{ref}/texts", headers=header).get_json() == []


def test_the_charter_of_its_time_stays_open_and_the_next_one_does_not(work: Work, clock: FixedClock, signed_in: SignIn) -> None:
    alliance = charters.adopted(work, factories.DEFAULT_KINDS)
    gone, ref, first = factories.speaker(alliance.parties[2]), alliance.ref, charters.charter(work, alliance)
    header = bearer(work, gone)
    leave(work, alliance.parties[2], "Nous manquons de temps.")
    clock.advance(timedelta(days=1))
    second = drafting.open_amendment(work, alliance)
    second.title, second.status, second.frozen_at = "Charte suivante", first.status, clock.now()
    one, two = first.ref, second.ref
    work.commit()

    browser = signed_in(gone)

    assert "Charte suivante" not in browser.get(f"/alliances/{ref}/charte/adoptee").text
    assert "Charte suivante" not in browser.get(f"/alliances/{ref}/charte/adoptee?version=2").text
    assert browser.get(f"/alliances/{ref}/charte/adoptee").text.count("Charte de l’alliance")
    assert [text["version"] for text in browser.get(f"/api/v1/alliances/{ref}/texts", headers=header).get_json()] == [1]
    assert browser.get(f"/api/v1/alliances/{ref}/texts/{one}/adopted", headers=header).status_code == 200
    assert browser.get(f"/api/v1/alliances/{ref}/texts/{two}/adopted", headers=header).status_code == 404


@pytest.mark.parametrize(("frozen", "status"), [(True, 200), (False, 404)])
def test_documents_stay_open_when_they_were_frozen_before(work: Work, signed_in: SignIn, frozen: bool, status: int) -> None:
    alliance = signatures.frozen(work)
    contract: Contract = contracts.contract_of(work, alliance)
    if not frozen:
        contract.status, contract.frozen_at = ContractStatus.ready, None
    gone, ref, document = factories.speaker(alliance.parties[2]), alliance.ref, contract.documents[0].ref
    header = bearer(work, gone)
    leave(work, alliance.parties[2], "Nous manquons de temps.")
    work.commit()

    browser, api = signed_in(gone), f"/api/v1/alliances/{ref}/contract/documents"

    assert browser.get(f"/alliances/{ref}/contrat/documents/{document}.pdf").status_code == status
    assert browser.get(f"/alliances/{ref}/contrat/documents/{document}").status_code == status
    assert browser.get(f"{api}/{document}", headers=header).status_code == status
    assert len(browser.get(api, headers=header).get_json()) == (2 if frozen else 0)
