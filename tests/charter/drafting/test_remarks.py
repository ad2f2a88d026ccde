"""Changing one's mind in a discussion, calling people by name, and threads that follow their words wherever they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.models import Alliance, Party
from charter.drafting import remarks, services
from charter.drafting.live import content
from charter.drafting.live.canonical import Node, write_nodes
from charter.drafting.live.moving import Place
from charter.drafting.models import Article, Comment, Text
from charter.errors import Conflict, Forbidden, Invalid
from charter.journal import services as journal
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as made

HOSTILE = "<script>alert(1)</script> & {{ 7 * 7 }} @Tom"


@dataclass
class Scene:
    work: Work
    alliance: Alliance
    text: Text
    ana: Person
    tom: Person
    ours: Party
    theirs: Party

    @property
    def first(self) -> Article:
        return self.text.present_articles[0]

    def post(self, body: str = "Un mot.", **given: object) -> Comment:
        work = self.work.by(Actor(self.ana.id, self.ana.display_name))
        return services.post(work, self.first, self.ana, self.ours, body, **given)  # type: ignore[arg-type]

    def marked(self, words: str, *, before: str = "Avant. ", after: str = " Après.") -> Comment:
        """A comment on `words`, marked in the first article, which holds nothing else."""
        comment = self.post(quote=words)
        nodes = [run(before), run(words, comment.ref), run(after)]
        rewrite(self.work, self.first, {"type": "paragraph", "content": nodes})
        return comment

    def threads(self, index: int = 0) -> list[services.Thread]:
        return services.threads(self.work, self.text.present_articles[index], services.article_words(self.work, self.text))

    def types(self) -> list[str]:
        return [one.type for one in journal.facts(self.work, self.alliance.id)]


@pytest.fixture
def scene(work: Work) -> Scene:
    alliance = made.drafting(work)
    ours, theirs = alliance.parties
    ana, tom = factories.speaker(ours), factories.speaker(theirs)
    ana.name, tom.name = "Ana Bello", "Tom Nguyen"
    return Scene(work, alliance, made.charter(work, alliance), ana, tom, ours, theirs)


def run(words: str, ref: str = "") -> Node:
    marks = {"marks": [{"type": "comment", "attrs": {"id": ref}}]} if ref else {}
    return {"type": "text", "text": words, **marks}


def rewrite(work: Work, article: Article, *nodes: Node) -> None:
    def fresh(root: Any) -> None:
        del root.children[0 : len(root.children)]
        write_nodes(root, nodes)

    content.edit(work.session, article, fresh, at=work.now())


def test_one_changes_and_takes_back_ones_own_comment_only(scene: Scene) -> None:
    comment = scene.post("Un mot.")
    services.edit(scene.work, comment, scene.ana, "  Un autre mot. ")
    assert comment.body == "Un autre mot." and comment.edited_at is not None
    with pytest.raises(Forbidden):
        services.edit(scene.work, comment, scene.tom, "Non.")
    with pytest.raises(Forbidden):
        services.delete(scene.work, comment, scene.tom)
    with pytest.raises(Invalid):
        services.edit(scene.work, comment, scene.ana, "   ")
    answer = services.post(scene.work, scene.first, scene.tom, scene.theirs, "Oui.", thread=comment)
    services.delete(scene.work, comment, scene.ana)
    services.delete(scene.work, comment, scene.ana)
    assert comment.body == "" and comment.deleted_at is not None
    assert [one.replies for one in scene.threads()] == [(answer,)]
    with pytest.raises(Conflict):
        services.edit(scene.work, comment, scene.ana, "Trop tard.")
    assert scene.types()[-4:] == ["comment.posted", "comment.edited", "comment.posted", "comment.deleted"]


def test_a_closed_thread_is_opened_again_and_keeps_its_words(scene: Scene) -> None:
    comment = scene.marked("les mots dits")
    services.resolve(scene.work, comment, scene.tom)
    tally = services.tally(scene.work, scene.text, services.article_words(scene.work, scene.text))
    assert tally[scene.first.ref] == services.Tally((), (comment.ref,))
    services.reopen(scene.work, comment)
    services.reopen(scene.work, comment)
    (thread,) = scene.threads()
    assert thread.anchored and not thread.closed
    assert scene.types().count("comment.reopened") == 1


def test_only_people_of_the_alliance_are_called(scene: Scene) -> None:
    outsider = factories.person(scene.work)
    names = [one.person.display_name for one in services.people(scene.alliance)]
    assert names == ["Ana Bello", "Tom Nguyen", "Noé Passeur"]
    with pytest.raises(Invalid) as refused:
        scene.post(call=[outsider.id])
    assert "call" in refused.value.fields
    comment = scene.post("@Tom Nguyen et @Inconnu", call=[scene.tom.id, scene.alliance.facilitators[0].person_id])
    shown = remarks.comment(comment, scene.ana)
    assert [part["text"] for part in shown["parts"] if part["mention"]] == ["@Tom Nguyen"]
    assert shown["also"] == ["Noé Passeur"]
    assert "".join(part["text"] for part in shown["parts"]) == comment.body


def test_somebody_called_again_by_the_same_comment_is_told_once(scene: Scene) -> None:
    comment = scene.post("@Tom Nguyen", call=[scene.tom.id])
    services.edit(scene.work, comment, scene.ana, "Finalement, non.", call=[])
    assert comment.mentions == []
    services.edit(scene.work, comment, scene.ana, "@Tom Nguyen, si.", call=[scene.tom.id])
    assert [one.person_id for one in comment.mentions] == [scene.tom.id]
    assert scene.types().count("comment.mentioned") == 1


def test_a_name_inside_a_longer_one_is_not_cut(scene: Scene) -> None:
    parts = remarks.cut("@Tom Nguyen-Le, puis @Tom Nguyen !", ["Tom Nguyen", "Tom Nguyen-Le"])
    assert [part["text"] for part in parts if part["mention"]] == ["@Tom Nguyen-Le", "@Tom Nguyen"]


def test_a_thread_follows_its_words_through_a_split_and_a_merge(scene: Scene) -> None:
    comment = scene.marked("les mots dits", before="Avant. ")
    made_ = services.split_article(scene.work, scene.first, Place(0, 7), "Ce qui suit")
    scene.work.session.expire(scene.text, ["articles"])
    assert scene.threads(0) == []
    (thread,) = scene.threads(1)
    assert thread.anchored and thread.article == made_.ref
    assert services.open_counts(scene.work, scene.text) == {made_.id: 1}
    # Answered and closed from the article it stands in now.
    assert services.thread_of(scene.work, made_, comment.ref) is comment
    services.merge_articles(scene.work, scene.first, made_)
    scene.work.session.expire(scene.text, ["articles"])
    (thread,) = scene.threads(0)
    assert thread.anchored and thread.article == scene.first.ref


def test_a_thread_on_a_whole_article_goes_with_the_one_that_absorbs_it(scene: Scene) -> None:
    second = scene.text.present_articles[1]
    services.post(scene.work, second, scene.ana, scene.ours, "Sur l’article entier.")
    services.merge_articles(scene.work, scene.first, second)
    scene.work.session.expire(scene.text, ["articles"])
    assert [one.first.body for one in scene.threads(0)] == ["Sur l’article entier."]


def test_words_removed_leave_an_orphan_and_restored_bring_its_thread_back(scene: Scene) -> None:
    scene.marked("les mots dits")
    version = services.name_version(scene.work, scene.text, "Avant de couper")
    rewrite(scene.work, scene.first, made.paragraph("Tout autre chose."))
    assert [(one.anchored, one.orphan) for one in scene.threads()] == [(False, True)]
    services.restore(scene.work, version)
    scene.work.session.expire_all()
    assert [one.orphan for one in scene.threads()] == [False]


def test_words_cut_here_and_pasted_there_bring_their_thread(scene: Scene) -> None:
    comment = scene.marked("les mots dits")
    rewrite(scene.work, scene.first, made.paragraph("Tout autre chose."))
    rewrite(scene.work, scene.text.present_articles[1], made.paragraph("Ici, les mots dits."))
    assert [one.first for one in scene.threads(1)] == [comment]
    assert [(one.anchored, one.orphan) for one in scene.threads(1)] == [(False, False)]


def test_a_thread_outlives_its_article(scene: Scene) -> None:
    comment = scene.marked("les mots dits")
    services.remove_article(scene.work, scene.first)
    scene.work.session.expire(scene.text, ["articles"])
    every = services.all_threads(scene.work, scene.text, services.article_words(scene.work, scene.text))
    assert [(one.first, one.article, one.orphan) for one in every] == [(comment, "", True)]


# --- pages and API --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Web:
    """Ana's browser, and the addresses and ids the tests need: nothing here asks the test's own transaction any more."""

    browser: FlaskClient
    base: str
    article: str
    text: str
    tom: int


@pytest.fixture
def web(scene: Scene, signed_in: Callable[[Person], FlaskClient]) -> Web:
    found = (f"/alliances/{scene.alliance.ref}/charte", scene.first.ref, scene.text.ref, scene.tom.id)
    scene.work.commit()
    return Web(signed_in(scene.ana), *found)


def test_hostile_words_are_only_words_everywhere(web: Web) -> None:
    where = f"{web.base}/articles/{web.article}"
    sent = {"body": HOSTILE, "quote": HOSTILE, "call": [str(web.tom)]}
    assert web.browser.post(f"{where}/discussion", data=sent).status_code == 302
    for path in (where, f"{web.base}/discussions", f"{web.base}/discussions?etat=toutes"):
        page = web.browser.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{ 7 * 7 }}" in page


def test_a_refused_edit_keeps_what_was_typed(scene: Scene, web: Web) -> None:
    ref = scene.post("Un mot.").ref
    scene.work.commit()
    where = f"{web.base}/articles/{web.article}/discussion/{ref}"
    long = "x" * 4001
    refused = web.browser.post(f"{where}/modification", data={"body": long})
    assert refused.status_code == 422 and long in refused.text
    assert web.browser.post(f"{where}/modification", data={"body": "Mieux dit."}).status_code == 302
    assert web.browser.post(f"{where}/retrait").status_code == 302
    assert "Commentaire retiré par son auteur." in web.browser.get(f"{web.base}/articles/{web.article}").text


def test_discussions_are_filtered(scene: Scene, web: Web) -> None:
    closed = scene.post("Fini.")
    scene.post("En cours.")
    services.resolve(scene.work, closed, scene.ana)
    scene.work.commit()
    seen = {state: web.browser.get(f"{web.base}/discussions?etat={state}").text for state in ("ouvertes", "closes", "toutes", "zzz")}
    assert {state: ("Fini." in page, "En cours." in page) for state, page in seen.items()} == {
        "ouvertes": (False, True),
        "closes": (True, False),
        "toutes": (True, True),
        "zzz": (False, True),
    }


def test_the_same_over_the_api(scene: Scene, client: FlaskClient) -> None:
    token, _ = make_token(scene.work, scene.ana, "essai")
    root, auth, tom = f"/api/v1/alliances/{scene.alliance.ref}", {"headers": {"Authorization": f"Bearer {token}"}}, scene.tom.id
    ref = scene.first.ref
    text = f"{root}/texts/{scene.text.ref}"
    article = f"{text}/articles/{ref}"
    scene.work.commit()
    assert [one["name"] for one in client.get(f"{root}/people", **auth).get_json()][:2] == ["Ana Bello", "Tom Nguyen"]
    posted = client.post(f"{article}/comments", json={"body": "Un mot.", "mentions": [tom]}, **auth).get_json()
    assert posted["mentions"] == [{"id": tom, "name": "Tom Nguyen"}]
    changed = client.patch(f"{text}/comments/{posted['ref']}", json={"body": "Deux mots."}, **auth).get_json()
    assert (changed["body"], len(changed["mentions"])) == ("Deux mots.", 1)
    assert client.post(f"{article}/comments/{posted['ref']}/resolve", **auth).status_code == 204
    assert client.get(f"{text}/comments?state=open", **auth).get_json() == []
    assert client.post(f"{article}/comments/{posted['ref']}/reopen", **auth).status_code == 204
    (thread,) = client.get(f"{article}/comments?state=open", **auth).get_json()
    assert thread["article"] == ref
    assert client.delete(f"{text}/comments/{posted['ref']}", **auth).status_code == 204
    assert client.get(f"{text}/comments", **auth).get_json()[0]["first"]["body"] == ""

    kept = client.put(f"{text}/calendar", json={"amendments": "2026-03-17", "consents": "2026-03-31"}, **auth).get_json()
    assert kept == {"amendments": "2026-03-17", "consents": "2026-03-31", "adoption": None, "amendments_open": True}
    wrong = client.put(f"{text}/calendar", json={"amendments": "2026-03-31", "consents": "2026-03-17"}, **auth)
    assert wrong.status_code == 422
    assert client.get(f"{text}/calendar", **auth).get_json() == kept
    assert client.patch(f"{root}/mails", json={"digest": "weekly"}, **auth).get_json() == {"digest": "weekly", "mentions": "at_once"}


def test_the_calendar_file_keeps_its_events_when_they_move(web: Web) -> None:
    assert "BEGIN:VEVENT" not in web.browser.get(f"{web.base}/calendrier.ics").text
    for day in ("2026-03-31", "2026-04-14"):
        assert web.browser.post(f"{web.base}/calendrier/avis", data={"consents": day}).status_code == 302
        found = web.browser.get(f"{web.base}/calendrier.ics")
        assert found.mimetype == "text/calendar"
        assert f"UID:charte-{web.text}-consents@charte.test" in found.text.replace("\r\n ", "")
        assert f"DTSTART;VALUE=DATE:{day.replace('-', '')}" in found.text
    refused = web.browser.post(f"{web.base}/calendrier/avis", data={"consents": "2026-03-03"})
    assert refused.status_code == 422 and "Choisissez un jour à venir" in refused.text and 'value="2026-03-03"' in refused.text
    page = web.browser.post(f"{web.base}/calendrier/avis", data={"consents": "2026-04-12"}, follow_redirects=True).text
    assert "Ce n’est pas un jour ouvré ; le suivant est le lundi 13 avril 2026." in page
    web.browser.post(f"{web.base}/calendrier/avis", data={})
    assert "Pas de date" in web.browser.get(f"{web.base}/calendrier").text
