"""Dates chosen, a checkpoint that opens in its time, each party's answers, the review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage

from icalendar import Calendar
from playwright.sync_api import Page, expect

from charter.evaluation.models import Checkpoint
from charter.story.cast import EMPLOI, Side
from tests.browser.journey.people import ASSOCIATION, COMPANY, DEPARTMENT, FACILITATOR, Journey, press
from tests.processes import wait_until
from workflows.evaluation import CheckpointStatus

WORKER_SECONDS = 90.0


def plan(journey: Journey) -> None:
    """A preset, its dates, the calendar everybody receives."""
    page = journey.to_do(FACILITATOR, "Choisissez les dates des points d’étape", "to-plan")
    journey.seen(page, "evaluation-preset")
    page.locator("[name=preset]").first.check()
    press(page, "Voir les dates")
    journey.seen(page, "evaluation-dates")
    press(page, "Fixer ces dates")
    expect(page.locator(".checkpoint").first).to_contain_text("à venir")
    journey.seen(page, "evaluation-planned")
    mail = journey.mail(COMPANY.speaker.email, "sont fixés")
    assert _events(mail) >= 2


def open_in_time(journey: Journey) -> None:
    """Time passes: the clockwork opens the first checkpoint and the voices are written to, then reminded."""
    journey.site.travel_to_the_first_checkpoint()
    _clockwork(journey, lambda: _status(journey) == CheckpointStatus.open, "the first checkpoint open")
    for side in EMPLOI.sides:
        assert _events(journey.mail(side.speaker.email, "À vous de répondre")) == 1
    journey.site.make_reminders_due()
    awaited = "Votre réponse est attendue avant le"
    _clockwork(journey, lambda: len(journey.mails(awaited)) >= len(EMPLOI.sides), "a reminder to each party")
    for side in EMPLOI.sides:
        assert _events(journey.mail(side.speaker.email, awaited)) == 1


def _clockwork(journey: Journey, done: Callable[[], bool], what: str) -> None:
    """The real clockwork, asked to run now; what it keeps for the morning is not waited for."""
    journey.site.tick()

    def there() -> bool:
        journey.site.do_not_wait_for_office_hours()
        return done()

    wait_until(there, what, WORKER_SECONDS)


def _status(journey: Journey) -> CheckpointStatus:
    with journey.site.engine.work(write=False) as work:
        first = work.session.query(Checkpoint).order_by(Checkpoint.due_on).first()
        assert first is not None
        return first.status


def answer(journey: Journey, side: Side) -> None:
    """A party's answers, one question a screen; the others do not see them before all have answered."""
    number, look = EMPLOI.sides.index(side), side is ASSOCIATION
    page = journey.to_do(side, "Répondez au point d’étape", f"to-answer-{side.organisation.kind.value}")
    told, scores = EMPLOI.script.told[number], iter(EMPLOI.script.scores[number])
    screen = 0
    while page.get_by_role("button", name="Envoyer nos réponses").count() == 0:
        screen += 1
        _reply(page, told, scores)
        if look and screen in (1, 2, 11, 14):
            journey.seen(page, f"evaluation-question-{screen}")
        press(page, "Continuer")
    if look:
        journey.seen(page, "evaluation-answers")
    press(page, "Envoyer nos réponses")
    expect(page.get_by_role("main")).to_contain_text("Vos réponses sont parties")
    if look:
        journey.seen(page, "evaluation-open")


def _reply(page: Page, told: Mapping[str, str], scores: Iterator[int | None]) -> None:
    if page.locator("[name=score]").count():
        score = next(scores)
        page.locator(f"[name=score][value='{score or 'no_opinion'}']").check()
        if score is not None and score <= 2:
            page.get_by_label("Un mot pour expliquer").fill(EMPLOI.script.low_score)
    elif page.locator("[name=verdict]").count():
        page.get_by_label("Poursuivre", exact=True).check()
        page.locator("[name=text]").fill(told["verdict_reason"])
    else:
        page.locator("[name=text]").fill(told["story"])


def review(journey: Journey) -> None:
    """All have answered: they read together, the facilitator concludes, the review goes to everybody."""
    page = journey.to_do(FACILITATOR, "Publiez le bilan", "to-review")
    for told in EMPLOI.script.told:
        expect(page.get_by_role("main")).to_contain_text(told["story"])
    journey.seen(page, "evaluation-review")
    page.get_by_label("Poursuivre", exact=True).check()
    page.get_by_label("Vos raisons").fill(EMPLOI.script.conclusion)
    page.get_by_label("Ce que vous racontez ensemble").fill(EMPLOI.script.story)
    press(page, "Publier le bilan")
    for side in EMPLOI.sides:
        journey.mail(side.speaker.email, "est publié")
    page.reload()
    journey.seen(page, "evaluation-reviewed")
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("Le bilan, à garder")).click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    journal = journey.go(DEPARTMENT, "/journal")
    expect(journal.get_by_role("main")).to_contain_text("a publié un bilan")
    expect(journal.get_by_role("main")).to_contain_text("Chaîne intacte")
    journey.seen(journal, "journal")
    everywhere = journey.go(DEPARTMENT, "")
    journey.seen(everywhere, "alliance-evaluation")


def _events(mail: EmailMessage) -> int:
    parts = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    return sum(len(Calendar.from_ical(part.get_content()).walk("VEVENT")) for part in parts)
