"""Who speaks for a party. Several drafters, one voice: whose, is the party's own choice, and the journal keeps it.

Until a party chooses, its signatories and referents speak for it. Once it has chosen, those it named speak and nobody else does; when
none of them is there any more, the first rule stands again. Whoever speaks for a party acts for it in this alliance and writes in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Member, Party
from charter.alliances.services import hold
from charter.drafting.models import Spokesperson
from charter.drafting.voices import can_be_chosen, spokespersons_of
from charter.errors import Conflict, Forbidden, Invalid
from charter.i18n import enumerate_words, gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import VoiceChosen
from workflows.proposals import PartyStatus
from workflows.roles import Role

BY_RULE = (Role.signatory, Role.referent)


def spokespersons(work: Work, party: Party) -> list[Spokesperson]:
    """Those the party chose and who can still speak, in the order they were named; empty while the first rule stands."""
    return spokespersons_of(work, [party])[party.id]


def speakers(work: Work, party: Party) -> list[Member]:
    """The members who may speak for the party now: those it chose, else its signatories and referents."""
    return chosen_or_rule(party, spokespersons(work, party))


def chosen_or_rule(party: Party, chosen: Sequence[Spokesperson]) -> list[Member]:
    """The members who speak for the party, of whom `chosen` were named by it."""
    return [one.member for one in chosen] or party.members_with(*BY_RULE)


def may_speak(work: Work, party: Party, person: Person) -> bool:
    """Whether this person may speak for the party now."""
    return party.status == PartyStatus.accepted and any(one.person_id == person.id for one in speakers(work, party))


def check_has_a_voice(party: Party) -> None:
    """Raises Forbidden for a party that is not in."""
    if party.status != PartyStatus.accepted:
        raise Forbidden(N_("Cette organisation ne fait pas partie de l’alliance : elle n’a pas de voix."))


def check_speaks(work: Work, party: Party, person: Person) -> None:
    """Raises Forbidden, saying who may, unless this person speaks for the party."""
    check_has_a_voice(party)
    able = speakers(work, party)
    if any(one.person_id == person.id for one in able):
        return
    if not able:
        raise Forbidden(
            N_("Personne ne parle encore pour %(party)s : il lui faut un référent ou un représentant habilité."), party=party.name
        )
    raise Forbidden(
        N_("%(names)s parle pour %(party)s. Demandez-lui de dire l’avis de votre organisation.")
        if len(able) == 1
        else N_("%(names)s parlent pour %(party)s. Demandez-leur de dire l’avis de votre organisation."),
        names=enumerate_words([one.person.display_name for one in able]),
        party=party.name,
    )


def check_actor_speaks(work: Work, party: Party) -> None:
    """The same for whoever acts; the application itself (SYSTEM) acts for nobody and is not asked."""
    if work.actor.person_id is not None:
        check_speaks(work, party, work.get(Person, work.actor.person_id))


def choose_speakers(work: Work, party: Party, people: Collection[int]) -> None:
    """From now on the members whose person ids are `people` speak for the party, alone; nobody chosen gives the voice back to its
    signatories and referents. Raises Invalid (people), Conflict when the party is not in any more. What was said stays said."""
    alliance = hold(work, party.alliance)
    if party.status != PartyStatus.accepted:
        raise Conflict(N_("Cette organisation ne fait plus partie de l’alliance : elle n’a plus de voix."))
    able = {member.person_id: member for member in party.members if can_be_chosen(member)}
    if not able.keys() >= set(people):
        raise Invalid({"people": [gettext(N_("Choisissez parmi les membres de votre organisation, observateurs exceptés"))]})
    standing = _standing(work, party)
    if {one.member.person_id for one in standing} == set(people):
        return
    for one in standing:
        if one.member.person_id not in people:
            one.ended_at = work.now()
    kept = {one.member.person_id for one in standing}
    for person in sorted(set(people) - kept):
        work.add(Spokesperson(party_id=party.id, member_id=able[person].id, named_by_id=work.actor.person_id, at=work.now()))
    work.session.flush()
    announce(work, alliance, VoiceChosen(party=party.ref, people=tuple(str(person) for person in sorted(set(people)))))


def _standing(work: Work, party: Party) -> list[Spokesperson]:
    """Every choice not taken back, also of members who have left since."""
    query = select(Spokesperson).where(Spokesperson.party_id == party.id, Spokesperson.ended_at.is_(None))
    return list(work.session.scalars(query.options(selectinload(Spokesperson.member))))
