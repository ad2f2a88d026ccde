"""The alliance's own words, how they are read, and the library of optional articles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import Markup

from charter.adapters.clock import FixedClock
from charter.alliances.models import Alliance
from charter.drafting import reading, services
from charter.drafting.library import library, load_library, read_optional
from charter.drafting.live import content
from charter.drafting.markdown import SourceError, fill, text_of
from charter.errors import Conflict, Invalid, NotFound
from charter.journal import services as journal
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.lifecycle import AllianceStatus

HEDGE = "Une bande d’arbres et d’arbustes."


@pytest.fixture
def alliance(work: Work) -> Alliance:
    return made.drafting(work)


def said(work: Work, alliance: Alliance) -> list[tuple[str, str]]:
    return [(one.term, one.definition) for one in services.terms(work, alliance)]


def test_a_word_is_defined_redefined_and_removed_on_the_record(work: Work, alliance: Alliance, clock: FixedClock) -> None:
    person = factories.speaker(alliance.parties[0])
    first = services.define_term(work, alliance, person, " haie  bocagère ", HEDGE)
    before = work.now()
    clock.advance(timedelta(days=1))
    services.define_term(work, alliance, person, "Étang", "De l’eau qui dort.")
    second = services.redefine_term(work, alliance, person, first.ref, "haie bocagère", "Plus de vingt mètres.")
    assert second.ref == first.ref
    assert said(work, alliance) == [("Étang", "De l’eau qui dort."), ("haie bocagère", "Plus de vingt mètres.")]
    assert [one.definition for one in services.terms(work, alliance, before)] == [HEDGE]
    fact = journal.head(work, alliance.id)
    assert fact and fact.payload["definition"] == "Plus de vingt mètres."
    services.remove_term(work, alliance, first.ref)
    assert [one[0] for one in said(work, alliance)] == ["Étang"]
    fact = journal.head(work, alliance.id)
    assert fact and fact.type == "term.removed"
    with pytest.raises(NotFound):
        services.term_of(work, alliance, first.ref)


def test_a_word_has_one_definition_and_some_length(work: Work, alliance: Alliance) -> None:
    person = factories.speaker(alliance.parties[0])
    services.define_term(work, alliance, person, "L’eau", "Ce qui coule.")
    with pytest.raises(Invalid) as refused:
        services.define_term(work, alliance, person, "l'EAU", "Autre chose.")
    assert "déjà défini" in refused.value.fields["term"][0]
    with pytest.raises(Invalid) as refused:
        services.define_term(work, alliance, person, "x", "non")
    assert set(refused.value.fields) == {"term", "definition"}


def test_words_are_defined_while_the_charter_is_written(work: Work, alliance: Alliance) -> None:
    alliance.status = AllianceStatus.contract
    with pytest.raises(Conflict):
        services.define_term(work, alliance, factories.speaker(alliance.parties[0]), "haie", HEDGE)


TERMS = [
    {"ref": "a", "term": "haie", "definition": "x"},
    {"ref": "b", "term": "haie d’honneur", "definition": "y"},
    {"ref": "c", "term": "intérêt général", "definition": "z"},
]


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>Les HAIES, puis la haie.</p>", ["a:HAIES"]),
        ("<p>Une haie d&#39;honneur.</p>", ["b:haie d'honneur"]),
        ("<p>Des thaies, haïe, haiers.</p>", []),
        ("<p>L’intérêt\u00a0général et les intérêts générals.</p>", ["c:intérêt\u00a0général"]),
        ('<p><a href="https://x.fr">haie</a> haie</p>', ["a:haie"]),
        ("<p>&lt;haie&gt; &amp; <strong>haie</strong></p>", ["a:haie"]),
    ],
)
def test_the_first_use_of_a_word_leads_to_its_definition(html: str, marked: list[str]) -> None:
    made_html, used = reading.with_terms(Markup(html), TERMS)
    found = [piece.split('data-term="')[1] for piece in str(made_html).split("<a class")[1:]]
    assert [f"{one[0]}:{Markup(one.split('>')[1].split('<')[0]).unescape()}" for one in found] == marked
    assert [one["ref"] for one in used] == [one[0] for one in marked]
    assert Markup(made_html).striptags() == Markup(html).striptags()


def test_the_library_has_ten_articles_with_help_in_both_languages() -> None:
    assert len(library()) == 10
    for one in library():
        words = text_of(fill(one.article.source, {}))
        assert 300 < len(words) < 1800, one.key
        assert all(word not in words.lower() for word in ("officiel", "labell")), one.key
        assert len(one.article.guidance) == len(one.article.guidance_en) == 3
        assert one.when.endswith(".") and one.when_en.endswith(".")


def test_a_file_without_its_use_is_refused(tmp_path: object) -> None:
    with pytest.raises(SourceError):
        read_optional("x.md", '+++\nkey = "x"\n+++\nBonjour.\n')
    with pytest.raises(SourceError):
        load_library(tmp_path)  # type: ignore[arg-type]


def test_an_optional_article_enters_the_charter_with_its_help(work: Work, alliance: Alliance) -> None:
    text = made.charter(work, alliance)
    first = text.present_articles[0]
    article = services.add_optional(work, text, "ethics", after=first)
    assert text.present_articles[1] is article
    assert "conflit" in article.title
    assert "compte rendu le mentionne" in text_of(content.read(work.session, article).agreed)
    help_ = services.guidance(article.title)
    assert help_ and help_.key == "ethics"
    with pytest.raises(Invalid):
        services.add_optional(work, text, "nothing")
