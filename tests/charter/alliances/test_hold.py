"""Under an alliance's lock everything it holds is read afresh: parties, members, facilitators."""

from __future__ import annotations

import pytest

from charter.alliances import services
from charter.alliances.models import Alliance, Member
from charter.errors import Refused
from charter.work import Engine
from tests import factories


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_referents_cannot_both_step_down(engine: Engine) -> None:
    with engine.work() as work:
        alliance = factories.alliance(work)
        party = alliance.parties[0]
        second = services.enrol(work, party, factories.person(work), ["referent"])
        ref, first_id, second_id = alliance.ref, party.members[0].id, second.id
    slow = engine.open(write=True)
    try:
        seen = services.find(slow, ref)  # as the web does: the standing is read before the lock
        mine = next(member for member in seen.parties[0].members if member.id == second_id)
        with engine.work() as quick:
            services.end_membership(quick, quick.get(Member, first_id))
        with pytest.raises(Refused):
            services.end_membership(slow, mine)
    finally:
        slow.session.close()


def test_what_was_changed_and_not_written_yet_is_kept(engine: Engine) -> None:
    with engine.work() as work:
        alliance = factories.alliance(work)
        member = alliance.parties[0].members[0]
        member.title, alliance.title = "présidente", "Un autre nom"
        services.hold(work, alliance)
        assert (member.title, alliance.title) == ("présidente", "Un autre nom")
        assert alliance.parties[0].members[0] is member
        assert work.session.get(Alliance, alliance.id) is alliance
