"""What co-drafting writes to people as time passes: mentions, reminders of the deadlines, the digest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.adapters.outbox import task
from charter.alliances.announce import hears
from charter.alliances.models import Alliance, Party
from charter.alliances.services import stand
from charter.drafting import news, services
from charter.drafting.models import Comment, Mentions, Text
from charter.drafting.services import digest, mailing, reminding
from charter.i18n import format_day, format_relative, gettext, speaking
from charter.work import Work
from workflows.base import N_
from workflows.deadlines import Deadline
from workflows.drafting import numbers

hears(digest.ask)


@task(reminding.REMIND)
def remind(work: Work, text_id: int, deadline: str, day: str, at: str) -> None:
    """One recall of a deadline becomes mails."""
    reminding.remind(work, text_id, Deadline(deadline), date.fromisoformat(day), datetime.fromisoformat(at))


@task(reminding.PASSED)
def passed(work: Work, text_id: int, deadline: str, day: str, at: str) -> None:
    """A deadline is over."""
    reminding.passed(work, text_id, Deadline(deadline), date.fromisoformat(day))


@task(digest.DUE)
def send_digest(work: Work, alliance_id: int, at: str) -> None:
    """The morning of an alliance's digest."""
    digest.send(work, alliance_id, datetime.fromisoformat(at))


@builder("drafting.mentioned")
def mentioned(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail | None:
    """Somebody calls you in a comment; nothing when it was taken back, or the person wants it in the digest."""
    person, alliance = work.get(Person, person_id), work.get(Alliance, alliance_id)
    comment = work.session.scalar(select(Comment).where(Comment.ref == event["comment"]))
    if comment is None or not any(one.person_id == person_id for one in comment.mentions) or not _is_in(person, alliance):
        return None
    if services.choice_of(work, person, alliance).mentions != Mentions.at_once:
        return None
    article = comment.article
    path = f"/articles/{article.ref}#fil-{_thread(work, comment).ref}" if article.removed_at is None else "/discussions"
    with speaking(person.language):
        values = {
            "who": comment.person.display_name,
            "party": comment.party.name if comment.party else gettext(N_("tiers de confiance")),
            "article": article.title,
            "quote": _thread(work, comment).quote,
            "body": comment.body,
            "title": alliance.title,
            "url": _url(work, alliance, path),
        }
        subject = gettext(N_("%(who)s vous appelle à propos de « %(article)s »"), who=values["who"], article=article.title)
    return _mail(work, person, alliance, subject, "mentioned", values, mailing.MENTION)


@builder("drafting.reminder")
def reminder(work: Work, person_id: int, alliance_id: int, party_id: int, text_id: int, deadline: str, day: str) -> Mail | None:
    """One recall of a deadline to somebody of a party; nothing when it was moved, or what it asks was done meanwhile."""
    person, alliance = work.get(Person, person_id), work.get(Alliance, alliance_id)
    text, party = work.get(Text, text_id), work.get(Party, party_id)
    which, last = Deadline(deadline), date.fromisoformat(day)
    articles = reminding.open_articles(work, alliance, text, party, which)
    if not reminding.is_current(work, alliance, text, which, last) or not articles or party not in alliance.accepted_parties:
        return None
    over = work.now() > reminding.end_of(alliance, last)
    with speaking(person.language):
        values = {
            "title": alliance.title,
            "party": party.name,
            "day": format_day(last),
            "far": format_relative(last, work.now()),
            "articles": numbers(tuple(dict.fromkeys(articles))),
            "over": over,
            "url": _url(work, alliance, "" if which == Deadline.consents else "/texte"),
        }
        subject = gettext(SUBJECTS[(which, over)], **values)
    return _mail(work, person, alliance, subject, f"reminder_{which}", values)


SUBJECTS = {
    (Deadline.consents, False): N_("Donnez votre avis sur la charte avant le %(day)s"),
    (Deadline.consents, True): N_("Votre avis sur la charte manque encore : « %(title)s »"),
    (Deadline.amendments, False): N_("Vous pouvez proposer des amendements jusqu’au %(day)s"),
    (Deadline.amendments, True): N_("Vous pouvez proposer des amendements jusqu’au %(day)s"),
}


@builder("drafting.digest")
def summed_up(work: Work, person_id: int, alliance_id: int, after: int, until: int) -> Mail | None:
    """What happened since the last digest; nothing when nothing of it is left to say."""
    person, alliance = work.get(Person, person_id), work.get(Alliance, alliance_id)
    text, facts = services.find_charter(work, alliance), digest.news_of(work, alliance, person, after, until)
    if text is None or text.frozen or not facts:
        return None
    with speaking(person.language):
        values = {"title": alliance.title, "url": _url(work, alliance), **news.values(work, alliance, text, facts, person)}
        subject = gettext(N_("Du nouveau dans la charte « %(title)s »"), title=alliance.title)
    return _mail(work, person, alliance, subject, "digest", values, mailing.DIGEST) if values["sections"] else None


def _mail(work: Work, person: Person, alliance: Alliance, subject: str, template: str, values: dict[str, Any], stops: str = "") -> Mail:
    return Mail(
        to=person.email,
        to_name=person.name,
        subject=subject,
        template=f"drafting/{template}",
        values={**values, "choices_url": f"{work.settings.public_url}/alliances/{alliance.ref}/mes-courriels"},
        language=person.language,
        stop_url=services.stop_url(work, person.id, alliance.id, stops) if stops else "",
    )


def _thread(work: Work, comment: Comment) -> Comment:
    return work.get(Comment, comment.thread_id) if comment.thread_id else comment


def _is_in(person: Person, alliance: Alliance) -> bool:
    standing = stand(person, alliance)
    return not standing.gone and (standing.party is not None or standing.facilitator)


def _url(work: Work, alliance: Alliance, path: str = "") -> str:
    return f"{work.settings.public_url}/alliances/{alliance.ref}/charte{path}"
