"""Names hold on one line, whoever sends them: they end up in the sentence one agrees to, word for word."""

from __future__ import annotations

import pytest

from charter.accounts.services import know, update_profile
from charter.alliances.models import Member, Organisation
from charter.errors import Invalid
from charter.work import Work


def test_a_name_is_kept_on_one_line(work: Work) -> None:
    person = know(work, "zoe@exemple.test", "Zoé\r\nMartin")
    assert person.name == "Zoé Martin"
    update_profile(work, person, name=" Zoé \u202eMar\u200btin\n", language="fr")
    assert person.name == "Zoé Martin"
    assert Organisation(name="Les\nVoisins").name == "Les Voisins"
    assert Member(title="présidente\x00\r\n").title == "présidente"


def test_a_name_of_nothing_visible_is_no_name(work: Work) -> None:
    person = know(work, "zoe@exemple.test", "Zoé Martin")
    with pytest.raises(Invalid):
        update_profile(work, person, name="\u200b\u200b\u200b", language="fr")
    assert person.name == "Zoé Martin"
