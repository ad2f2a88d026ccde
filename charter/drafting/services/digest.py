"""The digest: what happened in the drafting since a person was last told, from the facts of the journal.

A fact asks for the digest of the next working morning, as a row of the outbox unique by alliance and moment: a hundred facts ask once, and
when nothing happened there is nothing to do. Whatever kind of fact is added later is told too, by its label in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from charter.accounts.models import Person
from charter.adapters import mail, outbox
from charter.alliances import days
from charter.alliances.models import Alliance
from charter.alliances.services import hold, stand
from charter.drafting.models import Digest, MailChoice, Mentions
from charter.drafting.services.mailing import choice_of, row_of
from charter.drafting.services.mentions import people
from charter.journal import services as journal
from charter.journal.models import Fact
from charter.work import Work
from workflows.lifecycle import AllianceStatus

DUE = "drafting.digest"
BACK = timedelta(days=7)
"""How far back the first digest of a person goes."""

QUIET = frozenset({"reminder.sent", "charter.adopted", "comment.edited", "comment.deleted", "article.reordered"})
"""Facts no digest tells: said by a mail of their own, or of no weight."""


def is_told(fact: Fact) -> bool:
    """Whether the fact is about a text being written, and worth a line."""
    return "text" in fact.payload and fact.type not in QUIET


def ask(work: Work, alliance: Alliance, fact: Fact) -> None:
    """A fact was recorded: the next digest has something to tell."""
    if is_told(fact) and alliance.status == AllianceStatus.drafting and not alliance.example:
        _put(work, alliance, next_morning(alliance, work.now()))


def next_morning(alliance: Alliance, now: datetime) -> datetime:
    """The first opening (UTC) of a working day of the alliance, strictly after `now`."""
    today = days.today(alliance, now)
    first = days.may_write(alliance, days.at(alliance, today))
    return first if first > now else days.may_write(alliance, days.at(alliance, today + timedelta(days=1)))


def send(work: Work, alliance_id: int, at: datetime) -> None:
    """The morning came: a mail to each person who wants one and has something to read. Nothing once the text is adopted.

    Late (a worker was away until night), it waits for the next working moment."""
    alliance = hold(work, work.get(Alliance, alliance_id))
    if alliance.status != AllianceStatus.drafting or alliance.example:
        return
    allowed = days.may_write(alliance, work.now())
    if allowed > work.now():
        _put(work, alliance, allowed)
        return
    everybody = [(one.person, row_of(work, one.person.id, alliance.id)) for one in people(alliance)]
    since = {person.id: _first(work, alliance, person) if row.told_seq is None else row.told_seq for person, row in everybody}
    facts = list(journal.facts(work, alliance.id, after=min(since.values(), default=0)))
    later = [_tell(work, alliance, person, row, since[person.id], facts, at) for person, row in everybody]
    if any(later):
        _put(work, alliance, next_morning(alliance, work.now()))


def _tell(work: Work, alliance: Alliance, person: Person, row: MailChoice, since: int, facts: Sequence[Fact], at: datetime) -> bool:
    """Tells one person what `facts`, the journal's last ones, say after `since`. True when something waits for a later digest."""
    last = facts[-1].seq if facts else since
    news = wanted((one for one in facts if one.seq > since), person, row.mentions)
    if row.digest == Digest.weekly and news and not opens_the_week(alliance, work.now()):
        row.told_seq = since
        return True
    if news and row.digest != Digest.never:
        mail.post(
            work,
            "drafting.digest",
            to=person.email,
            subject=f"alliance:{alliance.id}:digest",
            alliance_id=alliance.id,
            due_at=at,
            person_id=person.id,
            after=since,
            until=last,
        )
    row.told_seq = max(last, since)
    return False


def wanted(facts: Iterable[Fact], person: Person, mentions: Mentions) -> list[Fact]:
    """Of these facts, those worth telling that person: not their own; mentions of others are the others' affair."""
    return [one for one in facts if is_told(one) and one.actor.get("id") != person.id and _is_for(one, person, mentions)]


def _is_for(fact: Fact, person: Person, mentions: Mentions) -> bool:
    if fact.type != "comment.mentioned":
        return True
    return fact.payload.get("person") == str(person.id) and mentions == Mentions.digest


def news_of(work: Work, alliance: Alliance, person: Person, after: int, until: int) -> list[Fact]:
    """The facts a digest from `after` (excluded) to `until` tells that person; none when they are in the alliance no more, or want none."""
    standing, choice = stand(person, alliance), choice_of(work, person, alliance)
    gone = standing.gone or (standing.party is None and not standing.facilitator)
    if gone or choice.digest == Digest.never:
        return []
    return [one for one in wanted(journal.facts(work, alliance.id, after=after), person, choice.mentions) if one.seq <= until]


def opens_the_week(alliance: Alliance, now: datetime) -> bool:
    """Whether today is the first working day of the alliance's week."""
    today = days.today(alliance, now)
    return days.working(alliance, today - timedelta(days=today.weekday())) >= today


def _first(work: Work, alliance: Alliance, person: Person) -> int:
    """The last fact before the person came, or before the days the first digest goes back to."""
    joined = [one.joined_at for party in alliance.parties for one in party.members if one.person_id == person.id]
    named = [one.named_at for one in alliance.facilitators if one.person_id == person.id]
    start = max([work.now() - BACK, *([min(joined + named)] if joined or named else [])])
    return work.session.scalar(select(func.max(Fact.seq)).where(Fact.alliance_id == alliance.id, Fact.at < start)) or 0


def _put(work: Work, alliance: Alliance, at: datetime) -> None:
    payload = {"alliance_id": alliance.id, "at": at.isoformat()}
    outbox.put(work, DUE, subject=f"alliance:{alliance.id}", payload=payload, due_at=at, alliance_id=alliance.id)
