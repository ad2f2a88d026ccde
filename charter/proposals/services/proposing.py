"""Proposing an alliance: its need, its territory, its goals; then beginning to write together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Member, Party
from charter.alliances.organisations import OrganisationData, register
from charter.alliances.services import enrol, hold, set_roles
from charter.alliances.territories import TerritoryKind, find_refs
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from charter.proposals import states
from charter.proposals.catalogue import ALLIANCE_GOAL, DOMAINS, GOALS
from charter.proposals.models import ProposalDraft
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import AllianceProposed, DraftingBegun, NeedChanged
from workflows.lifecycle import AllianceChart, AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role

TITLE = (3, 160)
NEED = (20, 4000)
MAX_TERRITORIES = 30
PROPOSER_ROLES = (Role.referent.value, Role.drafter.value)


def keep_draft(work: Work, person: Person, title: str, need: str) -> ProposalDraft:
    """Keeps the first screen until the organisation is known. Raises Invalid (title, need)."""
    title, need = _clean(title, need)
    draft = draft_of(work, person)
    if draft is None:
        return work.add(ProposalDraft(person_id=person.id, title=title, need=need, updated_at=work.now()))
    draft.title, draft.need, draft.updated_at = title, need, work.now()
    work.session.flush()
    return draft


def draft_of(work: Work, person: Person) -> ProposalDraft | None:
    """The proposal this person has begun, if any."""
    return work.session.get(ProposalDraft, person.id)


def start(
    work: Work,
    person: Person,
    title: str,
    need: str,
    organisation: OrganisationData,
    member_title: str = "",
    roles: Iterable[str] = PROPOSER_ROLES,
) -> Alliance:
    """A new alliance proposed by `person` for its organisation, which is in at once. Raises Invalid naming each wrong field."""
    title, need = _clean(title, need)
    now = work.now()
    behind = register(work, organisation)
    alliance = work.add(Alliance(title=title, need=need, status=AllianceStatus.proposal, created_at=now, parties=[], facilitators=[]))
    party = work.add(
        Party(alliance=alliance, organisation=behind, status=PartyStatus.accepted, color=0, invited_at=now, answered_at=now, members=[])
    )
    alliance.proposer_id = party.id
    enrol(work, party, person, roles, member_title)
    work.session.execute(delete(ProposalDraft).where(ProposalDraft.person_id == person.id))
    announce(work, alliance, AllianceProposed(title=title, party=party.ref, organisation=party.name))
    return alliance


def set_yourself(work: Work, member: Member, title: str, *, signs: bool) -> None:
    """One's own capacity in one's party, and whether one may sign for it.

    Raises Invalid (title): the capacity of somebody who signs is printed.
    """
    if signs and len(title.strip()) < 2:
        raise Invalid({"title": [gettext(N_("Indiquez votre qualité : elle figurera sous votre signature, par exemple « présidente »"))]})
    others = [str(role) for role in member.roles if role != Role.signatory]
    roles = [*others, *([Role.signatory.value] if signs else [])] or [Role.observer.value]
    if (set(roles), title.strip()) != (set(member.roles), member.title):
        set_roles(work, member, roles, title)


def set_need(work: Work, alliance: Alliance, title: str, need: str) -> None:
    """Names the alliance and its need anew, while it is a proposal. Raises Invalid, Conflict."""
    hold(work, alliance)
    in_stage(alliance, AllianceStatus.proposal)
    title, need = _clean(title, need)
    changed = tuple(name for name, value in (("title", title), ("need", need)) if getattr(alliance, name) != value)
    alliance.title, alliance.need = title, need
    _tell(work, alliance, changed)


def set_territories(work: Work, alliance: Alliance, territories: Sequence[tuple[TerritoryKind | str, str]]) -> None:
    """Where the alliance acts: pairs of kind and code. Raises Invalid naming `territories`, Conflict."""
    hold(work, alliance)
    in_stage(alliance, AllianceStatus.proposal)
    refs = list(dict.fromkeys(f"{getattr(kind, 'value', kind)}-{code}" for kind, code in territories))
    if len(refs) > MAX_TERRITORIES:
        raise Invalid(
            {
                "territories": [
                    gettext(N_("Choisissez %(n)s territoires au plus ; un département ou une région en réunit beaucoup"), n=MAX_TERRITORIES)
                ]
            }
        )
    found = find_refs(work.session, refs)
    changed = ("territory",) if refs != alliance.territory_codes else ()
    alliance.territory_codes, alliance.territory_names = refs, [one.label for one in found]
    _tell(work, alliance, changed)


def set_purpose(work: Work, alliance: Alliance, sdgs: Iterable[int], domains: Iterable[str]) -> None:
    """The sustainable development goals (numbers) and the domains (keys) the alliance serves. Raises Invalid, Conflict.

    Goal 17, partnerships, is every alliance's own: it is added, and another one is needed beside it.
    """
    hold(work, alliance)
    in_stage(alliance, AllianceStatus.proposal)
    goals, fields = sorted({*sdgs, ALLIANCE_GOAL}), set(domains)
    errors = {}
    if len(goals) < 2 or set(goals) - {goal.number for goal in GOALS}:
        errors["sdgs"] = [gettext(N_("Choisissez au moins un objectif de développement durable dans la liste"))]
    if not fields or fields - {domain.key for domain in DOMAINS}:
        errors["domains"] = [gettext(N_("Choisissez au moins un domaine dans la liste"))]
    if errors:
        raise Invalid(errors)
    kept = [domain.key for domain in DOMAINS if domain.key in fields]
    changed = tuple(name for name, value in (("sdgs", goals), ("domains", kept)) if getattr(alliance, name) != value)
    alliance.sdgs, alliance.domains = goals, kept
    _tell(work, alliance, changed)


def begin(work: Work, alliance: Alliance) -> None:
    """Opens the co-drafting. Raises Blocked, saying what is missing and from whom, or NotNow when it was opened already."""
    hold(work, alliance)
    fire(AllianceChart, alliance, "begin_drafting", states.of(work, alliance))
    announce(work, alliance, DraftingBegun(parties=tuple(party.ref for party in alliance.accepted_parties)))


def in_stage(alliance: Alliance, *stages: AllianceStatus) -> None:
    """Raises Conflict when the alliance stands in none of `stages`."""
    if alliance.status not in stages:
        raise Conflict(
            N_("L’alliance est passée à une autre étape : ceci ne peut plus y être changé. Rechargez la page pour voir où elle en est.")
        )


def _clean(title: str, need: str) -> tuple[str, str]:
    title, need = " ".join(title.split()), need.strip()
    errors = {}
    if not TITLE[0] <= len(title) <= TITLE[1]:
        errors["title"] = [gettext(N_("Donnez un nom à l’alliance, en %(most)s caractères au plus"), most=TITLE[1])]
    if len(need) < NEED[0]:
        errors["need"] = [gettext(N_("Décrivez le besoin en une phrase au moins : qui attend quoi, et où"))]
    elif len(need) > NEED[1]:
        errors["need"] = [gettext(N_("Décrivez le besoin en %(most)s caractères au plus"), most=NEED[1])]
    if errors:
        raise Invalid(errors)
    return title, need


def _tell(work: Work, alliance: Alliance, changed: tuple[str, ...]) -> None:
    work.session.flush()
    if changed:
        announce(work, alliance, NeedChanged(fields=changed))
