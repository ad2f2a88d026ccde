"""Bringing a text: as the start of the charter, or as amendments; what stands in the way is said, nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.files.matching import changes
from charter.drafting.files.understood import ReadArticle, Understood
from charter.drafting.models import Amendment, Text, TextImport, VersionWhy
from charter.drafting.services import ArticleWords
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.journal.models import Fact
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.files.documents import paragraph
from workflows.amendments import AmendmentKind


def words(title: str, *sentences: str) -> ReadArticle:
    return ReadArticle(title, [paragraph(sentence) for sentence in sentences])


def understood(*articles: ReadArticle) -> Understood:
    return Understood("Titre", list(articles), {"images": 2})


def brought(work: Work, text: Text, *articles: ReadArticle) -> TextImport:
    person = factories.speaker(work.get(Alliance, text.alliance_id).parties[0])
    return services.keep_import(work, text, person, "C:\\fakepath\\charte\tlocale.docx", understood(*articles))


@pytest.fixture
def text(work: Work) -> Text:
    alliance = made.drafting(work)
    speaker = factories.speaker(alliance.parties[0])
    work.actor = Actor(speaker.id, speaker.display_name)
    return made.charter(work, alliance)


def present(ref: str, title: str, *sentences: str) -> ArticleWords:
    nodes = [paragraph(sentence) for sentence in sentences]
    return ArticleWords(ref, 1, title, nodes, "", nodes)


def test_articles_are_matched_by_title_then_by_words() -> None:
    here = [
        present("a", "Notre but", "Faire des jardins ensemble."),
        present("b", "La durée de l’alliance", "Elle dure trois années pleines, renouvelables une fois."),
        present("c", "Les moyens", "Chacun apporte ce qu’il a promis."),
    ]
    found = [
        words("Préambule", "Il était une fois une ville et des habitants curieux."),
        words("NOTRE BUT", "Faire des jardins partagés."),
        words("Combien de temps", "Elle dure trois années pleines, renouvelables deux fois."),
    ]
    assert [(one.kind, one.ref, one.found, one.after) for one in changes(here, found)] == [
        ("insertion", "", 0, ""),
        ("wording", "a", 1, ""),
        ("wording", "b", 2, ""),
        ("removal", "c", -1, ""),
    ]


def test_spaces_and_apostrophes_of_another_program_change_nothing() -> None:
    here = [present("a", "L’objet", "Faire : « ensemble » !")]
    assert [one.kind for one in changes(here, [words("L'objet", "Faire\u00a0: «\u202fensemble\u202f»\u202f!")])] == ["same"]


def test_the_charter_starts_again_from_a_file_and_the_state_before_is_kept(work: Work, text: Text) -> None:
    first, second = text.present_articles
    title = first.title
    imported = brought(work, text, words("Préambule", "Avant tout."), words(title, "Nos propres mots."))
    assert imported.name == "charte locale.docx"
    articles = services.replace_by_import(work, imported)
    assert [one.title for one in text.present_articles] == ["Préambule", title]
    assert text.present_articles == articles
    assert articles[1] is first
    assert second.removed_at is not None
    assert [one.nodes for one in services.article_words(work, text)] == [[paragraph("Avant tout.")], [paragraph("Nos propres mots.")]]
    kept = services.last_version(work, text)
    assert kept is not None
    assert (kept.why, len(services.version_words(work, kept))) == (VersionWhy.import_, 2)
    told = work.session.scalars(select(Fact).where(Fact.type == "text.imported")).one()
    assert told.payload["removed"] == [second.ref]
    with pytest.raises(Conflict):
        services.replace_by_import(work, imported)


def test_it_does_not_once_somebody_consented(work: Work, text: Text) -> None:
    imported = brought(work, text, words("Préambule", "Avant tout."))
    made.consents(work, text)
    with pytest.raises(Refused) as refused:
        services.replace_by_import(work, imported)
    assert len(refused.value.missing[0].who) == 2
    assert imported.done_at is None


def test_nor_with_too_many_articles(work: Work, text: Text) -> None:
    imported = brought(work, text, *(words(f"Article numéro {n}", "Mots.") for n in range(61)))
    with pytest.raises(Refused):
        services.replace_by_import(work, imported)


def test_nor_when_the_charter_is_adopted(work: Work, text: Text) -> None:
    imported = brought(work, text, words("Préambule", "Avant tout."))
    made.consents(work, text)
    services.adopt(work, text)
    with pytest.raises(Conflict):
        services.replace_by_import(work, imported)
    with pytest.raises(Conflict):
        brought(work, text, words("Autre", "Mots."))


def test_a_file_becomes_amendments(work: Work, text: Text) -> None:
    alliance = work.get(Alliance, text.alliance_id)
    party = alliance.parties[0]
    person = factories.speaker(party)
    first, second = text.present_articles
    imported = brought(work, text, words(first.title, "D’autres mots."), words("Une annexe", "Toute neuve."))
    offered = services.import_changes(work, text, Understood.of(imported.understood))
    assert [one.kind for one in offered] == ["wording", "insertion", "removal"]
    before = services.article_words(work, text)
    found = services.amend_by_import(work, imported, person, party, [one.key for one in offered], "Comme voté en mars.")
    assert services.article_words(work, text) == before
    assert [(one.kind, one.article, one.reason) for one in found] == [
        (AmendmentKind.wording, first, "Comme voté en mars."),
        (AmendmentKind.insertion, first, "Comme voté en mars."),
        (AmendmentKind.removal, second, "Comme voté en mars."),
    ]
    assert imported.outcome == {"amendments": [one.ref for one in found]}


def test_amendments_need_a_choice_and_a_reason(work: Work, text: Text) -> None:
    party = work.get(Alliance, text.alliance_id).parties[0]
    person = factories.speaker(party)
    imported = brought(work, text, words("Une annexe", "Toute neuve."))
    with pytest.raises(Invalid) as refused:
        services.amend_by_import(work, imported, person, party, [], "Parce que.")
    assert "changes" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        services.amend_by_import(work, imported, person, party, ["insertion-0"], "")
    assert "reason" in refused.value.fields
    with pytest.raises(Conflict):
        services.amend_by_import(work, imported, person, party, ["wording-zzzz"], "Parce que.")
    assert work.session.scalars(select(Amendment)).all() == []


def test_what_one_brought_is_one_s_own(work: Work, text: Text) -> None:
    imported = brought(work, text, words("Préambule", "Avant tout."))
    alliance = work.get(Alliance, text.alliance_id)
    assert services.import_of(work, text, factories.speaker(alliance.parties[0]), imported.ref) is imported
    with pytest.raises(NotFound):
        services.import_of(work, text, factories.speaker(alliance.parties[1]), imported.ref)


def test_errors_name_the_file_and_the_mend() -> None:
    with pytest.raises(Invalid) as refused:
        services.understand_file("/tmp/scan.pdf", b"%PDF-1.7")
    assert refused.value.fields["file"][0].startswith("«\u00a0scan.pdf\u00a0» est un PDF") or "scan.pdf" in refused.value.fields["file"][0]
