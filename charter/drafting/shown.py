"""The charter as its pages and its API show it: articles, voices and threads as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from charter.accounts.models import Person
from charter.alliances import days
from charter.alliances.models import Alliance, Party
from charter.drafting import services
from charter.drafting.models import Article, Consent, Text
from charter.drafting.schemas import html
from charter.drafting.services import ArticleWords, Tally, Voice
from charter.drafting.words import current_hashes
from charter.i18n import gettext, say
from charter.work import Work
from workflows.base import Missing
from workflows.deadlines import TITLES


def party_mark(party: Party) -> dict[str, Any]:
    """What a party's badge needs."""
    return {"ref": party.ref, "name": party.name, "initials": party.initials, "color": party.color}


def missing(items: Sequence[Missing]) -> list[dict[str, Any]]:
    """What is missing, said."""
    return [{"what": say(one), "who": list(one.who)} for one in items]


def article(words: ArticleWords) -> dict[str, Any]:
    """An article to read."""
    return {"ref": words.ref, "number": words.number, "title": words.title, "sha256": words.sha256, "html": html(words.nodes, words.ref)}


def rows(work: Work, alliance: Alliance, of: Text) -> list[dict[str, Any]]:
    """Each article with each party's word on it."""
    consents, articles = services.standing_consents(work, of), services.article_words(work, of)
    talk, by_ref = services.tally(work, of, articles), {one.ref: one for one in of.present_articles}
    proposed = services.open_amendments(work, of)
    found = services.running_round(work, of)
    round_ = found.number if found else 0
    return [
        {
            **_row(alliance, by_ref[one.ref], one, consents, talk),
            "locked": round_ if by_ref[one.ref].locked else 0,
            "amendments": proposed.get(by_ref[one.ref].id, 0),
        }
        for one in articles
    ]


def board_rows(work: Work, alliance: Alliance, of: Text) -> list[dict[str, Any]]:
    """The same without their words, for the board: `locked` the round that locks it, `reopened` True when an objection took it out."""
    consents, hashes = services.standing_consents(work, of), current_hashes(work.session, of.present_articles)
    found = services.running_round(work, of)
    put = {one.article_id: one for one in found.articles} if found else {}
    rows_ = []
    for number, one in enumerate(of.present_articles, start=1):
        voices = services.voices(alliance, one, hashes[one.id], consents)
        rows_.append(
            {
                "ref": one.ref,
                "number": number,
                "title": one.title,
                "voices": [voice(party, voices[party.ref]) for party in alliance.accepted_parties],
                "locked": found.number if found and one.locked else 0,
                "reopened": one.id in put and put[one.id].reopened_at is not None,
            }
        )
    return rows_


def round_state(work: Work, of: Text) -> dict[str, Any] | None:
    """The round that is open and where it stands, None when none is."""
    found = services.round_state(work, of)
    if found is None:
        return None
    return {
        "number": found.round.number,
        "opened_at": found.round.opened_at,
        "closes_on": found.round.closes_on,
        "sha256": found.round.sha256,
        "given": found.given,
        "awaited": found.awaited,
        "locked": [{"number": one.number, "title": one.title} for one in found.locked],
        "reopened": [{"number": one.number, "title": one.title} for one in found.reopened],
    }


def others_speak(work: Work, party: Party | None, person: Person) -> list[str]:
    """The names of those who speak for the party when this person, who could, does not; nothing otherwise."""
    if party is None or services.may_speak(work, party, person):
        return []
    return [one.person.display_name for one in services.speakers(work, party)]


def _row(alliance: Alliance, one: Article, words: ArticleWords, consents: Sequence[Consent], talk: Mapping[str, Tally]) -> dict[str, Any]:
    voices = services.voices(alliance, one, words.sha256, consents)
    return {
        **article(words),
        "voices": [voice(party, voices[party.ref]) for party in alliance.accepted_parties],
        "talk": len(talk[one.ref].open),
        "closed_threads": list(talk[one.ref].closed),
    }


def voice(party: Party, said: Voice) -> dict[str, Any]:
    """A party's word on an article."""
    return {
        **party_mark(party),
        "party": party.ref,
        "kind": said.kind,
        "reason": said.said.reason if said.said and said.live else "",
        "person": said.said.person.display_name if said.said and said.said.person else "",
        "at": said.said.at if said.said else None,
    }


def deadlines(work: Work, alliance: Alliance, of: Text) -> list[dict[str, Any]]:
    """The deadlines set, in order; `over` once their day has ended."""
    today = days.today(alliance, work.now())
    set_ = [(one, day) for one, day in services.days_of(work, of).items() if day is not None]
    return [{"key": one.value, "title": gettext(TITLES[one]), "day": day, "over": day < today} for one, day in set_]


def settled(row: dict[str, Any]) -> bool:
    """True when every party consents to the article as it stands."""
    return all(one["kind"] in {"agree", "reservation"} for one in row["voices"])


def next_awaited(work: Work, alliance: Alliance, of: Text, party: Party) -> tuple[str, int]:
    """The first article on which the party has no live word, and how many there are; ("", 0) when none."""
    awaited = [
        row["ref"]
        for row in rows(work, alliance, of)
        if any(one["ref"] == party.ref and one["kind"] in {"none", "stale"} for one in row["voices"])
    ]
    return (awaited[0] if awaited else "", len(awaited))


def identity(person: Person, party: Party | None, facilitator: str) -> dict[str, Any]:
    """How the others see a person in the text. `facilitator` stands for the party of whoever has none."""
    return {
        "person": person.id,
        "name": person.display_name,
        "party": party.name if party else facilitator,
        "party_color": party.color % 8 if party else 6,
        "initials": person.initials,
    }
