"""One party, one voice, and the party says whose: its choice is kept, journalled, and held by the services."""

from __future__ import annotations

import pytest

from charter.accounts.models import Person
from charter.alliances.models import Alliance, Party
from charter.alliances.services import end_membership, enrol, set_roles
from charter.drafting import services, states
from charter.drafting.models import Spokesperson, Text
from charter.errors import Forbidden, Invalid
from charter.journal import services as journal
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work))


@pytest.fixture
def party(work: Work, text: Text) -> Party:
    found: Party = alliance_of(work, text).accepted_parties[0]
    for name, role in (("Ana Costa", "drafter"), ("Ève Roy", "observer")):
        enrol(work, found, factories.person(work, name), [role])
    work.session.refresh(found)
    return found


def alliance_of(work: Work, text: Text) -> Alliance:
    return work.get(Alliance, text.alliance_id)


def person(party: Party, name: str) -> Person:
    return next(one.person for one in party.members if one.person.display_name == name)


def consents(work: Work, text: Text, party: Party, who: Person) -> None:
    words = services.article_words(work, text)[0]
    acting = work.by(Actor(who.id, who.display_name))
    services.consent(acting, services.article_of(work, text, words.ref), party, ConsentKind.agree, words.sha256)


def test_signatories_and_referents_speak_until_the_party_chooses(work: Work, text: Text, party: Party) -> None:
    speaker, ana, eve = factories.speaker(party), person(party, "Ana Costa"), person(party, "Ève Roy")
    assert [services.may_speak(work, party, one) for one in (speaker, ana, eve)] == [True, False, False]
    consents(work, text, party, speaker)
    with pytest.raises(Forbidden) as refused:
        consents(work, text, party, ana)
    assert refused.value.params["names"] == speaker.display_name and refused.value.params["party"] == party.name


def test_the_chosen_speak_alone(work: Work, text: Text, party: Party) -> None:
    speaker, ana = factories.speaker(party), person(party, "Ana Costa")
    services.choose_speakers(work.by(Actor(speaker.id, speaker.display_name)), party, [ana.id])
    assert [services.may_speak(work, party, one) for one in (speaker, ana)] == [False, True]
    consents(work, text, party, ana)
    article = text.present_articles[0]
    with pytest.raises(Forbidden, match="parle pour"):
        services.withdraw(work.by(Actor(speaker.id, speaker.display_name)), article, party)
    told = [one for one in journal.facts(work, text.alliance_id) if one.type == "voice.chosen"]
    assert [one.payload for one in told] == [{"party": party.ref, "people": [str(ana.id)]}]
    row = work.session.query(Spokesperson).one()
    assert (row.named_by_id, row.ended_at, row.at) == (speaker.id, None, work.now())


def test_the_choice_is_taken_back_and_the_record_stays(work: Work, text: Text, party: Party) -> None:
    ana = person(party, "Ana Costa")
    services.choose_speakers(work, party, [ana.id])
    services.choose_speakers(work, party, [ana.id])  # the same again says nothing new
    services.choose_speakers(work, party, [])
    assert services.may_speak(work, party, factories.speaker(party)) and not services.may_speak(work, party, ana)
    assert work.session.query(Spokesperson).one().ended_at == work.now()
    assert [one.type for one in journal.facts(work, text.alliance_id)].count("voice.chosen") == 2


def test_whoever_left_or_only_reads_speaks_no_more(work: Work, text: Text, party: Party) -> None:
    ana = next(one for one in party.members if one.person.display_name == "Ana Costa")
    services.choose_speakers(work, party, [ana.person_id])
    set_roles(work, ana, ["observer"])
    assert services.may_speak(work, party, factories.speaker(party)) and not services.may_speak(work, party, ana.person)
    set_roles(work, ana, ["drafter"])
    assert services.may_speak(work, party, ana.person)
    end_membership(work, ana)
    assert services.may_speak(work, party, factories.speaker(party))


@pytest.mark.parametrize("who", ["observer", "another party"])
def test_one_chooses_among_ones_own_who_write(work: Work, text: Text, party: Party, who: str) -> None:
    alliance = alliance_of(work, text)
    chosen = person(party, "Ève Roy") if who == "observer" else factories.speaker(alliance.accepted_parties[1])
    with pytest.raises(Invalid) as wrong:
        services.choose_speakers(work, party, [chosen.id])
    assert "people" in wrong.value.fields and not services.spokespersons(work, party)


def test_the_dashboard_asks_those_who_speak(work: Work, text: Text, party: Party) -> None:
    ana = person(party, "Ana Costa")
    services.choose_speakers(work, party, [ana.id])
    alliance = alliance_of(work, text)
    assert states.states(work, [alliance])[alliance.id].speakers == {party.name: frozenset({str(ana.id)})}
