"""Amendments as their pages show them: plain data."""

from __future__ import annotations

from typing import Any

from charter.accounts.models import Person
from charter.alliances.models import Alliance, Party
from charter.drafting import services, shown
from charter.drafting.models import Amendment, Position, Remark
from charter.drafting.proposed import facts_of
from charter.drafting.schemas.amendments import AMENDMENT_KINDS, OPINIONS, STATUSES
from charter.drafting.services import Difference
from charter.drafting.words import words_at
from charter.i18n import gettext
from charter.work import Work
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion
from workflows.base import N_

LAPSED = {
    "removed": N_("L’article a été retiré de la charte."),
    "adopted": N_("La charte a été adoptée sans lui."),
    "stopped": N_("La co-rédaction s’est arrêtée."),
}
TONES = {
    AmendmentStatus.open: "info",
    AmendmentStatus.accepted: "ok",
    AmendmentStatus.refused: "bad",
    AmendmentStatus.withdrawn: "quiet",
    AmendmentStatus.lapsed: "quiet",
}


def line(alliance: Alliance, amendment: Amendment) -> dict[str, Any]:
    """An amendment in a list."""
    facts, article = facts_of(alliance, amendment), amendment.article
    return {
        "ref": amendment.ref,
        "title": amendment.title,
        "kind": amendment.kind.value,
        "kind_label": gettext(AMENDMENT_KINDS[amendment.kind]),
        "status": amendment.status.value,
        "status_label": gettext(STATUSES[amendment.status]),
        "tone": TONES[amendment.status],
        "open": amendment.status == AmendmentStatus.open,
        "party": shown.party_mark(amendment.party),
        "person": amendment.person.display_name,
        "at": amendment.at,
        "article": {"ref": article.ref, "number": facts.article, "title": article.title} if article else None,
        "count": {"favour": len(facts.pleased), "against": len(facts.opposed), "silent": len(facts.silent)},
        "remarks": len(amendment.remarks),
    }


def whole(work: Work, alliance: Alliance, amendment: Amendment) -> dict[str, Any]:
    """An amendment on its own page: what it changes, what each party says, what is missing."""
    return {
        **line(alliance, amendment),
        "reason": amendment.reason,
        "ending": gettext(LAPSED[amendment.ending]) if amendment.ending in LAPSED else amendment.ending,
        "decided_at": amendment.decided_at,
        "decided_by": amendment.decided_by.display_name if amendment.decided_by else "",
        "result": amendment.result.ref if amendment.result else "",
        "positions": [_position(amendment, party) for party in alliance.accepted_parties],
        "talk": [_remark(one) for one in amendment.remarks],
        "locked": amendment.status == AmendmentStatus.open and services.amendment_facts(work, amendment).locked,
        **_change(work, amendment),
    }


def rights(work: Work, amendment: Amendment, person: Person, party: Party | None, settles: bool, writes: bool) -> dict[str, bool]:
    """What the visitor may do with it: `settles` and `writes` are what the table of roles lets them."""
    facts = services.amendment_facts(work, amendment)
    live = amendment.status == AmendmentStatus.open
    mine = party is not None and party.id == amendment.party_id
    return {
        "answer": live and party is not None and not mine and services.may_speak(work, party, person),
        "settle": live and settles and bool(facts.others),
        "refuse": live and settles and bool(facts.opposed),
        "withdraw": live and mine and writes,
    }


def difference_of(work: Work, amendment: Amendment) -> Difference:
    """From the words the amendment was written on to those it proposes."""
    before = _base(work, amendment)
    return services.difference("" if amendment.kind == AmendmentKind.insertion else amendment.base_title, before, *_proposed(amendment))


def _change(work: Work, amendment: Amendment) -> dict[str, Any]:
    """The difference to show: while it is open, what accepting would change now."""
    told = {"difference": difference_of(work, amendment), "moved": False, "clash": False}
    article = amendment.article
    if amendment.status != AmendmentStatus.open or article is None or amendment.kind == AmendmentKind.insertion:
        return told
    seen = services.preview(work, amendment)
    if not seen.moved or seen.clash:
        return {**told, "moved": seen.moved, "clash": seen.clash}
    now = words_at(work.session, article.id, article.head_seq)
    return {"difference": services.difference(article.title, now, seen.title, seen.nodes), "moved": True, "clash": False}


def _base(work: Work, amendment: Amendment) -> list[dict[str, Any]]:
    if amendment.kind == AmendmentKind.insertion or amendment.article_id is None:
        return []
    return words_at(work.session, amendment.article_id, amendment.base_seq)


def _proposed(amendment: Amendment) -> tuple[str, list[dict[str, Any]]]:
    return ("", []) if amendment.kind == AmendmentKind.removal else (amendment.title, amendment.nodes)


def _position(amendment: Amendment, party: Party) -> dict[str, Any]:
    said = next((one for one in amendment.positions if one.party_id == party.id), None)
    if party.id == amendment.party_id:
        return {
            **shown.party_mark(party),
            "kind": "proposer",
            "label": gettext(N_("Propose")),
            "person": amendment.person.display_name,
            "reason": "",
        }
    if said is None:
        return {**shown.party_mark(party), "kind": "silent", "label": gettext(N_("Avis attendu")), "person": "", "reason": ""}
    return _said(said, party)


def _said(said: Position, party: Party) -> dict[str, Any]:
    return {
        **shown.party_mark(party),
        "kind": said.kind.value,
        "label": gettext(OPINIONS[Opinion(said.kind)]),
        "person": said.person.display_name if said.person else "",
        "reason": said.reason,
        "at": said.at,
    }


def _remark(one: Remark) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "body": one.body,
        "at": one.at,
        "person": one.person.display_name,
        "initials": one.person.initials,
        "party": shown.party_mark(one.party) if one.party else None,
    }
