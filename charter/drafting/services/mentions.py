"""Calling somebody of the alliance by name in a comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.models import Comment, Mention
from charter.errors import Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import PersonMentioned

MOST = 12


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody one may call: for their party, or as facilitator (None)."""

    person: Person
    party: Party | None


def people(alliance: Alliance) -> list[Reachable]:
    """Everybody of the alliance: the members of its parties, party by party, then the facilitators; each person once."""
    found = {
        member.person_id: Reachable(member.person, party)
        for party in alliance.accepted_parties
        for member in party.members
        if member.is_active
    }
    for one in alliance.facilitators:
        if one.ended_at is None:
            found.setdefault(one.person_id, Reachable(one.person, None))
    return list(found.values())


def check(work: Work, alliance: Alliance, author: Person, ids: Sequence[int]) -> list[Person]:
    """The people with those ids, but the author. Raises Invalid (call) for somebody outside the alliance, or too many at once."""
    known = {one.person.id: one.person for one in people(alliance)}
    if set(ids) - set(known):
        raise Invalid({"call": [gettext(N_("Choisissez des personnes de cette alliance"))]})
    if len(set(ids)) > MOST:
        raise Invalid({"call": [gettext(N_("Prévenez %(most)s personnes au plus"), most=MOST)]})
    return [known[one] for one in dict.fromkeys(ids) if one != author.id]


def call(work: Work, alliance: Alliance, comment: Comment, called: Sequence[Person]) -> None:
    """Makes the comment mention exactly `called`; those it never mentioned before are told."""
    wanted = {one.id for one in called}
    before = {one.person_id: one for one in work.session.scalars(select(Mention).where(Mention.comment_id == comment.id))}
    for person_id, mention in before.items():
        mention.withdrawn_at = None if person_id in wanted else mention.withdrawn_at or work.now()
    fresh = [one for one in called if one.id not in before]
    for person in fresh:
        work.add(Mention(comment_id=comment.id, person_id=person.id))
    work.session.flush()
    work.session.expire(comment, ["mentions"])
    names = {"text": comment.article.text.ref, "article": comment.article.ref, "comment": comment.ref}
    for person in fresh:
        announce(work, alliance, PersonMentioned(**names, person=str(person.id)))
