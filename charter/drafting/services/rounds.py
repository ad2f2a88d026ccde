"""Rounds of consent: a version of the text is put to the parties, its articles locked so that all read the same words.

What may keep a round from opening is in `workflows/rounds.py`; amendments and discussions still open do not: whoever opens it is told of
them first (`before_round`), for one party must not be able to hold a round up by leaving a proposal on the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting import states
from charter.drafting.live import notices
from charter.drafting.live.content import Content
from charter.drafting.models import Article, Round, RoundArticle, Text, VersionWhy
from charter.drafting.services.consents import standing_consents
from charter.drafting.services.reopening import end_round, running_round
from charter.drafting.services.texts import hold_draft, tell
from charter.drafting.services.versions import keep_version
from charter.drafting.words import current_hashes, read_all, whole_hash
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows import rounds as rules
from workflows.base import N_, Blocked, Missing
from workflows.calendar import add_months
from workflows.drafting import DraftingFacts
from workflows.events import RoundOpened

REASON = 1000
FURTHEST_MONTHS = 12
NOT_OPEN = N_("Ce tour n’est plus ouvert : il s’est terminé entre-temps.")


@dataclass(frozen=True, slots=True)
class RoundState:
    """A round that is open, and where it stands: `given` words of the `awaited` ones, and the articles `locked` or `reopened` since."""

    round: Round
    given: int
    awaited: int
    locked: tuple[RoundArticle, ...]
    reopened: tuple[RoundArticle, ...]


@dataclass(frozen=True, slots=True)
class BeforeRound:
    """What one should know before opening a round: `missing` keeps it from opening; `locked` are the articles it would lock, `opposed`
    those it would leave out, an objection standing on each."""

    missing: tuple[Missing, ...]
    locked: tuple[Article, ...]
    opposed: tuple[Article, ...]


def open_round(work: Work, text: Text, closes_on: date | None = None) -> Round:
    """Puts the text as it is stored now to consent, and locks every article nobody objects to. Answers are hoped for by `closes_on`.

    Raises Invalid (closes_on), Conflict when a round is open already or the text is not written any more, Blocked when nothing can be
    put to consent. What somebody was typing either is in the words put to consent, or is refused and handed back to them.
    """
    alliance = hold_draft(work, text)
    _check_none_open(work, text)
    _check_day(work, alliance, closes_on)
    present = text.present_articles
    words = read_all(work.session, present)
    facts = states.of(alliance, [(one, words[one.id].hash) for one in present], standing_consents(work, text))
    missing = rules.before_opening(facts)
    if missing:
        raise Blocked(missing)
    keep_version(work, text, VersionWhy.round)
    found = work.add(_new_round(work, text, words, closes_on))
    locked = _lock(work, found, present, words, {one.id for one in rules.to_lock(facts)})
    announce(
        work,
        alliance,
        RoundOpened(
            text=text.ref,
            round=found.number,
            articles=tuple(one.ref for one in locked),
            hashes=tuple(words[one.id].hash for one in locked),
            closes_on=closes_on.isoformat() if closes_on else "",
        ),
    )
    tell(work, notices.articles(text.ref))
    return found


def close_round(work: Work, text: Text, number: int, reason: str = "") -> Round:
    """Ends the open round numbered `number`: every article may be written again, consents given stay where the words do.

    Raises Invalid (reason), Conflict when that round is not open any more.
    """
    alliance = hold_draft(work, text)
    clean = reason.strip()
    if len(clean) > REASON:
        raise Invalid({"reason": [gettext(N_("Écrivez %(most)s caractères au plus"), most=REASON)]})
    found = running_round(work, text)
    if found is None or found.number != number:
        raise Conflict(NOT_OPEN)
    end_round(work, alliance, text, "close", clean)
    return found


def rounds_of(work: Work, text: Text) -> list[Round]:
    """Every round of the text, newest first, with its articles."""
    query = select(Round).where(Round.text_id == text.id).order_by(Round.number.desc())
    articles = selectinload(Round.articles)
    loaded = articles.selectinload(RoundArticle.reopened_by), articles.selectinload(RoundArticle.article)
    return list(work.session.scalars(query.options(*loaded, selectinload(Round.opened_by), selectinload(Round.closed_by))))


def round_state(work: Work, text: Text) -> RoundState | None:
    """Where the open round stands, None when none is open."""
    found = next((one for one in rounds_of(work, text) if one.closed_at is None), None)
    if found is None:
        return None
    counted = rules.count(_facts(work, text), frozenset(one.article.ref for one in found.articles if one.article.locked))
    locked = tuple(one for one in found.articles if one.reopened_at is None)
    reopened = tuple(one for one in found.articles if one.reopened_at is not None)
    return RoundState(found, counted.given, counted.awaited, locked, reopened)


def before_round(work: Work, text: Text) -> BeforeRound:
    """What opening a round now would meet. It is asked again when the round opens."""
    facts = _facts(work, text)
    chosen = {one.id for one in rules.to_lock(facts)}
    present = text.present_articles
    return BeforeRound(
        rules.before_opening(facts),
        tuple(one for one in present if one.ref in chosen),
        tuple(one for one in present if one.ref not in chosen),
    )


def _facts(work: Work, text: Text) -> DraftingFacts:
    present = text.present_articles
    hashes = current_hashes(work.session, present)
    alliance = work.get(Alliance, text.alliance_id)
    return states.of(alliance, [(one, hashes[one.id]) for one in present], standing_consents(work, text))


def _check_none_open(work: Work, text: Text) -> None:
    found = running_round(work, text)
    if found is not None:
        happened = Missing(N_("Le tour %(round)s attend encore sa conclusion"), params={"round": found.number})
        raise Conflict(N_("Un tour d’accord est déjà ouvert."), happened)


def _check_day(work: Work, alliance: Alliance, day: date | None) -> None:
    today = days.today(alliance, work.now())
    if day is not None and day <= today:
        raise Invalid({"closes_on": [gettext(N_("Choisissez un jour à venir"))]})
    if day is not None and day > add_months(today, FURTHEST_MONTHS):
        raise Invalid({"closes_on": [gettext(N_("Choisissez un jour dans l’année qui vient"))]})


def _new_round(work: Work, text: Text, words: dict[int, Content], closes_on: date | None) -> Round:
    last = work.session.scalar(select(func.max(Round.number)).where(Round.text_id == text.id)) or 0
    return Round(
        text_id=text.id,
        number=last + 1,
        sha256=whole_hash(text.title, text.version, [words[one.id].hash for one in text.present_articles]),
        opened_at=work.now(),
        opened_by_id=work.actor.person_id,
        closes_on=closes_on,
    )


def _lock(work: Work, found: Round, present: Sequence[Article], words: dict[int, Content], chosen: set[str]) -> list[Article]:
    locked = []
    for number, article in enumerate(present, start=1):
        if article.ref not in chosen:
            continue
        content = words[article.id]
        article.locked, article.text_hash, article.hashed_seq = True, content.hash, content.seq
        row = {"number": number, "title": article.title, "sha256": content.hash, "seq": content.seq}
        work.session.add(RoundArticle(round_id=found.id, article_id=article.id, **row))
        locked.append(article)
    work.session.flush()
    work.session.expire(found, ["articles"])
    return locked
