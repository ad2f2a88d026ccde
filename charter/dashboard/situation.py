"""Gathers every stage's facts and asks `workflows.todo` where an alliance stands, for one viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, request, url_for

from charter.accounts.models import Person
from charter.adapters.http import current_work
from charter.alliances.models import Alliance
from charter.alliances.services import Standing, stand
from charter.contracts import states as contracts
from charter.drafting import states as drafting
from charter.evaluation import states as evaluation
from charter.i18n import enumerate_words, gettext, ngettext, say
from charter.proposals import states as proposals
from charter.signing import states as signing
from charter.work import Work
from workflows.base import N_
from workflows.expectations import APPLICATION, CALENDAR
from workflows.facts import AllianceFacts, MemberState, PartyState
from workflows.lifecycle import AllianceStatus
from workflows.roles import Role
from workflows.todo import Situation, StageLine, StageState, Viewer, todo

STAGE_PAGES = {
    "proposal": "proposals.show",
    "drafting": "drafting.board",
    "contract": "contracts.show",
    "signature": "signing.show",
    "evaluation": "evaluation.show",
}

# Those who are nobody's name, as they stand inside a sentence.
INSIDE = {APPLICATION: N_("l’application"), CALENDAR: N_("le calendrier")}

CHARTER_TAB = "drafting.board"
DOCUMENTS_TAB = "signing.show"
TABS = {
    "alliances.show": N_("Vue d’ensemble"),
    "alliances.parties": N_("Parties"),
    CHARTER_TAB: N_("Charte"),
    DOCUMENTS_TAB: N_("Documents"),
    "alliances.journal_page": N_("Journal"),
}
SIGNED_FROM = frozenset({AllianceStatus.signature, AllianceStatus.evaluation, AllianceStatus.closed})
PAGE_STATES = {"done": "done", "current": "current", "coming": "todo", "stopped": "blocked"}
NAMES_SHOWN = 2


def gather(work: Work, alliances: Sequence[Alliance]) -> dict[int, AllianceFacts]:
    """The facts of each alliance, by id, in a number of queries that does not grow with them."""
    declared = proposals.states(work, alliances)
    texts = drafting.states(work, alliances)
    agreements = contracts.states(work, alliances)
    envelopes = signing.states(work, alliances)
    checkpoints = evaluation.states(work, alliances)
    return {
        one.id: AllianceFacts(
            ref=one.ref,
            status=AllianceStatus(one.status),
            today=work.now().astimezone(ZoneInfo(one.zone)).date(),
            parties=tuple(_party(party, declared.get(one.id, frozenset())) for party in one.parties),
            proposer=next((party.name for party in one.parties if party.id == one.proposer_id), ""),
            facilitator=next((str(each.person_id) for each in one.facilitators if each.ended_at is None), None),
            model_chosen=bool(one.model),
            text=texts.get(one.id),
            contract=agreements.get(one.id),
            envelope=envelopes.get(one.id),
            checkpoints=checkpoints.get(one.id, ()),
            abandoned_at=AllianceStatus(one.abandoned_at) if one.abandoned_at else None,
        )
        for one in alliances
    }


def _party(party: Any, declared: frozenset[int]) -> PartyState:
    members = tuple(
        MemberState(str(member.person_id), member.person.display_name, frozenset(Role(role) for role in member.roles))
        for member in party.members
        if member.is_active
    )
    return PartyState(party.name, party.status, party.id in declared, members)


def viewer_of(standing: Standing) -> Viewer:
    """The person, as `workflows.todo` sees them."""
    party = standing.party.name if standing.party and not standing.gone else None
    return Viewer(str(standing.person.id), party, frozenset(Role(role) for role in standing.roles), standing.facilitator)


def viewer_in(person: Person, alliance: Alliance) -> Viewer:
    """The same from an alliance whose parties and members are loaded, without asking the database again."""
    return viewer_of(stand(person, alliance))


def as_page(alliance: Alliance, situation: Situation, reader: Standing | None = None) -> dict[str, Any]:
    """A Situation as the templates and the API read it: said in the reader's language, with addresses."""
    return {
        "status": situation.status.value,
        "line": [
            {
                "key": stage.key.value,
                "title": gettext(stage.label),
                "state": PAGE_STATES[stage.state.value],
                "note": _note(stage.who),
                "who": _names(stage.who),
                "url": _address(STAGE_PAGES[stage.key.value], alliance.ref) if _shown(stage, reader) else "",
            }
            for stage in situation.line
        ],
        "todos": [
            {"text": gettext(one.text, **one.params), "url": _address(one.endpoint, alliance.ref, **_rest(one.url)), "due": one.due}
            for one in situation.todos
        ],
        "waiting": [{"who": _names(one.who), "what": gettext(one.text, **one.params), "due": one.due} for one in situation.waiting],
        "blocks": [{"what": say(one), "who": _names(one.who)} for one in situation.blocks],
    }


def _note(who: Sequence[str]) -> str:
    return gettext(N_("on attend %(who)s"), who=_few([gettext(INSIDE.get(name, name)) for name in who])) if who else ""


def _names(who: Sequence[str]) -> list[str]:
    """Names as they are; « L’application » and « Le calendrier » in the reader's language."""
    return [gettext(name) for name in who]


def _few(names: Sequence[str]) -> str:
    if len(names) <= NAMES_SHOWN:
        return enumerate_words(list(names))
    others = len(names) - NAMES_SHOWN
    return enumerate_words([*names[:NAMES_SHOWN], ngettext("%(n)s autre", "%(n)s autres", others)])


def _shown(stage: StageLine, reader: Standing | None) -> bool:
    return stage.state != StageState.coming and _opens(STAGE_PAGES[stage.key.value], reader)


def _opens(endpoint: str, reader: Standing | None) -> bool:
    """Whether a page opens to the people of the reader's party, invited, in or gone; to all when nobody is named."""
    rule = getattr(current_app.view_functions.get(endpoint), "access_rule", None)
    party = reader.party if reader and not reader.facilitator else None
    return rule is None or party is None or party.status in rule.parties


def _address(endpoint: str, ref: str, **values: Any) -> str:
    return url_for(endpoint, alliance_ref=ref, **values)


def _rest(url: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in url.items() if key not in {"alliance", "alliance_ref"}}


def _reached(tab: str, alliance: Alliance) -> bool:
    """Whether the alliance ever came to what a tab shows: the charter once it is written, documents once they are signed."""
    stood = AllianceStatus(alliance.abandoned_at or alliance.status)
    if tab == CHARTER_TAB:
        return stood != AllianceStatus.proposal
    return tab != DOCUMENTS_TAB or stood in SIGNED_FROM


def of(work: Work, standing: Standing) -> Situation:
    """Where the alliance stands for this person."""
    return todo(gather(work, [standing.alliance])[standing.alliance.id], viewer_of(standing))


def for_page() -> dict[str, Any]:
    """`alliance` and `situation` for pages inside an alliance, nothing elsewhere."""
    standing: Standing | None = g.get("standing")
    if standing is None:
        return {}
    alliance = standing.alliance
    return {
        "alliance": {
            "ref": alliance.ref,
            "title": alliance.title,
            "territory": alliance.territory,
            "url": url_for("alliances.show", alliance_ref=alliance.ref),
            "parties": [{"name": party.name, "initials": party.initials, "color": party.color} for party in alliance.accepted_parties],
        },
        "situation": as_page(alliance, of(current_work(), standing), standing),
        "alliance_nav": [
            {"title": gettext(title), "url": url_for(endpoint, alliance_ref=alliance.ref), "current": request.endpoint == endpoint}
            for endpoint, title in TABS.items()
            if _opens(endpoint, standing) and _reached(endpoint, alliance)
        ],
    }
