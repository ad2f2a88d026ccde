"""Answering: one party one voice, kept as one goes, final once sent, masked until the others have answered (promise 7)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import rfc8785
from flask.testing import FlaskClient

from charter.adapters.clock import FixedClock
from charter.alliances import services as kernel
from charter.errors import Conflict, Invalid
from charter.evaluation import services
from charter.evaluation.questionnaire import QUESTIONNAIRES, VERSION, Answers
from charter.evaluation.services.answering import Part
from charter.journal.services import facts
from tests.charter.evaluation.conftest import Opened
from tests.charter.evaluation.factories import answers, let_pass, speaking
from workflows.evaluation import Verdict

KEYS = [question.key for question in QUESTIONNAIRES[VERSION].questions]
SECRET = "Une confidence qui ne regarde que nous"


def test_answers_are_final_and_their_hash_is_in_the_journal(opened: Opened) -> None:
    with opened.engine.work() as work:
        alliance, row = opened.row(work)
        party = alliance.parties[0]
        kept = services.answer(speaking(work, party), row, party, answers(5))
        told = facts(work, alliance.id)[-1]
        content: dict[str, Any] = {
            "questionnaire": "1",
            "salt": kept.salt,
            "scores": dict.fromkeys(KEYS, 5),
            "comments": {},
            "texts": {"story": "Maëlle a trouvé un emploi.", "added_value": "Tout va bien", "verdict_reason": "Tout va bien"},
            "verdict": "pursue",
        }
        assert told.type == "checkpoint.answered"
        assert told.payload == {"checkpoint": row.ref, "party": party.ref, "sha256": hashlib.sha256(rfc8785.dumps(content)).hexdigest()}
        assert len(kept.salt) == 32  # 128 bits: the hash of « 5, 5, 5… » tells nothing
        with pytest.raises(Conflict, match="déjà parties") as refused:
            services.answer(work, row, party, answers(1))
        assert kept.scores["vision"] == 5
        assert refused.value.missing[0].params["name"] == kept.person.display_name if kept.person else False


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (Answers(dict.fromkeys(KEYS, 2), {}, {"verdict_reason": "x"}, Verdict.pursue), {f"comment.{key}" for key in KEYS}),
        (Answers(dict.fromkeys(KEYS, 6), {}, {"verdict_reason": "x"}, Verdict.pursue), {f"score.{key}" for key in KEYS}),
        (Answers(dict.fromkeys(KEYS, None), {}, {}, None), {"verdict", "text.verdict_reason"}),
        (Answers({**dict.fromkeys(KEYS, 3), "weather": 3}, {}, {"verdict_reason": "x"}, Verdict.stop), {"score.weather"}),
    ],
)
def test_what_cannot_be_sent_names_each_field(opened: Opened, given: Answers, fields: set[str]) -> None:
    with opened.engine.work(write=False) as work:
        alliance, row = opened.row(work)
        with pytest.raises(Invalid) as refused:
            services.answer(work, row, alliance.parties[0], given)
        assert set(refused.value.fields) == fields
        assert not row.answered_party_ids


def test_a_draft_grows_and_stays_the_partys(opened: Opened) -> None:
    with opened.engine.work() as work:
        alliance, row = opened.row(work)
        party = alliance.parties[0]
        services.save_draft(work, row, party, Part(scores={"vision": 4}, texts={"story": SECRET}))
        services.save_draft(work, row, party, Part(scores={"trust": 1}, comments={"trust": "On se parle peu"}))
        draft = services.answer_of(row, party)
        assert services.content_of(draft).scores == {"vision": 4, "trust": 1}
        assert services.answers_for(work, alliance, row, alliance.parties[1]) == []
        assert services.facts_of(work, alliance, row).answered == ()
        with pytest.raises(Invalid):
            services.save_draft(work, row, party, Part(scores={"means": 1}))


def test_answers_are_masked_until_all_have_answered(opened: Opened) -> None:
    for number in range(3):
        opened.answer(number, answers(number + 3, story=SECRET))
        with opened.engine.work(write=False) as work:
            alliance, row = opened.row(work)
            own, other = alliance.parties[0], alliance.parties[2]
            shown = number == 2
            assert services.are_shown(work, alliance, row) is shown
            assert len(services.answers_for(work, alliance, row, own)) == (3 if shown else 1)
            assert len(services.answers_for(work, alliance, row, other)) == (3 if shown else 0)
            assert len(services.answers_for(work, alliance, row, None)) == (3 if shown else 0)


def test_answers_are_shared_once_the_last_day_has_passed(opened: Opened, clock: FixedClock) -> None:
    opened.answer(0, answers(story=SECRET))
    clock.move_to(datetime(2026, 7, 1, 21, 59, tzinfo=UTC))  # 23:59 in Paris, the last day
    with opened.engine.work(write=False) as work:
        assert services.answers_for(work, *opened.row(work), None) == []
    clock.move_to(datetime(2026, 7, 1, 22, 1, tzinfo=UTC))
    with opened.engine.work(write=False) as work:
        assert len(services.answers_for(work, *opened.row(work), None)) == 1


def test_no_page_no_api_no_mail_tells_another_partys_answers(
    opened: Opened, browsers: list[FlaskClient], clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    opened.answer(0, answers(2, word=SECRET, story=SECRET, verdict=Verdict.stop))
    pages = ["", f"/{opened.checkpoint}/bilan", f"/{opened.checkpoint}/repondre", "/calendrier.ics"]
    for number in (1, 2, 3):
        for path in pages:
            text = browsers[number].get(f"/alliances/{opened.ref}/evaluation{path}").text
            assert SECRET not in text
        assert SECRET not in browsers[number].get(f"/alliances/{opened.ref}/journal").text
        header = {"Authorization": f"Bearer {opened.tokens[number]}"}
        told = browsers[number].get(f"{opened.api}/answers", headers=header)
        assert told.json is not None
        assert told.json["shown"] is False
        assert told.json["answers"] == []
        assert SECRET not in browsers[number].get(opened.api.rsplit("/", 1)[0], headers=header).text
    own = browsers[0].get(f"{opened.api}/answers", headers={"Authorization": f"Bearer {opened.tokens[0]}"})
    assert own.json is not None
    assert own.json["answers"][0]["texts"]["story"] == SECRET
    let_pass(opened.engine, clock, datetime(2026, 7, 1, 21, tzinfo=UTC))
    assert outgoing
    for mail in outgoing:
        assert not any(SECRET in str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
    clock.move_to(datetime(2026, 7, 2, 8, tzinfo=UTC))
    assert SECRET in browsers[2].get(f"{opened.path}/bilan").text


def test_one_question_a_screen_kept_as_one_goes(opened: Opened, browsers: list[FlaskClient]) -> None:
    browser, address = browsers[1], f"{opened.path}/repondre"
    first = browser.get(address).text
    assert "Question 1 sur 14" in first
    assert "question=1" in first
    assert browser.post(f"{address}?question=1", data={"text": SECRET}).location.endswith("question=2")
    assert browser.post(f"{address}?question=2", data={"comment": "rien"}).status_code == 422
    low = browser.post(f"{address}?question=2", data={"score": "2", "comment": ""})
    assert low.status_code == 422
    assert "Expliquez en quelques mots" in low.text
    assert 'value="2" checked' in low.text
    for number in range(2, 11):
        sent = browser.post(f"{address}?question={number}", data={"score": "no_opinion" if number == 3 else "4"})
        assert sent.location.endswith(f"question={number + 1}")
    assert "Question 14 sur 14" in browser.get(address).text  # resumes where something is still needed
    early = browser.post(f"{opened.path}/envoyer")
    assert early.status_code == 422
    assert "Choisissez : poursuivre, réorienter ou arrêter." in early.text
    assert browser.post(f"{address}?question=14", data={"verdict": "redirect", "text": "Trop lent"}).location.endswith("question=15")
    whole = browser.get(f"{address}?question=15").text
    assert SECRET in whole
    assert "Réorienter. Trop lent" in whole
    assert "Envoyer nos réponses" in whole
    assert browser.post(f"{address}?question=2&retour=1", data={"score": "5"}).location.endswith("question=15")
    assert browser.post(f"{opened.path}/envoyer").status_code == 302
    assert "Vos réponses sont parties" in browser.get(address).text
    again = browser.post(f"{address}?question=2", data={"score": "1", "comment": "non"})
    assert again.status_code == 409
    assert browser.post(f"{opened.path}/envoyer").status_code == 409
    with opened.engine.work(write=False) as work:
        alliance, row = opened.row(work)
        own = services.answer_of(row, alliance.parties[1])
        assert own is not None
        assert own.scores["vision"] == 5
        assert own.scores["own_goals"] is None


def test_the_facilitator_has_no_voice(opened: Opened, browsers: list[FlaskClient]) -> None:
    assert browsers[3].get(f"{opened.path}/repondre").status_code == 403
    assert browsers[3].post(f"{opened.path}/envoyer").status_code == 403


def test_the_timeline_says_who_answered(opened: Opened, browsers: list[FlaskClient]) -> None:
    opened.answer(0, answers())
    page = browsers[1].get(f"/alliances/{opened.ref}/evaluation").text
    assert page.count("a répondu</span>") == 1
    assert page.count("attendue</span>") == 2
    assert "mercredi 1er juillet 2026, dans 28 jours" in page
    assert "jeudi 3 septembre 2026, dans 92 jours" in page


def test_a_checkpoint_that_is_not_open_takes_no_answer(opened: Opened) -> None:
    with opened.engine.work() as work:
        alliance, _row = opened.row(work)
        later = services.checkpoints_of(work, alliance)[1]
        with pytest.raises(Conflict):
            services.answer(work, later, alliance.parties[0], answers())


def test_over_the_api(opened: Opened, client: FlaskClient) -> None:
    header = {"Authorization": f"Bearer {opened.tokens[0]}"}
    assert client.patch(f"{opened.api}/draft", json={"scores": {"vision": 3}}, headers=header).status_code == 200
    early = client.post(f"{opened.api}/answers", json={}, headers=header)
    assert early.status_code == 422
    assert early.content_type == "application/problem+json"
    assert early.json is not None
    assert "verdict" in early.json["fields"]
    given = answers(4)
    body = {"scores": dict(given.scores), "comments": {}, "texts": dict(given.texts), "verdict": "pursue"}
    sent = client.post(f"{opened.api}/answers", json=body, headers=header)
    assert sent.status_code == 201
    assert sent.json is not None
    assert len(sent.json["sha256"]) == 64
    again = client.post(f"{opened.api}/answers", json=body, headers=header)
    assert again.status_code == 409
    assert again.json is not None
    assert "les a envoyées le" in again.json["missing"][0]["what"]
    refused = client.post(f"{opened.api}/review", json={"verdict": "stop", "reason": "Assez"}, headers=header)
    assert refused.status_code == 409
    assert refused.json is not None
    assert {name for one in refused.json["missing"] for name in one["who"]} == {"Vigie Sécurité", "Département du Val-Fleuri"}
    listed = client.get(f"/api/v1/alliances/{opened.ref}/evaluation/checkpoints", headers=header)
    assert listed.json is not None
    assert [one["status"] for one in listed.json] == ["open", "planned", "planned"]
    moved = client.post(
        f"/api/v1/alliances/{opened.ref}/evaluation/plan",
        json={"preset": "path_9_months", "dates": {"month_9": "2026-12-25"}},
        headers=header,
    )
    assert moved.json is not None
    assert moved.json["moved"] == [{"wanted": "2026-12-25", "kept": "2026-12-28"}]
    assert client.get(f"/api/v1/alliances/{opened.ref}/evaluation/calendar.ics", headers=header).content_type.startswith("text/calendar")


def test_a_party_that_left_reads_no_later_answer(opened: Opened, browsers: list[FlaskClient], clock: FixedClock) -> None:
    opened.answer(0, answers(2, word=SECRET, story=SECRET))
    opened.answer(1, answers())
    with opened.engine.work() as work:
        kernel.leave(work, opened.row(work)[0].parties[1], "Nous partons.")
    clock.move_to(datetime(2026, 7, 2, 8, tzinfo=UTC))
    assert SECRET in browsers[0].get(f"{opened.path}/bilan").text
    assert browsers[1].get(f"{opened.path}/bilan").status_code == 404
    with opened.engine.work() as work:
        _alliance, row = opened.row(work)
        services.close(work, row, services.ReviewData(Verdict.pursue, "Nous en avons parlé."))
        row.document = work.storage.put(b"%PDF-")
    header = {"Authorization": f"Bearer {opened.tokens[1]}"}
    assert browsers[0].get(f"{opened.path}/bilan.pdf").status_code == 200
    assert browsers[1].get(f"{opened.path}/bilan").status_code == 404
    assert browsers[1].get(f"{opened.path}/bilan.pdf").status_code == 404
    assert browsers[1].get(f"{opened.api}/review.pdf", headers=header).status_code == 404


def test_a_party_that_left_keeps_the_reviews_it_took_part_in(opened: Opened, browsers: list[FlaskClient]) -> None:
    for number in range(3):
        opened.answer(number, answers())
    with opened.engine.work() as work:
        alliance, row = opened.row(work)
        services.close(work, row, services.ReviewData(Verdict.pursue, "Nous en avons parlé."))
        kernel.leave(work, alliance.parties[1], "Nous partons.")
    assert browsers[1].get(f"{opened.path}/bilan").status_code == 200
