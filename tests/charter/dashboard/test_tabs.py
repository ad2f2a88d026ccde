"""The tabs of an alliance: no link to what does not exist yet, or does not open to the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.work import Work
from tests import factories
from tests.charter.proposals import factories as made
from workflows.lifecycle import AllianceStatus

SignIn = Callable[[Person], FlaskClient]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("status", "abandoned_at", "shown"),
    [
        (AllianceStatus.proposal, "", False),
        (AllianceStatus.drafting, "", True),
        (AllianceStatus.evaluation, "", True),
        (AllianceStatus.abandoned, "proposal", False),
        (AllianceStatus.abandoned, "drafting", True),
    ],
)
def test_the_charter_has_its_tab_once_it_is_written(
    work: Work, signed_in: SignIn, status: AllianceStatus, abandoned_at: str, shown: bool
) -> None:
    alliance = factories.alliance(work)
    alliance.status, alliance.abandoned_at = status, abandoned_at
    work.commit()
    page = signed_in(alliance.parties[0].members[0].person).get(f"/alliances/{alliance.ref}/parties").get_data(as_text=True)
    assert (f'href="/alliances/{alliance.ref}/charte">Charte' in page) is shown


def test_an_invited_party_sees_no_tab_of_the_charter(work: Work, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    alliance.status = AllianceStatus.drafting
    work.commit()
    page = signed_in(person).get(f"/alliances/{alliance.ref}").get_data(as_text=True)
    assert f"/alliances/{alliance.ref}" in page
    assert f'href="/alliances/{alliance.ref}/charte">' not in page
