"""An amendment as the guards of its chart read it, from what is loaded."""

from __future__ import annotations

from charter.alliances.announce import leading_party
from charter.alliances.models import Alliance
from charter.drafting.models import Amendment
from workflows.amendments import AmendmentFacts, Opinion


def facts_of(alliance: Alliance, amendment: Amendment, *, locked: bool = False) -> AmendmentFacts:
    """Who is for and against among the parties that are in; no query when positions, text and articles are loaded."""
    names = {party.id: party.name for party in alliance.accepted_parties}
    said = [one for one in amendment.positions if one.party_id in names]
    leader, present = leading_party(alliance), amendment.text.present_articles
    return AmendmentFacts(
        amendment.ref,
        tuple(names.values()),
        names.get(amendment.party_id, amendment.party.name),
        frozenset(names[one.party_id] for one in said if one.kind == Opinion.favour),
        frozenset(names[one.party_id] for one in said if one.kind == Opinion.against),
        article=present.index(amendment.article) + 1 if amendment.article in present else 0,
        locked=locked,
        leader=leader.name if leader else "",
    )
