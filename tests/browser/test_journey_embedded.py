"""The whole journey in the embedded mode, every page looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from charter.story.cast import EMPLOI
from tests.browser.journey import charter, contract, evaluation, proposal, signature
from tests.browser.journey.installation import embedded
from tests.browser.journey.people import ASSOCIATION, COMPANY, DEPARTMENT, Journey

pytestmark = [pytest.mark.browser, pytest.mark.real_mail]


def test_three_parties_go_from_a_proposal_to_a_review(built: None, contexts: Callable[..., BrowserContext], tmp_path: Path) -> None:
    with embedded(tmp_path) as site:
        journey = Journey(site, contexts, look=True)
        proposal.first_steps(journey)
        proposal.propose(journey)
        for side in (COMPANY, DEPARTMENT):
            proposal.accept(journey, side)
        for side in EMPLOI.sides:
            proposal.declare(journey, side)
        proposal.choose_the_model_advised(journey)
        proposal.begin_at_the_same_time(journey)

        charter.write_together(journey)
        charter.talk(journey)
        charter.consent(journey, ASSOCIATION)
        charter.adoption_refused(journey, COMPANY, DEPARTMENT)
        charter.consent(journey, COMPANY)
        charter.consent(journey, DEPARTMENT, reservation_on=7)
        charter.adopt(journey)

        for side in (ASSOCIATION, DEPARTMENT):
            contract.answer(journey, side)
        contract.render(journey)
        contract.freeze(journey)

        signature.choose(journey)
        signature.send(journey)
        for side in EMPLOI.sides:
            signature.sign(journey, side)
        signature.keep(journey, tmp_path)

        evaluation.plan(journey)
        evaluation.open_in_time(journey)
        for side in EMPLOI.sides:
            evaluation.answer(journey, side)
        evaluation.review(journey)
