"""Amendments over HTTP: the screens, refusals that keep what was typed, the API, mails, and two people deciding at once."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.drafting import plain_words, services
from charter.drafting.models import Amendment, Article
from charter.i18n import gettext
from charter.work import Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.amendments import AmendmentKind, AmendmentStatus

SignedIn = Callable[[Person], FlaskClient]
WHY = "Plus clair pour nos équipes."
RICH = "Nous plantons **douze haies** vives.\n\n- en hiver\n- avec les écoles"


class Scene:
    """An alliance of two parties, a text whose first article has bold words and a list, an amendment of the first party to it."""

    def __init__(self, work: Work) -> None:
        alliance = made.drafting(work)
        text = made.charter(work, alliance)
        article = text.present_articles[0]
        made.rewrite(work, article, "Nous plantons douze haies vives.")
        self.one, self.two = (factories.speaker(party) for party in alliance.parties)
        self.names = [party.name for party in alliance.parties]
        self.helper = alliance.facilitators[0].person
        nodes = [made.paragraph("Nous plantons quinze haies vives.")]
        amendment = services.propose_amendment(
            work, article, self.one, alliance.parties[0], AmendmentKind.wording, title=article.title, nodes=nodes, reason=WHY
        )
        self.id, self.ref, self.text, self.article, self.title = alliance.id, alliance.ref, text.ref, article.ref, article.title
        self.article_id, self.amendment_id, self.amendment = article.id, amendment.id, amendment.ref
        self.tokens = {person.id: make_token(work, person, "essai")[0] for person in (self.one, self.two, self.helper)}
        self.path = f"/alliances/{self.ref}/charte"
        self.at = f"{self.path}/amendements/{self.amendment}"
        self.api = f"/api/v1/alliances/{self.ref}/texts/{self.text}/amendments"
        work.commit()

    def bearer(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[person.id]}"}


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


def status(engine: Engine, scene: Scene) -> AmendmentStatus:
    with engine.work(write=False) as work:
        return work.get(Amendment, scene.amendment_id).status


def words(engine: Engine, scene: Scene) -> str:
    with engine.work(write=False) as work:
        text = work.get(Article, scene.article_id).text
        return str(services.article_words(work, text)[0].nodes)


def send(page: FlaskClient, scene: Scene, kind: str = "wording", **fields: str) -> Any:
    given = {"title": scene.title, "words": RICH, "reason": WHY, "step": "envoi", **fields}
    return page.post(f"{scene.path}/articles/{scene.article}/amendement/{kind}", data=given)


def told(answer: Any) -> Any:
    """What the API answers."""
    return answer.get_json()


def body(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def addressee(mail: EmailMessage) -> str:
    return parseaddr(mail["To"])[1]


def test_every_page_opens(scene: Scene, signed_in: SignedIn) -> None:
    page, article = signed_in(scene.one), f"/articles/{scene.article}/amendement"
    addresses = (article, *(f"{article}/{kind}" for kind in AmendmentKind), "/amendements", f"/amendements?article={scene.article}")
    for address in (*addresses, f"/amendements/{scene.amendment}", f"/amendements/{scene.amendment}/refus"):
        assert page.get(scene.path + address).status_code == 200, address
    assert page.get(f"{scene.path}{article}/autre").status_code == 404
    assert "1 amendement" in page.get(f"{scene.path}/articles/{scene.article}/etat").text


def test_the_difference_is_read_in_words_before_and_after_sending(scene: Scene, signed_in: SignedIn) -> None:
    page = signed_in(scene.two)
    preview = send(page, scene, step="apercu", words="Nous plantons douze haies basses.").text
    assert "<ins>" in preview and "ajouté" in preview and "basses" in preview and "vives" in preview
    back = send(page, scene, step="ecrire", words="Nous plantons douze haies basses.").text
    assert "Nous plantons douze haies basses." in back and WHY in back
    sent = send(page, scene, words="Nous plantons douze haies basses.")
    assert sent.status_code in (302, 303)
    shown = page.get(sent.headers["Location"]).text
    assert "basses" in shown and WHY in shown and "Avis attendu" in shown


def test_what_was_typed_stays_when_something_is_to_mend(scene: Scene, signed_in: SignedIn) -> None:
    refused = send(signed_in(scene.two), scene, reason="", words=RICH)
    assert refused.status_code == 422 and "**douze haies**" in refused.text
    same = send(signed_in(scene.two), scene, words="Nous plantons douze haies vives.")
    assert same.status_code == 422 and "changez-en au moins un mot" in same.text
    assert WHY in same.text


def test_the_words_of_the_editor_are_kept_too(scene: Scene, signed_in: SignedIn) -> None:
    nodes = '[{"type":"paragraph","content":[{"type":"text","text":"Nous plantons mille haies."}]}]'
    refused = send(signed_in(scene.two), scene, nodes=nodes, words="", reason="")
    assert refused.status_code == 422 and refused.text.count("mille haies") == 2  # for the text area, and for the editor
    broken = send(signed_in(scene.two), scene, nodes="{", words="")
    assert broken.status_code == 422
    foreign = send(signed_in(scene.two), scene, nodes='[{"type":"iframe"}]', words="")
    assert foreign.status_code == 422


def test_markdown_left_alone_changes_nothing(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    with engine.work() as work:
        article = work.get(Article, scene.article_id)
        typed: list[dict[str, Any]] = [
            made.paragraph('Un  double espace, et "guillemets" : rien n\'est typographié.'),
            {"type": "paragraph"},
            made.paragraph("Fin."),
        ]
        services.write(work, article, typed)
    form = signed_in(scene.two).get(f"{scene.path}/articles/{scene.article}/amendement/wording").text
    shown = form.split('name="words"')[1].split(">", 1)[1].split("</textarea>")[0].strip()
    sent = send(signed_in(scene.two), scene, words=html.unescape(shown).replace("Fin.", "La fin."))
    found = signed_in(scene.two).get(sent.headers["Location"]).text
    assert found.count("<ins>") == 1


def test_a_party_answers_and_its_reason_is_asked_when_against(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    page = signed_in(scene.two)
    refused = page.post(f"{scene.at}/avis", data={"kind": "against", "reason": ""})
    assert refused.status_code == 422
    assert page.post(f"{scene.at}/avis", data={"kind": "against", "reason": "Trop cher."}).status_code in (302, 303)
    assert status(engine, scene) is AmendmentStatus.refused
    assert "Trop cher." in page.get(scene.at).text
    assert "douze" in words(engine, scene)


def test_what_the_other_party_is_for_enters_the_text(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    assert signed_in(scene.two).post(f"{scene.at}/avis", data={"kind": "favour"}).status_code in (302, 303)
    assert status(engine, scene) is AmendmentStatus.accepted
    assert "quinze" in words(engine, scene)
    assert signed_in(scene.one).post(f"{scene.at}/retrait").status_code == 409


def test_settling_too_early_says_what_is_missing_and_from_whom(scene: Scene, signed_in: SignedIn) -> None:
    refused = signed_in(scene.helper).post(f"{scene.at}/acceptation")
    assert refused.status_code == 409 and scene.names[1] in refused.text
    assert signed_in(scene.two).post(f"{scene.at}/acceptation").status_code == 403


def test_two_people_deciding_at_once_one_wins(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    with engine.work() as first:
        amendment = first.get(Amendment, scene.amendment_id)
        services.withdraw_amendment(first, amendment, amendment.party)
    late = signed_in(scene.two).post(f"{scene.at}/avis", data={"kind": "favour"})
    assert late.status_code == 409
    assert status(engine, scene) is AmendmentStatus.withdrawn and "douze" in words(engine, scene)


def test_the_discussion_keeps_what_is_said(scene: Scene, signed_in: SignedIn) -> None:
    page = signed_in(scene.helper)
    assert page.post(f"{scene.at}/discussion", data={"body": " "}).status_code == 422
    assert page.post(f"{scene.at}/discussion", data={"body": "Et si l’on disait treize ?"}).status_code in (302, 303)
    assert "Et si l’on disait treize ?" in page.get(scene.at).text


def test_the_same_over_the_api(scene: Scene, client: FlaskClient) -> None:
    new = {"kind": "insertion", "article": scene.article, "title": "Entretien", "nodes": [made.paragraph("En hiver.")], "reason": WHY}
    sent = client.post(scene.api, json=new, headers=scene.bearer(scene.two))
    assert sent.status_code == 201, sent.text
    at = f"{scene.api}/{told(sent)['ref']}"
    assert len(told(client.get(scene.api, headers=scene.bearer(scene.one)))) == 2
    missing = client.post(f"{at}/acceptance", headers=scene.bearer(scene.helper))
    assert missing.status_code == 409 and told(missing)["missing"][0]["who"] == [scene.names[0]]
    assert told(client.get(at, headers=scene.bearer(scene.one)))["missing"]
    assert client.post(f"{at}/remarks", json={"body": "Bien."}, headers=scene.bearer(scene.one)).status_code == 201
    said = client.put(f"{at}/position", json={"kind": "favour"}, headers=scene.bearer(scene.one))
    assert said.status_code == 200 and told(said)["kind"] == "favour"
    assert told(client.get(at, headers=scene.bearer(scene.one)))["amendment"]["status"] == "accepted"
    titles = told(client.get(f"/api/v1/alliances/{scene.ref}/texts/{scene.text}/articles", headers=scene.bearer(scene.one)))
    assert [one["title"] for one in titles][1] == "Entretien"
    again = client.put(f"{scene.api}/{scene.amendment}/position", json={"kind": "against"}, headers=scene.bearer(scene.two))
    assert again.status_code == 422
    assert told(client.post(f"{scene.api}/{scene.amendment}/withdrawal", headers=scene.bearer(scene.one)))["status"] == "withdrawn"


def test_mails_ask_those_who_speak_and_tell_those_who_proposed(
    scene: Scene, signed_in: SignedIn, drain: Callable[[], None], outgoing: list[EmailMessage]
) -> None:
    drain()
    asked = [mail for mail in outgoing if "propose un amendement" in mail["Subject"]]
    assert [addressee(mail) for mail in asked] == [scene.two.email]
    said = body(asked[0])
    assert WHY in said and scene.at in said and scene.names[0] in said
    signed_in(scene.two).post(f"{scene.at}/avis", data={"kind": "against", "reason": "Trop cher."})
    drain()
    told = [mail for mail in outgoing if "est refusé" in mail["Subject"]]
    assert [addressee(mail) for mail in told] == [scene.one.email]
    assert "Trop cher." in body(told[0])


def test_the_dashboard_says_whose_word_is_awaited(scene: Scene, signed_in: SignedIn) -> None:
    asked = gettext("Donnez votre avis sur l’amendement de %(proposer)s", proposer=scene.names[0])
    assert asked in signed_in(scene.two).get(f"/alliances/{scene.ref}").text
    assert "Donnez votre avis sur l’amendement" not in signed_in(scene.one).get(f"/alliances/{scene.ref}").text


def test_words_are_read_at_once_or_not_at_all(scene: Scene, signed_in: SignedIn) -> None:
    begun = time.monotonic()
    plain_words.read("<div>\n" + "<" * (plain_words.MOST - 6))
    assert time.monotonic() - begun < 2
    with pytest.raises(ValueError, match="too long"):
        plain_words.read("a" * (plain_words.MOST + 1))
    sent = {"step": "apercu", "title": scene.title, "words": "a" * (plain_words.MOST + 1), "reason": WHY}
    answer = signed_in(scene.one).post(f"{scene.path}/articles/{scene.article}/amendement/wording", data=sent)
    assert answer.status_code == 422 and "caractères au plus" in answer.text
