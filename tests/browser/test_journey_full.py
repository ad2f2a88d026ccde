"""The same journey in the full mode, on PostgreSQL and Redis behind the proxy, while its processes are killed under it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from playwright.sync_api import BrowserContext, Page, expect

from charter.drafting.models import Text
from charter.story.cast import EMPLOI, Side
from tests.browser.journey import charter, contract, evaluation, proposal, signature
from tests.browser.journey.charter import article
from tests.browser.journey.installation import FullInstallation, full_mode
from tests.browser.journey.people import ASSOCIATION, COMPANY, DEPARTMENT, Journey

pytestmark = [pytest.mark.browser, pytest.mark.fullmode, pytest.mark.real_mail]
GOES_ON_SECONDS = 20
"""An abandoned text is taken over when its owner's lease of 5 seconds ends; the rest is for a loaded machine."""
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def site(built: None) -> Iterator[FullInstallation]:
    with full_mode() as made:
        yield made


def test_the_journey_goes_on_whatever_process_dies(site: FullInstallation, contexts: Contexts, tmp_path: Path) -> None:
    journey = Journey(site, contexts, look=False)
    proposal.first_steps(journey)
    proposal.propose(journey)
    site.full.kill("web-1")
    for side in (COMPANY, DEPARTMENT):
        proposal.accept(journey, side)
    site.full.restart("web-1")
    for side in EMPLOI.sides:
        proposal.declare(journey, side)
    proposal.choose_the_model_advised(journey)
    proposal.begin_at_the_same_time(journey)

    whichever_process_each_reaches(journey, contexts)
    charter.write_together(journey)
    the_owner_dies(journey)
    charter.talk(journey)
    charter.consent(journey, ASSOCIATION)
    charter.adoption_refused(journey, COMPANY, DEPARTMENT)
    charter.consent(journey, COMPANY)
    charter.consent(journey, DEPARTMENT, reservation_on=7)
    charter.adopt(journey)

    for side in (ASSOCIATION, DEPARTMENT):
        contract.answer(journey, side)
    contract.render(journey, meanwhile=lambda: site.full.kill("worker-1"))
    contract.freeze(journey)
    signature.send(journey)
    site.full.kill("web-2")
    for side in EMPLOI.sides:
        signature.sign(journey, side)
    signature.keep(journey, tmp_path)

    site.full.restart("worker-1")
    site.full.kill("worker-2")
    evaluation.plan(journey)
    evaluation.open_in_time(journey)
    for side in EMPLOI.sides:
        evaluation.answer(journey, side)
    evaluation.review(journey)


def whichever_process_each_reaches(journey: Journey, contexts: Contexts) -> None:
    """One browser speaks to one live process, the other to the other: it is the same text."""
    hers = through(journey, contexts, ASSOCIATION, "live-1")
    his = through(journey, contexts, COMPANY, "live-2")
    for page, other, text in ((hers, his, "Par un processus."), (his, hers, "Et par l’autre.")):
        charter.write(page, 3, text)
        expect(article(other, 3)).to_contain_text(text)
    hers.context.close()
    his.context.close()


def through(journey: Journey, contexts: Contexts, side: Side, name: str) -> Page:
    """The text open in another browser of that person, whose socket goes straight to one live process, past the proxy."""
    assert isinstance(journey.site, FullInstallation)
    full = journey.site.full
    context = contexts(side.speaker.name, storage_state=journey.page(side).context.storage_state(), bypass_csp=True)
    straight = f"""const Plain = WebSocket;
        window.WebSocket = class extends Plain {{
            constructor(url, ...rest) {{ super(String(url).replace(":{full.port}/", ":{full.ports[name]}/"), ...rest); }}
        }};"""
    context.add_init_script(straight)
    page = context.new_page()
    with page.expect_websocket(lambda socket: f":{full.ports[name]}/" in socket.url):
        page.goto(f"{journey.address}/charte/texte")
    expect(page.locator("[data-editor-status]")).to_have_text(re.compile("Connecté|Enregistré"))
    return page


def the_owner_dies(journey: Journey) -> None:
    """`kill -9` of the live process that owns the text: both go on writing, and nothing acknowledged is lost."""
    assert isinstance(journey.site, FullInstallation)
    hers, his = journey.page(ASSOCIATION), journey.page(COMPANY)
    name = owner(journey.site)
    journey.site.full.kill(name)
    start = time.monotonic()
    for page, other, text in ((hers, his, "Rien ne s’est perdu."), (his, hers, "Et nous continuons.")):
        article(page, 2).locator("p").last.click()
        page.keyboard.type(text)
        expect(article(other, 2)).to_contain_text(text, timeout=GOES_ON_SECONDS * 1000)
    took = time.monotonic() - start
    assert took < GOES_ON_SECONDS, f"{took:.1f} s"
    assert owner(journey.site) != name
    for page in (hers, his):
        expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré")
        for text in (charter.HERS, charter.HIS):
            expect(article(page, 1)).to_contain_text(text)
    journey.site.full.restart(name)
    hers.reload()
    expect(article(hers, 1)).to_contain_text(charter.HIS)
    expect(article(hers, 2)).to_contain_text("Et nous continuons.")
    expect(hers.locator("[data-editor-status]")).to_have_text(re.compile("Connecté|Enregistré"))


def owner(site: FullInstallation) -> str:
    """The live process that owns the text, as the lease in Redis says."""
    with site.engine.work(write=False) as work:
        ref = work.session.query(Text).one().ref
    with redis.Redis.from_url(site.full.redis.url) as leases:
        held = leases.get(f"live:owner:{ref}")
    assert isinstance(held, bytes)
    port = int(json.loads(held)["url"].rpartition(":")[2])
    return next(name for name, one in site.full.ports.items() if one == port)
