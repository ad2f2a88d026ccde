"""The level is stated in the same words everywhere, never above what is reached; public procurement is warned of what it asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.adapters.signer import EIDAS_CLAIM, EIDAS_LABEL, EIDAS_LEVEL, PROCUREMENT
from charter.alliances.models import OrganisationKind
from charter.signing.models import Envelope
from charter.work import Work
from tests import factories as kernel

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_level_claimed_is_the_lowest() -> None:
    assert EIDAS_LEVEL == "simple"
    assert all("signature électronique simple" in text.lower() for text in (EIDAS_LABEL, EIDAS_CLAIM))
    assert "ni avancée ni qualifiée" in EIDAS_CLAIM


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_who_buys_for_the_public_is_warned(
    work: Work, envelope: Envelope, kind: OrganisationKind, signed_in: Callable[[Person], FlaskClient]
) -> None:
    parties = envelope.alliance.parties
    for party in parties:
        party.organisation.kind = OrganisationKind.association
    parties[-1].organisation.kind = kind
    public, leader, ref = parties[-1].organisation.is_public, kernel.speaker(parties[0]), envelope.alliance.ref
    work.commit()
    page = signed_in(leader).get(f"/alliances/{ref}/signature/preparation").text
    assert (PROCUREMENT in page) is public
    assert "avancée reposant sur un certificat qualifié (arrêté du 22 mars 2019" in PROCUREMENT
