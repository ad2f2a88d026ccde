"""How alliances are listed."""

from __future__ import annotations

from typing import Any

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.alliances.services import stand
from charter.dashboard.situation import as_page, gather, viewer_in
from charter.work import Work
from workflows.todo import todo


def overview(work: Work, person: Person, alliances: list[Alliance]) -> list[dict[str, Any]]:
    """Each alliance of a person: its title, where it stands, and what that person has to do there."""
    facts = gather(work, alliances)
    return [
        {
            "ref": one.ref,
            "title": one.title,
            "territory": one.territory,
            "status": one.status.value,
            "parties": [{"name": party.name, "initials": party.initials, "color": party.color} for party in one.accepted_parties],
            "situation": as_page(one, todo(facts[one.id], viewer_in(person, one)), stand(person, one)),
        }
        for one in alliances
    ]
