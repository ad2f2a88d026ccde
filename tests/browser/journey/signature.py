"""The envelope, each signatory's ceremony, what they keep."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from charter.adapters.signer import Verdict, verify
from charter.signing.verifying import trusted
from charter.story.cast import EMPLOI, Side
from tests.browser.journey.people import ASSOCIATION, COMPANY, FACILITATOR, Journey, follow, press, words
from tests.processes import wait_until

SEALING_MILLISECONDS = 120_000


def send(journey: Journey) -> None:
    """Who signs, by when; then the documents go."""
    page = journey.to_do(FACILITATOR, "Envoyez les documents à la signature", "to-send")
    journey.seen(page, "signature-prepare")
    follow(page, re.compile("l’échéance"))
    journey.seen(page, "signature-deadline")
    press(page, "Enregistrer")
    press(page, "Envoyer à la signature")
    expect(page.locator(".signing-count")).to_contain_text("0 signature")
    journey.seen(page, "signature-sent")


def choose(journey: Journey) -> None:
    """The association looks at who signs for it."""
    page = journey.go(ASSOCIATION, "/signature/preparation")
    follow(page, re.compile("Modifier qui signe"))
    journey.seen(page, "signature-choose")
    press(page, "Enregistrer")


def sign(journey: Journey, side: Side) -> None:
    """The ceremony, from the mail received: read, type the code, sign."""
    look = side is ASSOCIATION
    mail = journey.mail(side.speaker.email, "À signer")
    page = journey.page(side)
    page.goto(journey.link(mail, "/signature"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Lisez ce que vous allez signer")
    _look(journey, page, "ceremony-read", look)
    for box in page.get_by_label("J’ai lu ce document jusqu’au bout").all():
        box.check()
    press(page, "J’ai lu les documents, je continue")
    _look(journey, page, "ceremony-identity", look)
    press(page, "Recevoir mon code")
    _type_code(journey, page, side, look=look)
    _look(journey, page, "ceremony-sign", look)
    page.get_by_label("C’est bien ma volonté").check()
    press(page, re.compile("Je signe au nom de"))
    row = page.locator(".signer").filter(has_text=side.speaker.name)
    expect(row).to_have_class(re.compile("signer--signed"), timeout=SEALING_MILLISECONDS)
    _look(journey, page, "signature-one", look)


def _look(journey: Journey, page: Page, name: str, look: bool) -> None:
    if look:
        journey.seen(page, name)


def _type_code(journey: Journey, page: Page, side: Side, *, look: bool) -> None:
    """A wrong code first, then the one received."""
    found = re.search(r"^\s+(\d{3}\s?\d{3})\s*$", words(journey.mail(side.speaker.email, "Votre code pour signer")), re.MULTILINE)
    assert found
    code = found[1]
    if look:
        page.get_by_label("Code à six chiffres").fill("000000" if code != "000000" else "111111")
        press(page, "Valider le code")
        expect(page.get_by_role("alert")).to_be_visible()
        journey.seen(page, "ceremony-wrong-code")
    page.get_by_label("Code à six chiffres").fill(code)
    press(page, "Valider le code")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Signez pour {side.organisation.name}")


def keep(journey: Journey, folder: Path) -> None:
    """Everybody has signed: both documents and the evidence are downloaded, and hold."""
    page = journey.go(COMPANY, "/signature")
    expect(page.get_by_role("main")).to_contain_text("Tout le monde a signé", timeout=SEALING_MILLISECONDS)
    evidence = page.get_by_role("link", name=re.compile("Les mêmes faits en JSON"))
    _read_again_until(page, evidence)
    journey.seen(page, "signature-completed")
    for kind in ("charter", "contract"):
        _accepted(journey, _download(page, re.compile(rf"/{kind}\.pdf$"), folder))
    told = json.loads(_download(page, re.compile(r"\.json$"), folder).read_bytes())
    assert all(side.speaker.name in json.dumps(told, ensure_ascii=False) for side in EMPLOI.sides)
    assert _download(page, re.compile(r"preuve\S*pdf$"), folder).read_bytes().startswith(b"%PDF")
    signed = journey.mail(COMPANY.speaker.email, "Signé par tous")
    assert len([part for part in signed.iter_attachments() if part.get_content_type() == "application/pdf"]) == 2


def _read_again_until(page: Page, awaited: Locator) -> None:
    """The evidence is made by a worker: the page is read again until it is there."""

    def there() -> bool:
        page.reload()
        return awaited.count() > 0

    wait_until(there, "the evidence", SEALING_MILLISECONDS / 1000)


def _download(page: Page, address: re.Pattern[str], folder: Path) -> Path:
    links = page.get_by_role("main").get_by_role("link").all()
    link = next(one for one in links if address.search(one.get_attribute("href") or ""))
    with page.expect_download() as started:
        link.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def _accepted(journey: Journey, path: Path) -> None:
    """Our own check and an independent one accept every signature."""
    now = datetime.now(UTC)
    trust = trusted(journey.site.engine.settings, now)
    with ThreadPoolExecutor() as aside:  # Playwright's own event loop runs in this thread
        found = aside.submit(verify, path.read_bytes(), now=now, trust=trust).result()
    assert found.verdict is Verdict.VALID, found
    report = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
    signatures = [one for one in report.split("Signature #")[1:] if "Signature Type: unknown" not in one]  # the archive timestamp
    assert len(signatures) == 1 + len(EMPLOI.sides), report  # the service's certification, then one a party
    assert all("Signature is Valid." in one for one in signatures), report
    assert all(side.speaker.name in report for side in EMPLOI.sides)
