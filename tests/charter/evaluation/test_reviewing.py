"""Reviewing and deciding: the guard, the document and its mails, what each verdict does to the alliance."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.pdf import PdfEngine
from charter.alliances import services as kernel
from charter.dashboard.situation import gather
from charter.errors import Conflict, Invalid, Refused
from charter.evaluation import report, services, states
from charter.evaluation.services import ReviewData
from charter.journal.services import facts as told
from charter.work import Engine
from tests.charter.evaluation.conftest import Opened
from tests.charter.evaluation.factories import answers, let_pass
from workflows.base import Blocked, NotNow
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.lifecycle import AllianceStatus

Drain = Callable[[], int]
STORY = "Au printemps, Maëlle a pris un emploi à douze kilomètres de chez elle."


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML handed to the laying-out engine, which answers at once (one test lays out for real)."""
    asked: list[str] = []

    def render(self: PdfEngine, request: object, progress: object = None) -> bytes:
        asked.append(request.html)  # type: ignore[attr-defined]
        return b"%PDF-" + str(len(asked)).encode()

    monkeypatch.setattr(PdfEngine, "render", render)
    return asked


@pytest.fixture
def answered(opened: Opened) -> Opened:
    """All three parties have answered, far from one another."""
    for number, score in enumerate((2, 4, 5)):
        opened.answer(number, answers(score, word=f"Parole {number}", story=STORY if number == 0 else "", verdict=list(Verdict)[number]))
    return opened


def _close(opened: Opened, verdict: Verdict, **more: object) -> None:
    with opened.engine.work() as work:
        _alliance, row = opened.row(work)
        services.close(work, row, ReviewData(verdict, "Nous en avons parlé.", **more))  # type: ignore[arg-type]


def test_it_waits_for_everybody_or_for_the_last_day(opened: Opened, clock: FixedClock, paper: list[str]) -> None:
    opened.answer(0, answers())
    with pytest.raises(Blocked) as refused:
        _close(opened, Verdict.pursue)
    assert [one.who[0] for one in refused.value.missing] == ["Vigie Sécurité", "Département du Val-Fleuri"]
    clock.move_to(datetime(2026, 7, 2, 8, tzinfo=UTC))
    _close(opened, Verdict.pursue)
    with opened.engine.work(write=False) as work:
        assert opened.row(work)[1].status == CheckpointStatus.reviewed


def test_two_people_conclude_at_once_one_is_told(answered: Opened, paper: list[str]) -> None:
    _close(answered, Verdict.pursue)
    with pytest.raises(NotNow):
        _close(answered, Verdict.stop)
    with answered.engine.work(write=False) as work:
        assert answered.row(work)[1].verdict == Verdict.pursue


def test_a_conclusion_says_why(answered: Opened) -> None:
    with answered.engine.work(write=False) as work, pytest.raises(Invalid) as refused:
        services.close(work, answered.row(work)[1], ReviewData(None, " ", next_steps=[("", "x", date(2026, 9, 1))]))
    assert set(refused.value.fields) == {"verdict", "reason", "next_steps"}


def test_the_review_is_laid_out_published_and_sent_once(
    answered: Opened, paper: list[str], outgoing: list[EmailMessage], drain: Drain
) -> None:
    _close(answered, Verdict.pursue, next_steps=[("Ouvrir deux antennes", "Vigie Sécurité", date(2026, 12, 1))])
    drain()
    drain()
    assert len(paper) == 1
    with answered.engine.work() as work:
        alliance, row = answered.row(work)
        assert work.storage.get(row.document) == b"%PDF-1"
        services.publish(work, row.id, "0" * 64)  # told twice, published once
        assert work.storage.get(row.document) == b"%PDF-1"
        assert [fact.type for fact in told(work, alliance.id)].count("review.published") == 1
    mails = [mail for mail in outgoing if "Le bilan de" in str(mail["Subject"])]
    assert len(mails) == 4
    body = mails[0].get_body(("plain",))
    assert body is not None
    for words in ("Poursuivre", "Nous en avons parlé.", f"/evaluation/{answered.checkpoint}/bilan"):
        assert words in body.get_content()


def test_a_layout_given_up_is_said_and_asked_again(
    answered: Opened, browsers: list[FlaskClient], monkeypatch: pytest.MonkeyPatch, clock: FixedClock, drain: Drain
) -> None:
    def refuse(self: PdfEngine, request: object, progress: object = None) -> bytes:
        raise outbox.GiveUp("no fonts")

    monkeypatch.setattr(PdfEngine, "render", refuse)
    _close(answered, Verdict.pursue)
    drain()
    assert "n’a pas pu être mis en page" in browsers[0].get(f"{answered.path}/bilan").text
    monkeypatch.setattr(PdfEngine, "render", lambda self, request, progress=None: b"%PDF-2")
    clock.advance(timedelta(minutes=2))
    assert browsers[0].post(f"{answered.path}/bilan/document").status_code == 302
    drain()
    document = browsers[1].get(f"{answered.path}/bilan.pdf")
    assert document.data == b"%PDF-2"
    assert browsers[0].post(f"{answered.path}/bilan/document").status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_document_tells_stories_then_figures_and_who_supplies_them(answered: Opened, drain: Drain, tmp_path: Path) -> None:
    _close(answered, Verdict.redirect, story="Ensemble, nous avons appris.", next_steps=[("Revoir les apports", "tous", date(2026, 12, 1))])
    drain()
    with answered.engine.work(write=False) as work:
        row = answered.row(work)[1]
        (tmp_path / "bilan.pdf").write_bytes(work.storage.get(row.document))
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "bilan.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    flat = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    order = [
        "Réorienter",
        "Ensemble, nous avons appris.",
        STORY,
        "Regards croisés",
        "Confiance et communication",
        "Qui fournit ces chiffres",
    ]
    places = [flat.find(words) for words in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
    for words in ("3,7", "3,0", "9 chiffres sur 9, donnés par", "Parole 0", "Revoir les apports", "1er décembre 2026"):
        assert words in flat, words


def test_the_spread_shows_who_gave_which_figure(answered: Opened) -> None:
    with answered.engine.work(write=False) as work:
        alliance, row = answered.row(work)
        axes = report.axes(row, alliance.accepted_parties, services.answers_for(work, alliance, row, None))
    trust = next(axis for axis in axes if axis["key"] == "trust")
    assert [(one["party"], one["value"]) for one in trust["answers"]] == [
        ("Les Passerelles de l’emploi", 2),
        ("Vigie Sécurité", 4),
        ("Département du Val-Fleuri", 5),
    ]
    assert trust["gap"] == 3
    assert round(trust["mean"], 2) == 3.67


def test_on_screen(answered: Opened, browsers: list[FlaskClient], paper: list[str]) -> None:
    page = browsers[0].get(f"{answered.path}/bilan").text
    assert page.index("Se conter avant de se compter") < page.index("Regards croisés") < page.index("Conclure ensemble")
    assert "Vos regards s’écartent le plus sur" in page
    assert "Conclure ensemble" not in browsers[1].get(f"{answered.path}/bilan").text  # only who leads concludes
    assert browsers[1].post(f"{answered.path}/bilan", data={}).status_code == 403
    wrong = browsers[0].post(f"{answered.path}/bilan", data={"reason": "Nos raisons à nous", "what_1": "Une suite sans date"})
    assert wrong.status_code == 422
    assert "Nos raisons à nous" in wrong.text
    assert "Dites quoi et pour quand" not in wrong.text  # the verdict comes first: nothing else was read
    wrong = browsers[0].post(
        f"{answered.path}/bilan", data={"verdict": "redirect", "reason": "Nos raisons", "what_1": "Une suite sans date"}
    )
    assert wrong.status_code == 422
    assert "Dites quoi et pour quand" in wrong.text
    data = {"verdict": "redirect", "reason": "Nos raisons", "what_1": "Revoir les apports", "due_1": "2026-12-01", "due_2": ""}
    assert browsers[0].post(f"{answered.path}/bilan", data=data).status_code == 302
    shown = browsers[1].get(f"{answered.path}/bilan").text
    assert "Réorienter" in shown
    assert "1er décembre 2026" in shown
    assert "Rouvrir la co-rédaction" in browsers[3].get(f"/alliances/{answered.ref}/evaluation").text


def test_pursue_changes_nothing(answered: Opened, paper: list[str], engine: Engine) -> None:
    _close(answered, Verdict.pursue)
    with engine.work() as work:
        alliance, row = answered.row(work)
        services.decide(work, alliance, Verdict.pursue)
        assert alliance.status == AllianceStatus.evaluation
        assert row.followed
        with pytest.raises(Refused):
            services.decide(work, alliance, Verdict.stop)


def test_redirect_reopens_the_drafting_and_cancels_what_was_to_come(
    answered: Opened, browsers: list[FlaskClient], paper: list[str], outgoing: list[EmailMessage], clock: FixedClock, drain: Drain
) -> None:
    _close(answered, Verdict.redirect)
    address = f"/alliances/{answered.ref}/evaluation/suite/redirect"
    assert "Rouvrir la co-rédaction ?" in browsers[0].get(address).text
    assert browsers[0].get(f"/alliances/{answered.ref}/evaluation/suite/pursue").status_code == 404
    assert browsers[0].post(address, data={"reason": "Un avenant"}).status_code == 302
    assert browsers[0].post(address, data={}).status_code == 409
    with answered.engine.work(write=False) as work:
        alliance, row = answered.row(work)
        assert alliance.status == AllianceStatus.drafting
        assert row.followed
        assert [one.status for one in services.checkpoints_of(work, alliance)][1:] == [CheckpointStatus.cancelled] * 2
        assert next(fact for fact in told(work, alliance.id) if fact.type == "alliance.drafting_reopened").payload["reason"] == "Un avenant"
    drain()
    outgoing.clear()
    let_pass(answered.engine, clock, datetime(2027, 6, 1, tzinfo=UTC))
    assert outgoing == []


def test_stop_closes_the_alliance(
    answered: Opened, paper: list[str], outgoing: list[EmailMessage], clock: FixedClock, drain: Drain
) -> None:
    _close(answered, Verdict.stop)
    with answered.engine.work() as work:
        alliance, _row = answered.row(work)
        with pytest.raises(Refused) as refused:
            services.decide(work, alliance, Verdict.redirect)
        assert refused.value.missing[0].who
        services.decide(work, alliance, Verdict.stop)
        assert alliance.status == AllianceStatus.closed
        assert alliance.closed_at == work.now()
        with pytest.raises(Conflict):
            services.decide(work, alliance, Verdict.stop)
    drain()
    closing = [mail for mail in outgoing if "est close" in str(mail["Subject"])]
    assert len(closing) == 4
    body = closing[0].get_body(("plain",))
    assert body is not None
    assert "Nous en avons parlé." in body.get_content()
    outgoing.clear()
    let_pass(answered.engine, clock, datetime(2027, 6, 1, tzinfo=UTC))
    assert outgoing == []


def test_an_abandoned_alliance_recalls_nothing(opened: Opened, outgoing: list[EmailMessage], clock: FixedClock) -> None:
    with opened.engine.work() as work:
        kernel.abandon(work, opened.row(work)[0], "Plus les moyens")
        assert all(one.status == CheckpointStatus.cancelled for one in services.checkpoints_of(work, opened.row(work)[0]))
    let_pass(opened.engine, clock, datetime(2027, 6, 1, tzinfo=UTC))
    assert not [mail for mail in outgoing if "réponse" in str(mail["Subject"])]


def test_facts_for_many_alliances_take_as_many_queries(answered: Opened, clock: FixedClock) -> None:
    from sqlalchemy import event

    from tests.charter.evaluation.factories import in_evaluation

    with answered.engine.work() as work:
        others = [in_evaluation(work) for _ in range(4)]
        for other in others:
            services.plan(work, other, "path_9_months")
        alliance, _row = answered.row(work)
        gather(work, [alliance, *others])
        counted: list[str] = []
        connection = work.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: counted.append(args[2]))
        found = states.states(work, [alliance, *others])
        assert len(counted) == 2
        assert len(found) == 5
        assert found[alliance.id][0].answered == tuple(party.name for party in alliance.accepted_parties)
