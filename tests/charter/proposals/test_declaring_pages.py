"""Declaring, choosing a model and beginning to write, as people live it: one question a screen, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from charter.accounts.models import Person
from charter.alliances import services as kernel
from charter.alliances.models import Alliance
from charter.proposals import services
from charter.proposals.services import STEPS
from charter.work import Engine, Work
from tests import factories
from tests.charter.proposals import factories as made
from workflows.lifecycle import AllianceStatus

SignIn = Callable[[Person], FlaskClient]


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


ANSWERS = {
    "objectives": {"objectives": ["innovation"]},
    "levers": {"levers": ["csr"]},
    "means": {"means": ["human", "financial"]},
    "contributions": {"label-human": "deux formatrices", "euros-human": "12 500,50 €", "label-financial": "un don"},
    "money": {},
    "constraints": {"constraints": "Peu de temps."},
    "strengths": {},
    "asymmetries": {"fragilities": "Une salariée", "needs": "Le soir"},
    "posture": {"posture": "coconstruction"},
}


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'").replace("&amp;", "&")


def latest(engine: Engine) -> Alliance:
    """The newest alliance as committed, read apart from the test's own transaction."""
    with engine.work(write=False) as work:
        return kernel.find(work, work.session.scalars(select(Alliance.ref).order_by(Alliance.id.desc())).first() or "")


@on_sqlite
def test_the_declaration_goes_from_screen_to_screen_and_resumes(work: Work, signed_in: SignIn) -> None:
    alliance = made.proposed(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/declaration"
    for number, step in enumerate(STEPS, 1):
        assert browser.get(path).headers["Location"] == f"{path}/{step}"
        assert f"Question {number} sur 9" in text(browser.get(f"{path}/{step}"))
        assert browser.post(f"{path}/{step}", data=ANSWERS[step]).headers["Location"] == path
    page = text(browser.get(path))
    assert "deux formatrices (environ 12\u202f500,50\xa0€)" in page and "Aucun versement" in page
    assert browser.post(path).headers["Location"] == f"/alliances/{alliance.ref}/proposition"
    assert "déclaration faite" in text(browser.get(f"/alliances/{alliance.ref}/proposition"))


@on_sqlite
@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("objectives", {}, "objectives"),
        ("contributions", {"label-human": ""}, "label-human"),
        ("contributions", {"label-human": "du temps", "euros-human": "beaucoup"}, "euros-human"),
        ("posture", {}, "posture"),
        ("money", {"nature-pot": "gift"}, "nature-pot"),
    ],
)
def test_a_screen_that_cannot_be_read_comes_back_with_what_was_typed(
    work: Work, signed_in: SignIn, step: str, data: dict[str, str], field: str
) -> None:
    alliance = made.proposed(work)
    services.answer(work, alliance.parties[0], "means", {"means": ["human"]})
    work.commit()
    answer = signed_in(factories.speaker(alliance.parties[0])).post(f"/alliances/{alliance.ref}/declaration/{step}", data=data)
    assert answer.status_code == 422 and f'href="#f-{field}"' in text(answer)
    if data.get("euros-human"):
        assert 'value="beaucoup"' in text(answer)


@on_sqlite
def test_money_given_to_another_party_is_kept_and_shown_again(work: Work, engine: Engine, signed_in: SignIn) -> None:
    alliance, _ = made.one_invited(work)
    ref = alliance.parties[1].ref
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/declaration/money"
    browser.post(path, data={f"nature-{ref}": "gift", f"euros-{ref}": "1 000", f"purpose-{ref}": "le sas"})
    with engine.work(write=False) as reading:
        declaration = services.declaration_of(reading, kernel.find(reading, alliance.ref).parties[0])
    assert declaration is not None
    assert declaration.money_flows == [{"nature": "gift", "to": ref, "cents": 100_000, "purpose": "le sas"}]
    assert 'value="1000"' in text(browser.get(path))


@on_sqlite
def test_the_model_page_advises_compares_and_warns(work: Work, signed_in: SignIn) -> None:
    alliance = made.ready(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/modele"
    page = text(browser.get(path))
    assert page.count('type="radio" name="model"') == 9
    for words in ("Pourquoi", "Proposition de loi non adoptée", "aucune valeur obligatoire", "Ce qui changerait ce conseil"):
        assert words in page
    refused = browser.post(path, data={"model": "classic_philanthropy", "reason": ""})
    assert refused.status_code == 422 and 'href="#f-reason"' in text(refused)
    assert browser.post(path, data={"model": "classic_philanthropy", "reason": "C’est un don."}).status_code == 302
    assert "C’est un don." in text(browser.get(f"/alliances/{alliance.ref}/proposition"))


@on_sqlite
def test_beginning_too_early_tells_what_is_missing_and_from_whom(work: Work, engine: Engine, signed_in: SignIn) -> None:
    alliance, _ = made.one_invited(work)
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/proposition/lancer"
    for answer, status in ((browser.get(path), 200), (browser.post(path), 409)):
        assert answer.status_code == status
        assert "Vigie Sécurité n’a pas encore répondu à l’invitation" in text(answer)
    assert latest(engine).status == AllianceStatus.proposal


@on_sqlite
def test_beginning_when_all_is_there(work: Work, engine: Engine, signed_in: SignIn, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/proposition/lancer"
    assert "Tout est prêt" in text(browser.get(path))
    assert browser.post(path).status_code == 302
    assert (latest(engine).status, later_rooms) == (AllianceStatus.drafting, ["drafting.open_charter"])
    late = browser.post(path)
    assert late.status_code == 409
    assert f"{factories.speaker(alliance.parties[0]).display_name} a ouvert la co-rédaction, le 3 mars 2026" in text(late)


@on_sqlite
def test_only_the_leading_party_moves_the_proposal_on(work: Work, signed_in: SignIn) -> None:
    alliance = made.ready(work)
    work.commit()
    browser = signed_in(factories.speaker(alliance.parties[1]))
    for path in ("inviter", "modele", "proposition/besoin", "proposition/lancer", "abandon"):
        assert browser.get(f"/alliances/{alliance.ref}/{path}").status_code == 403
    assert browser.get(f"/alliances/{alliance.ref}/proposition").status_code == 200


@on_sqlite
def test_ending_the_alliance_takes_a_reason(work: Work, engine: Engine, signed_in: SignIn, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/abandon"
    assert browser.post(path, data={"reason": ""}).status_code == 422
    assert browser.post(path, data={"reason": "Plus de financement."}).status_code == 302
    assert latest(engine).status == AllianceStatus.abandoned
    assert browser.get(f"/alliances/{alliance.ref}").status_code == 200
    assert browser.post(path, data={"reason": "Encore."}).status_code == 409


@on_sqlite
def test_what_people_wrote_is_never_markup(work: Work, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    services.set_need(work, alliance, "<b>Un sas</b>", "<script>alert(1)</script> " + made.NEED)
    work.commit()
    for browser, path in ((signed_in(person), "reponse"), (signed_in(factories.speaker(alliance.parties[0])), "proposition")):
        page = browser.get(f"/alliances/{alliance.ref}/{path}").get_data(as_text=True)
        assert "<script>alert" not in page and "<b>Un sas</b>" not in page and "&lt;script&gt;" in page
