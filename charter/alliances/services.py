"""The kernel's verbs: find an alliance and one's standing in it, hold its lock, who acts for a party and how."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from charter.accounts.models import Person
from charter.accounts.services import know
from charter.alliances.announce import announce, leading_party
from charter.alliances.models import Alliance, Facilitator, Member, Party
from charter.alliances.organisations import OrganisationData, amend
from charter.errors import Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, Missing, blocking, fire, possible
from workflows.events import AllianceAbandoned, FacilitatorNamed, InvitationCancelled, MemberAdded, MemberRolesChanged, PartyLeft
from workflows.lifecycle import AllianceChart
from workflows.proposals import PartyChart, PartyStatus
from workflows.roles import Role

VISIBLE = (PartyStatus.invited, PartyStatus.accepted, PartyStatus.left)


@dataclass(frozen=True)
class Standing:
    """Where a person stands in one alliance: as a member of a party, as facilitator, or both."""

    person: Person
    alliance: Alliance
    member: Member | None
    facilitator: bool

    @property
    def party(self) -> Party | None:
        """The party the person acts for, None for a facilitator alone."""
        return self.member.party if self.member else None

    @property
    def roles(self) -> frozenset[str]:
        """The person's roles in their party."""
        return frozenset(str(role) for role in self.member.roles) if self.member else frozenset()

    @property
    def gone(self) -> bool:
        """True for the people of a party that left: they keep what stood then, nothing that came after is theirs."""
        return self.party is not None and not self.facilitator and self.party.status == PartyStatus.left

    def may_read(self, settled: datetime | None) -> bool:
        """Whether a document settled at that moment (None: not settled yet) is open to them."""
        left = self.party.left_at if self.party and self.gone else None
        return not self.gone or (settled is not None and left is not None and settled <= left)

    @property
    def leading(self) -> bool:
        """True when the person's party moves the alliance on."""
        return self.party is not None and self.party is leading_party(self.alliance)


def find(work: Work, ref: str) -> Alliance:
    """The alliance with that reference, its parties and members loaded. Raises NotFound."""
    parties = selectinload(Alliance.parties)
    found = work.session.scalar(
        select(Alliance)
        .where(Alliance.ref == ref)
        .options(parties.selectinload(Party.members).selectinload(Member.person), parties.selectinload(Party.organisation))
        .options(selectinload(Alliance.facilitators).selectinload(Facilitator.person))
    )
    if found is None:
        raise NotFound
    return found


def standing(work: Work, person: Person, ref: str) -> Standing:
    """Where `person` stands in the alliance `ref`. Raises NotFound when they have nothing to do with it: its existence is not told."""
    found = stand(person, find(work, ref))
    if found.member is None and not found.facilitator:
        raise NotFound
    return found


def stand(person: Person, alliance: Alliance) -> Standing:
    """The same in an alliance whose parties and members are loaded; neither member nor facilitator when they have nothing to do with it."""
    members = [
        member
        for party in alliance.parties
        if party.status in VISIBLE
        for member in party.members
        if member.person_id == person.id and member.is_active
    ]
    facilitator = any(one.person_id == person.id and one.ended_at is None for one in alliance.facilitators)
    order = {PartyStatus.accepted: 0, PartyStatus.invited: 1, PartyStatus.left: 2}
    members.sort(key=lambda member: order[PartyStatus(member.party.status)])
    return Standing(person, alliance, members[0] if members else None, facilitator)


def of_person(work: Work, person: Person) -> list[Alliance]:
    """The alliances a person has to do with, newest first, with parties loaded (a constant number of queries)."""
    mine = select(Party.alliance_id).join(Member).where(Member.person_id == person.id, Member.ended_at.is_(None), Party.status.in_(VISIBLE))
    helped = select(Facilitator.alliance_id).where(Facilitator.person_id == person.id, Facilitator.ended_at.is_(None))
    parties = selectinload(Alliance.parties)
    query = (
        select(Alliance)
        .where(or_(Alliance.id.in_(mine), Alliance.id.in_(helped)))
        .options(parties.selectinload(Party.members).selectinload(Member.person), parties.selectinload(Party.organisation))
        .options(selectinload(Alliance.facilitators).selectinload(Facilitator.person))
        .order_by(Alliance.created_at.desc(), Alliance.id.desc())
    )
    return list(work.session.scalars(query))


def hold(work: Work, alliance: Alliance) -> Alliance:
    """Takes the alliance's lock until the transaction ends, and reads afresh what every transition is decided on: it, parties, roles."""
    work.session.flush()  # reading afresh would drop what this transaction changed and did not write yet
    named = selectinload(Alliance.parties).joinedload(Party.organisation)  # else read again one by one, as a party's name is asked
    query = select(Alliance).filter_by(id=alliance.id).options(named).with_for_update()
    held = work.session.scalars(query.execution_options(populate_existing=True)).one()
    for kind in (Member, Facilitator):  # roles read before the lock may be those of before: who acts, first of all
        ids = [one.id for one in list(work.session.identity_map.values()) if isinstance(one, kind)]
        if ids:
            work.session.scalars(select(kind).where(kind.id.in_(ids)).execution_options(populate_existing=True)).all()
    return held


def party_of(alliance: Alliance, ref: str) -> Party:
    """The party with that reference. Raises NotFound."""
    found = next((party for party in alliance.parties if party.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def member_of(party: Party, member_id: int) -> Member:
    """The party's active member. Raises NotFound."""
    found = next((member for member in party.members if member.id == member_id and member.is_active), None)
    if found is None:
        raise NotFound
    return found


def acts_for(alliance: Alliance, person: Person) -> Party | None:
    """The party, invited or in, that the person acts for; None when there is none."""
    live = (party for party in alliance.parties if party.status in (PartyStatus.accepted, PartyStatus.invited))
    return next((party for party in live for one in party.members if one.person_id == person.id and one.is_active), None)


def clean_roles(roles: Iterable[str]) -> list[str]:
    """Known roles, in the table's order. Raises Invalid when none is given."""
    wanted = set(roles)
    known: list[str] = [role.value for role in Role if role.value in wanted]
    if not known or wanted - set(known):
        raise Invalid({"roles": [gettext(N_("Choisissez au moins un rôle dans la liste"))]})
    return known


def enrol(work: Work, party: Party, person: Person, roles: Iterable[str], title: str = "") -> Member:
    """Makes `person` a member of `party`, or gives an existing member these roles, without telling anybody yet."""
    member = next((one for one in party.members if one.person_id == person.id), None)
    if member is None:
        member = Member(party=party, person=person, joined_at=work.now())
        work.session.add(member)
    member.roles, member.ended_at = clean_roles(roles), None
    member.title = title.strip()[:120] or member.title or ""
    work.session.flush()
    return member


def add_member(work: Work, party: Party, *, email: str, name: str, roles: Iterable[str], title: str = "") -> Member:
    """Brings somebody into the party and tells them. Raises Invalid (address, name, roles, already a member)."""
    alliance = hold(work, party.alliance)
    if len(name.strip()) < 2:
        raise Invalid({"name": [gettext(N_("Indiquez le prénom et le nom de cette personne"))]})
    person = know(work, email, name)
    if any(one.person_id == person.id and one.is_active for one in party.members):
        raise Invalid({"email": [gettext(N_("Cette personne est déjà membre de votre organisation dans cette alliance"))]})
    if any(one.person_id == person.id and one.ended_at is None for one in alliance.facilitators):
        raise Invalid({"email": [gettext(N_("Cette personne est le tiers de confiance : elle n’appartient à aucune partie"))]})
    elsewhere = acts_for(alliance, person)
    if elsewhere is not None:
        text = N_("Cette personne agit déjà pour %(party)s dans cette alliance : on n’y parle que pour une organisation")
        raise Invalid({"email": [gettext(text, party=elsewhere.name)]})
    member = enrol(work, party, person, roles, title)
    announce(work, alliance, MemberAdded(party=party.ref, person=str(person.id), roles=tuple(member.roles)))
    return member


def set_roles(work: Work, member: Member, roles: Iterable[str], title: str = "") -> None:
    """Changes a member's roles and capacity; live editing hears of it. Raises Invalid, Refused when the party would have no referent."""
    alliance = hold(work, member.party.alliance)
    member.roles = clean_roles(roles)
    member.title = title.strip()[:120]
    _keep_a_referent(member.party)
    announce(
        work,
        alliance,
        MemberRolesChanged(party=member.party.ref, person=str(member.person_id), roles=tuple(member.roles)),
    )
    _tell_live(work, member.person_id)


def end_membership(work: Work, member: Member) -> None:
    """The member no longer acts for the party. Raises Refused when the party would have no referent."""
    alliance = hold(work, member.party.alliance)
    member.ended_at = work.now()
    _keep_a_referent(member.party)
    announce(work, alliance, MemberRolesChanged(party=member.party.ref, person=str(member.person_id), roles=()))
    _tell_live(work, member.person_id)


def name_facilitator(work: Work, alliance: Alliance, *, email: str, name: str, organisation: str = "") -> Facilitator:
    """Names a « tiers de confiance ». Raises Invalid when the person is a member of a party (a facilitator is neutral)."""
    hold(work, alliance)
    person = know(work, email, name)
    if any(member.person_id == person.id and member.is_active for party in alliance.parties for member in party.members):
        raise Invalid({"email": [gettext(N_("Cette personne est membre d’une partie : un tiers de confiance n’appartient à aucune"))]})
    found = next((one for one in alliance.facilitators if one.person_id == person.id), None)
    if found is None:
        found = Facilitator(alliance=alliance, person=person, named_at=work.now())
        work.session.add(found)
    found.organisation, found.ended_at = organisation.strip()[:200], None
    work.session.flush()
    announce(work, alliance, FacilitatorNamed(person=str(person.id)))
    return found


def check_distinct(alliance: Alliance, data: OrganisationData, *, but: Party | None = None, field: str = "name") -> dict[str, list[str]]:
    """What keeps an organisation from standing in the alliance beside the others: their name or number. Empty when nothing does.

    `but` is the party the data is about; `field` names the field of the name.
    """
    siren = re.sub(r"\D", "", data.siren or data.siret)[:9]
    name = " ".join(data.name.split()).casefold()
    for party in alliance.parties:
        if party is but or party.status not in (PartyStatus.accepted, PartyStatus.invited):
            continue
        if siren and party.organisation.siren == siren:
            return {"siren": [gettext(N_("Ce numéro est celui de %(party)s, déjà dans l’alliance ou invitée"), party=party.name)]}
        if party.name.casefold() == name:
            return {field: [gettext(N_("Une organisation de ce nom est déjà dans l’alliance ou invitée"))]}
    return {}


def describe_organisation(work: Work, party: Party, data: OrganisationData) -> None:
    """Corrects the card of the party's organisation. Raises Invalid naming each wrong field, or one that another party bears already."""
    alliance = hold(work, party.alliance)
    errors = check_distinct(alliance, data, but=party)
    if errors:
        raise Invalid(errors)
    amend(work, party.organisation, data)


def leave(work: Work, party: Party, reason: str) -> None:
    """The party leaves the alliance; its copy of what it signed stays open to it. The last one to leave ends the alliance.

    Raises NotNow when it is not in.
    """
    alliance = hold(work, party.alliance)
    fire(PartyChart, party, "leave")
    party.left_at, party.answer_word = work.now(), reason.strip()
    announce(work, alliance, PartyLeft(party=party.ref, organisation=party.name, reason=reason.strip()))
    for member in party.members:
        _tell_live(work, member.person_id)
    if not alliance.accepted_parties and "abandon" in possible(AllianceChart, alliance):
        _abandon(work, alliance, gettext(N_("Toutes les parties ont quitté l’alliance.")))


def abandon(work: Work, alliance: Alliance, reason: str) -> None:
    """The parties give up before the end. What was signed stays. Raises NotNow when the alliance is over already."""
    hold(work, alliance)
    blocking(AllianceChart, alliance, "abandon")
    _abandon(work, alliance, reason.strip())


def _abandon(work: Work, alliance: Alliance, reason: str) -> None:
    stage = alliance.status.value
    for party in alliance.parties:
        if party.status == PartyStatus.invited:
            fire(PartyChart, party, "cancel")
            announce(work, alliance, InvitationCancelled(party=party.ref, organisation=party.name))
    alliance.abandoned_at, alliance.closed_at = stage, work.now()
    announce(work, alliance, AllianceAbandoned(stage=stage, reason=reason))


def _keep_a_referent(party: Party) -> None:
    if not party.members_with(Role.referent):
        who = (party.name,)
        raise Refused(
            N_("Une partie garde toujours un référent alliance."), [Missing(N_("Désignez d’abord un autre référent alliance"), who=who)]
        )


def _tell_live(work: Work, person_id: int) -> None:
    message = {"kind": "revoked", "person": person_id, "text": None}
    work.after_commit.append(lambda: work.bus.publish("live", message))
