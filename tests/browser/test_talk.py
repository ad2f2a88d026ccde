"""Talking about the charter: on chosen words, calling somebody by keyboard, changing one's mind, closing and opening again, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.models import Digest
from charter.work import Actor
from tests.browser.conftest import SCREENS, Running, assert_accessible, caret_rests, shoot
from tests.browser.test_drafting import two_people
from tests.charter.drafting import factories as made
from workflows.deadlines import Deadline

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FIRST = "[data-article] .article-text"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def write_and_select(page: Page, words: str) -> None:
    """Adds a paragraph at the end of the first article and selects it."""
    expect(page.locator("[data-editor-status]")).to_have_text("Connecté")
    page.locator(FIRST).first.locator("p").last.click()
    page.keyboard.press("Control+End")
    caret_rests(page)
    page.keyboard.press("Enter")
    page.keyboard.type(words)
    caret_rests(page)
    page.keyboard.press("Shift+Home")
    caret_rests(page)


def test_a_discussion_by_keyboard_from_the_first_word_to_its_orphan(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte/texte")
    write_and_select(page, "Nous écoutons avant de proposer.")
    page.keyboard.press("Control+Alt+m")
    talk = page.locator("#panneau")
    box = talk.get_by_label("Votre commentaire")
    expect(box).to_be_focused()

    # « @ » opens the list; arrows move in it, Escape leaves it and keeps the panel, Enter calls.
    page.keyboard.type("Vu avec @")
    listed = talk.get_by_role("listbox", name="Personnes à prévenir")
    expect(listed.get_by_role("option")).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)
    expect(talk).to_be_visible()
    page.keyboard.type("to")
    expect(listed.get_by_role("option", selected=True)).to_contain_text("Tom Nguyen")
    shoot_viewport(page, "talk-mention")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Vu avec @Tom Nguyen ")
    expect(talk.locator(".talk__new summary span")).to_have_attribute("data-count", " (1)")
    page.keyboard.type("ce matin.")
    talk.get_by_role("button", name="Publier").press("Enter")
    expect(talk.locator(".thread .mention")).to_have_text("@Tom Nguyen")
    expect(page.locator(".comment-mark")).to_have_text("Nous écoutons avant de proposer.")
    expect(page.locator("[data-outline-talk]").first).to_contain_text("1")
    with running_app.engine.work(write=False) as work:
        text = made.charter(work, work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[1]).one())
        (thread,) = services.all_threads(work, text, services.article_words(work, text))
        assert [one.person_id for one in thread.first.mentions] == [tom.id]

    # Other words for one's own comment; the name rubbed out is no call any more.
    talk.get_by_text("Modifier", exact=False).first.click()
    talk.get_by_label("Vos nouveaux mots").fill("Vu ce matin.")
    talk.get_by_role("button", name="Enregistrer").click()
    expect(talk.locator(".thread")).to_contain_text("Vu ce matin.")
    expect(talk.locator(".thread")).to_contain_text("modifié")
    expect(talk.locator(".mention")).to_have_count(0)
    shoot_viewport(page, "talk-panel")

    # Closed, its words look like any others and keep their place; opened again, they are marked as before.
    mark = page.locator(".comment-mark")
    lit = background(mark)
    talk.get_by_role("button", name="Clore la discussion ouverte par Léa Martin").click()
    expect(talk.get_by_text("1 discussion close")).to_be_visible()
    expect(mark).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(page.locator("[data-outline-talk]").first).to_be_hidden()
    talk.get_by_text("1 discussion close").click()
    assert_accessible(page)
    talk.get_by_role("button", name="Rouvrir la discussion ouverte par Léa Martin").click()
    expect(mark).to_have_css("background-color", lit)

    # The words go: the discussion stays, and says so.
    mark.click()
    caret_rests(page)
    page.keyboard.press("End")
    caret_rests(page)
    page.keyboard.press("Shift+Home")
    caret_rests(page)
    page.keyboard.press("Delete")
    expect(page.locator(".comment-mark")).to_have_count(0)
    expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré")
    page.goto(f"{running_app.url}{path}/charte/discussions")
    expect(page.locator(".thread")).to_contain_text("Ces mots ne sont plus dans la charte.")
    expect(page.locator(".thread__quote")).to_have_text("Nous écoutons avant de proposer.")
    assert_accessible(page)
    shoot(page, "talk-discussions")


def background(place: Locator) -> str:
    return str(place.evaluate("element => getComputedStyle(element).backgroundColor"))


def shoot_viewport(page: Page, name: str) -> None:
    """A panel beside the text is what is on screen, not the whole page."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    # A hidden caret would leave an empty style on the fields, which the next swap would copy and the content security policy refuse.
    page.screenshot(path=SCREENS / f"{name}.png", caret="initial")


def test_on_a_phone_the_talk_is_a_sheet_and_a_tap_calls(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    with running_app.engine.work() as work:
        alliance = work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[1]).one()
        article = made.charter(work, alliance).present_articles[0]
        person = work.get(Person, tom.id)
        services.post(work.by(Actor(person.id, person.display_name)), article, person, alliance.parties[1], "Est-ce bien clair pour tous ?")
    page = page_as(lea, f"{path}/charte/texte", **PHONE)
    page.locator(".state__talk").first.tap()
    talk = page.locator("#panneau")
    expect(talk.locator(".thread")).to_contain_text("Est-ce bien clair")
    talk.get_by_text("Répondre", exact=True).first.tap()
    box = talk.get_by_label("Votre réponse")
    box.tap()
    page.keyboard.type("Oui, @t")
    talk.get_by_role("option").first.tap()
    expect(box).to_have_value("Oui, @Tom Nguyen ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot_viewport(page, "talk-phone")
    talk.locator(".reply[open]").get_by_role("button", name="Répondre").tap()
    expect(talk.locator(".thread")).to_contain_text("Oui, @Tom Nguyen")
    assert_accessible(page)


def test_the_talk_works_without_script(running_app: Running, page_as: Open) -> None:
    path, lea, _tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte/texte", java_script_enabled=False)
    page.locator(".state__talk").first.click()
    page.get_by_label("Un commentaire sur l’article entier").fill("<b>Tom</b>, ton avis ?")
    page.get_by_text("Prévenir quelqu’un").first.click()
    page.locator(".talk__new").get_by_label("Tom Nguyen").check()
    page.get_by_role("button", name="Publier").click()
    expect(page.locator(".thread")).to_contain_text("<b>Tom</b>, ton avis ?")
    expect(page.locator(".thread")).to_contain_text("Prévenus : Tom Nguyen")
    page.get_by_text("Retirer", exact=False).first.click()
    page.get_by_role("button", name="Retirer ce commentaire").click()
    expect(page.locator(".thread")).to_contain_text("Commentaire retiré par son auteur.")
    shoot(page, "talk-page")


def test_the_deadlines_are_chosen_one_a_screen_and_read_where_they_count(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte")
    page.get_by_role("link", name="Choisir les dates limites").click()
    shoot(page, "calendar-empty")
    page.get_by_role("link", name="Choisir une date : Amendements").click()
    shoot(page, "calendar-question")
    assert_accessible(page)
    page.get_by_label("Dernier jour").fill(date.today().isoformat())  # noqa: DTZ011  the browser's own day
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un jour à venir")
    page.get_by_label("Dernier jour").fill((date.today() + timedelta(days=20)).isoformat())  # noqa: DTZ011
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".deadline").first).to_contain_text("dans 20 jours")
    page.get_by_role("link", name="Choisir une date : Avis de chaque partie").click()
    page.get_by_role("button", name="Enregistrer").click()
    shoot(page, "calendar-set")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "calendrier-charte.ics"

    his = page_as(tom, f"{path}/charte")
    expect(his.locator(".deadline-link")).to_contain_text("Amendements jusqu’au")
    his.goto(f"{running_app.url}{path}")
    expect(his.locator(".todo")).to_contain_text("D’ici au")
    shoot(his, "calendar-todo")
    his.goto(f"{running_app.url}{path}/charte/calendrier/avis")
    expect(his.locator("h1")).not_to_contain_text("Avant quand")  # the leading party's to choose
    with running_app.engine.work(write=False) as work:
        text = made.charter(work, work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[1]).one())
        assert services.days_of(work, text)[Deadline.consents] is not None


def test_a_mail_is_stopped_without_signing_in(running_app: Running, stranger: Open, page_as: Open) -> None:
    path, lea, _tom = two_people(running_app)
    with running_app.engine.work() as work:
        alliance = work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[1]).one()
        url = services.stop_url(work, lea.id, alliance.id, "digest").removeprefix(running_app.url)
    page = stranger(url)
    shoot(page, "mails-stop")
    assert_accessible(page)
    page.get_by_role("button", name="Arrêter ces courriels").click()
    expect(page.locator("main")).to_contain_text("Vous ne recevrez plus le résumé")
    with running_app.engine.work(write=False) as work:
        assert services.choice_of(work, work.get(Person, lea.id), work.get(Alliance, alliance.id)).digest == Digest.never
    hers = page_as(lea, f"{path}/mes-courriels")
    expect(hers.get_by_label("Rien")).to_be_checked()
    assert_accessible(hers)
    shoot(hers, "mails-choice")
    hers.goto(f"{running_app.url}/compte/courriels")
    shoot(hers, "mails-mine")
