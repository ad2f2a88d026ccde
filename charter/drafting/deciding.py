"""What is written to those who speak for their party: a round opens, an article is reopened, an answer is awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.alliances.announce import recipients
from charter.alliances.models import Alliance, Party
from charter.drafting import services, states
from charter.drafting.models import Round, Text
from charter.i18n import format_day, gettext, speaking
from charter.work import Work
from workflows.base import N_
from workflows.drafting import ArticleFacts, awaited_articles, numbers
from workflows.events import Event
from workflows.proposals import PartyStatus


@recipients("speakers")
def speakers(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    """Those who speak for each party that is in, and the facilitator."""
    facilitators = [one.person for one in alliance.facilitators if one.ended_at is None]
    return [one.person for party in alliance.accepted_parties for one in services.speakers(work, party)] + facilitators


@recipients("speaking")
def speaking_for(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    """Those who speak for the party the event tells of."""
    party = _party(alliance, getattr(event, "party", ""))
    return [one.person for one in services.speakers(work, party)] if party else []


@builder("drafting.round_opened")
def round_opened(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """A version is put to consent; nothing when the round is over by now."""
    alliance = work.get(Alliance, alliance_id)
    text, found = _round(work, alliance, event)
    if found is None or found.closed_at is not None:
        return None
    party = _speaks_for(work, alliance, person_id)
    return _mail(
        work,
        person_id,
        alliance,
        "drafting/round_opened",
        N_("Tour %(round)s : votre avis sur la charte « %(title)s »"),
        "charte",
        {"round": found.number},
        lambda: {
            "party": party.name if party else "",
            "articles": [(str(one.number), one.title) for one in found.articles],
            "closes": format_day(found.closes_on, ZoneInfo(alliance.zone)) if found.closes_on else "",
            "version": text.version,
        },
    )


@builder("drafting.article_reopened")
def article_reopened(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """An objection took an article out of the round."""
    alliance = work.get(Alliance, alliance_id)
    _text, found = _round(work, alliance, event)
    row = next((one for one in found.articles if one.article.ref == event["article"]), None) if found else None
    if found is None or row is None:
        return None
    who = row.reopened_by.name if row.reopened_by else ""
    told = {"number": row.number, "article": row.title, "party": who, "reason_given": row.reason, "running": found.closed_at is None}
    subject = N_("L’article %(number)s de la charte « %(title)s » est rouvert")
    named = {"round": found.number, "number": row.number}
    return _mail(
        work, person_id, alliance, "drafting/article_reopened", subject, f"charte/texte#article-{event['article']}", named, lambda: told
    )


@builder("drafting.nudge")
def nudge(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """The word of a party is awaited; nothing when it has said it on every article since."""
    alliance = work.get(Alliance, alliance_id)
    text, party = services.find_charter(work, alliance), _party(alliance, event["party"])
    if text is None or text.frozen or party is None or party.status != PartyStatus.accepted:
        return None
    awaited = _awaited(work, alliance, text, party)
    if not awaited:
        return None
    subject = N_("On attend l’avis de %(party)s sur la charte « %(title)s »")
    found = services.running_round(work, text)
    last = found.closes_on if found else None
    return _mail(
        work,
        person_id,
        alliance,
        "drafting/nudge",
        subject,
        "charte",
        {"party": party.name},
        lambda: {
            "articles": [(str(one.number), one.title) for one in awaited],
            "numbers": numbers(awaited),
            "closes": format_day(last, ZoneInfo(alliance.zone)) if last else "",
        },
    )


def _awaited(work: Work, alliance: Alliance, text: Text, party: Party) -> tuple[ArticleFacts, ...]:
    words = services.article_words(work, text)
    by_ref = {one.ref: one for one in text.present_articles}
    facts = states.of(alliance, [(by_ref[one.ref], one.sha256) for one in words], services.standing_consents(work, text))
    return awaited_articles(facts, party.name)


def _round(work: Work, alliance: Alliance, event: dict[str, Any]) -> tuple[Text, Round | None]:
    text = services.text_of(work, alliance, event["text"])
    return text, next((one for one in services.rounds_of(work, text) if one.number == event["round"]), None)


def _party(alliance: Alliance, ref: str) -> Party | None:
    return next((party for party in alliance.parties if party.ref == ref), None)


def _speaks_for(work: Work, alliance: Alliance, person_id: int) -> Party | None:
    parties = alliance.accepted_parties
    return next((one for one in parties if any(each.person_id == person_id for each in services.speakers(work, one))), None)


def _mail(
    work: Work,
    person_id: int,
    alliance: Alliance,
    template: str,
    subject: str,
    path: str,
    named: dict[str, Any],
    told: Callable[[], dict[str, Any]],
) -> Mail:
    """`named` fills the subject and the template, `told` the template alone, asked for in the reader's language."""
    person = work.get(Person, person_id)
    with speaking(person.language):
        said = gettext(subject, title=alliance.title, **named)
        values = {**named, **told()}
    values |= {"title": alliance.title, "url": f"{work.settings.public_url}/alliances/{alliance.ref}/{path}"}
    return Mail(to=person.email, subject=said, template=template, values=values, to_name=person.display_name, language=person.language)
