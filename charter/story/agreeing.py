"""The story from the contract to the first review."""
# french: an example told in French, as its people would write it

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

from charter.adapters import mailbox
from charter.contracts import services as contracts
from charter.contracts.questions import Question
from charter.evaluation import services as evaluation
from charter.evaluation.questionnaire import QUESTIONNAIRES, VERSION, Answers
from charter.signing import services as signing
from charter.signing.models import Signatory
from charter.story.cast import SUBSIDY_CENTS, Side
from charter.story.world import World
from charter.work import Work
from workflows.calendar import add_months
from workflows.evaluation import Verdict
from workflows.signing import SignatoryStatus

CODE = re.compile(r"^\s*(\d{3}) ?(\d{3})\s*$", re.MULTILINE)
ADDRESS, BROWSER = "192.0.2.10", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
YEARS = 3
DELIBERATED_BEFORE = timedelta(days=2)


def agree_on_contract(world: World) -> None:
    """Each party answers what the contract asks of it; the documents are laid out by the worker, read, and frozen."""
    for side in world.cast.sides:
        world.wait(days=1)
        _answer_contract(world, side)
    with world.acting(world.cast.facilitator.email) as work:
        contracts.request_render(work, contracts.contract_of(work, world.alliance(work)))
    world.wait(days=2)
    with world.acting(world.cast.facilitator.email) as work:
        contracts.freeze(work, contracts.contract_of(work, world.alliance(work)))


def _answer_contract(world: World, side: Side) -> None:
    with world.acting(side.speaker.email) as work:
        party = world.party(work, side)
        if side.deliberation:
            contracts.set_deliberation(work, party, side.deliberation, (world.clock.now() - DELIBERATED_BEFORE).date())
        contract = contracts.contract_of(work, world.alliance(work))
        asked = contracts.asked(contracts.draft_of(work, contract), party)
        answers = {one.name: _reply(world, one) for one in asked.mine if one.missing or one.name in world.cast.script.contract}
        if answers:
            contracts.set_parameters(work, contract, party, answers)


def _reply(world: World, question: Question) -> Any:
    """The script's answer, or a plausible one of the right type."""
    if question.name in world.cast.script.contract:
        return world.cast.script.contract[question.name]
    if question.choices:
        return question.choices[0]
    begins = date(world.clock.now().year, 9, 1)
    replies: dict[str, Any] = {
        "date": add_months(begins, YEARS * 12) if question.name == "end_date" else begins,
        "int": max(question.minimum or 0, 3),
        "money": SUBSIDY_CENTS,
        "yes_no": False,
    }
    return replies.get(question.type, "Nous le préciserons au premier comité.")


def sign(world: World) -> None:
    """The facilitator sends the envelope; each signatory reads, types the code mailed to them, and signs."""
    world.wait(days=1)
    with world.acting(world.cast.facilitator.email) as work:
        signing.send(work, signing.the_current(work, world.alliance(work)))
    for side in world.cast.sides:
        world.wait(days=1)
        _sign(world, side)


def _signatory(world: World, work: Work, side: Side) -> Signatory:
    envelope = signing.the_current(work, world.alliance(work))
    return signing.mine(envelope, world.person(work, side.speaker.email), world.party(work, side))


def _sign(world: World, side: Side) -> None:
    with world.acting(side.speaker.email) as work:
        signing.open_documents(work, _signatory(world, work, side), ADDRESS, BROWSER)
    world.wait(minutes=11)
    with world.acting(side.speaker.email) as work:
        signing.send_code(work, _signatory(world, work, side), ADDRESS, BROWSER)
    world.wait(minutes=1)
    code = _code_received(world, side)
    with world.acting(side.speaker.email) as work:
        signing.identify(work, _signatory(world, work, side), code, ADDRESS, BROWSER)
    with world.acting(side.speaker.email) as work:
        signatory = _signatory(world, work, side)
        signing.confirm(work, signatory, signing.sentence(signatory), ADDRESS, BROWSER)
    with world.engine.work(write=False) as work:
        status = _signatory(world, work, side).status
        if status != SignatoryStatus.signed:
            raise RuntimeError(f"{side.speaker.name}: {status} instead of signed")


def _code_received(world: World, side: Side) -> str:
    """The code in the last mail that person received."""
    for mail in mailbox.received(world.engine.settings.mailbox_dir):
        found = CODE.search(_text(mail.message)) if side.speaker.email in mail.to else None
        if found:
            return "".join(found.groups())
    raise RuntimeError(f"no code was mailed to {side.speaker.email}")


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def plan_evaluation(world: World, preset: str) -> None:
    """The parties choose when they will look back."""
    world.wait(days=3)
    with world.acting(world.cast.sides[0].speaker.email) as work:
        evaluation.plan(work, world.alliance(work), preset)


def go_to_first_checkpoint(world: World) -> None:
    """Time passes, reminders leave, and the first checkpoint opens on its day."""
    with world.engine.work(write=False) as work:
        first = evaluation.checkpoints_of(work, world.alliance(work))[0]
        opens = datetime.combine(first.due_on, time(10), UTC)
    world.wait_until(opens)
    world.wait(days=1)


def answer_checkpoint(world: World, count: int | None = None) -> None:
    """The first `count` parties answer (all by default), each without seeing the others' answers."""
    script = world.cast.script
    keys = [question.key for question in QUESTIONNAIRES[VERSION].questions]
    rows = zip(world.cast.sides, script.scores, script.told, strict=True)
    for side, scores, texts in list(rows)[:count]:
        world.wait(hours=26)
        given = dict(zip(keys, scores, strict=True))
        comments = {key: script.low_score for key, score in given.items() if score is not None and score <= 2}
        with world.acting(side.speaker.email) as work:
            checkpoint = evaluation.checkpoints_of(work, world.alliance(work))[0]
            evaluation.answer(work, checkpoint, world.party(work, side), Answers(given, comments, texts, Verdict.pursue))


def review(world: World) -> None:
    """The parties conclude together; the review is laid out and sent to everybody."""
    world.wait(days=2)
    with world.acting(world.cast.facilitator.email) as work:
        checkpoint = evaluation.checkpoints_of(work, world.alliance(work))[0]
        data = evaluation.ReviewData(
            verdict=Verdict.pursue,
            reason=world.cast.script.conclusion,
            story=world.cast.script.story,
            next_steps=[(*world.cast.script.next_step, add_months(world.clock.now().date(), 3))],
        )
        evaluation.close(work, checkpoint, data)
