"""Drafting begins: the charter starts from the template, filled with the alliance's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

from charter.adapters.richtext import to_text
from charter.alliances.announce import announce
from charter.alliances.services import hold
from charter.drafting import services
from charter.drafting.live.canonical import content_hash
from charter.proposals.models import Declaration
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.drafting import TextStatus
from workflows.events import DraftingBegun
from workflows.lifecycle import AllianceStatus


def test_the_charter_is_filled_with_the_alliances_own_words(work: Work) -> None:
    alliance = factories.alliance(work)
    given = [{"means": "premises", "label": "une salle", "cents": None}, {"means": "time", "label": "deux jours par mois", "cents": None}]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    work.add(Declaration(party_id=alliance.parties[0].id, contributions=given, sha256="0" * 64, updated_at=at))
    text = services.open_charter(work, alliance)
    words = {one.title: to_text(one.nodes) for one in services.article_words(work, text)}
    assert len(words) == 10 and text.version == 1 and text.status == TextStatus.drafting
    whole = "\n".join(words.values())
    assert alliance.title in whole and alliance.need in whole and "Isère" in whole
    assert all(party.name in whole for party in alliance.parties)
    assert "Les Passerelles de l’emploi (association) : apporte une salle, deux jours par mois" in whole.replace("\u00a0", " ")
    assert "'" not in whole + "".join(words)


def test_stored_hashes_are_those_of_the_words(work: Work) -> None:
    text = services.open_charter(work, factories.alliance(work))
    for one, article in zip(services.article_words(work, text), text.present_articles, strict=True):
        assert one.sha256 == article.text_hash == content_hash(one.title, one.nodes)


def test_opening_twice_opens_once(work: Work) -> None:
    alliance = factories.alliance(work)
    assert services.open_charter(work, alliance) is services.open_charter(work, alliance)
    assert len(services.texts_of(work, alliance)) == 1


def test_the_fact_opens_the_charter_and_tells_everybody(work: Work, outgoing: list[EmailMessage], drain: Callable[[], int]) -> None:
    alliance = factories.alliance(work)
    alliance.status = AllianceStatus.drafting
    hold(work, alliance)
    announce(work, alliance, DraftingBegun(parties=tuple(party.ref for party in alliance.parties)))
    assert services.charter_of(work, alliance).present_articles
    title, ref = alliance.title, alliance.ref
    work.commit()
    drain()
    assert len(outgoing) == 4  # three parties and the facilitator
    told = outgoing[0]
    body = told.get_body(("plain",))
    assert told["Subject"] == f"La charte « {title} » s’écrit maintenant"
    assert body is not None and f"http://charte.test/alliances/{ref}/charte/texte" in body.get_content()
    assert drain() == 0


def test_adopting_tells_everybody(work: Work, outgoing: list[EmailMessage], drain: Callable[[], int]) -> None:
    title = made.adopted(work).title
    work.commit()
    drain()
    told = [mail for mail in outgoing if mail["Subject"] == f"La charte « {title} » est adoptée"]
    assert len(told) == 3
    html = told[0].get_body(("html",))
    assert html is not None and "/charte/adoptee" in html.get_content()
