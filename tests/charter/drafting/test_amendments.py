"""Amendments: proposed with a reason, answered one party one voice, accepted into the words of today, refused with theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from charter.alliances.services import enrol
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Amendment
from charter.errors import Conflict, Forbidden, Invalid, Refused
from charter.journal import services as journal
from charter.work import Actor
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.amending import LONG, WHY, Table, status, table
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion
from workflows.base import Blocked, NotNow, fire
from workflows.deadlines import Deadline
from workflows.drafting import ConsentKind
from workflows.proposals import PartyChart

__all__ = ["table"]


def test_what_every_other_party_is_for_enters_the_text_under_its_authors_name(table: Table) -> None:
    amendment = table.propose(title="Nos haies")
    before = table.words()
    table.say(amendment, 1)
    assert (amendment.status, table.words()) == (AmendmentStatus.open, before)
    table.say(amendment, 2)
    assert status(amendment) is AmendmentStatus.accepted
    assert table.words() == LONG.replace("douze", "quinze")
    assert table.article.title == "Nos haies"
    last = table.work.session.scalars(
        select(ArticleUpdate).where(ArticleUpdate.article_id == table.article.id).order_by(ArticleUpdate.seq.desc())
    ).first()
    assert last is not None and last.author_person_id == amendment.person_id != table.work.actor.person_id
    assert table.told()[-4:] == ["amendment.proposed", "amendment.answered", "amendment.answered", "amendment.accepted"]


def test_it_merges_with_what_was_written_since(table: Table) -> None:
    amendment = table.propose()
    made.rewrite(table.work, table.article, LONG.replace("ensemble", "tous ensemble, sans pesticide"))
    seen = services.preview(table.work, amendment)
    assert seen.moved and not seen.clash
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert table.words() == LONG.replace("douze", "quinze").replace("ensemble", "tous ensemble, sans pesticide")


def test_a_new_article_goes_after_the_one_named_and_bears_its_authors_name(table: Table) -> None:
    amendment = table.propose(AmendmentKind.insertion, after=table.article, title="Entretien", words="Nous taillons en hiver.")
    table.say(amendment, 1)
    table.say(amendment, 2)
    added = table.text.present_articles[1]
    assert (added.title, table.words(added), amendment.result_id) == ("Entretien", "Nous taillons en hiver.", added.id)
    authors = table.work.session.scalars(select(ArticleUpdate.author_person_id).where(ArticleUpdate.article_id == added.id)).all()
    assert authors[-1] == amendment.person_id


def test_a_removal_takes_the_article_out_and_its_other_amendments_lapse(table: Table) -> None:
    wording, removal = table.propose(), table.propose(AmendmentKind.removal)
    gone = table.article
    table.say(removal, 1)
    table.say(removal, 2)
    assert gone.removed_at is not None and removal.status is AmendmentStatus.accepted
    assert (wording.status, wording.ending) == (AmendmentStatus.lapsed, "removed")


def test_those_on_an_article_merged_into_another_lapse(table: Table) -> None:
    second = table.text.present_articles[1]
    wording, insertion = table.propose(), table.propose(AmendmentKind.insertion, after=second, title="Suite", words="Nous continuons.")
    made_of_second = services.propose_amendment(
        table.acting(table.parties[0]), second, factories.speaker(table.parties[0]), table.parties[0], AmendmentKind.removal, reason=WHY
    )
    services.merge_articles(table.work, table.article, second)
    assert (made_of_second.status, made_of_second.ending) == (AmendmentStatus.lapsed, "removed")
    assert (wording.status, insertion.status) == (AmendmentStatus.open, AmendmentStatus.open)


def test_words_retyped_since_are_replaced_as_the_preview_shows(table: Table) -> None:
    amendment = table.propose(words=LONG.replace("douze", "quinze"))
    made.rewrite(table.work, table.article, LONG.replace("douze", ""))
    made.rewrite(table.work, table.article, LONG)
    assert not services.preview(table.work, amendment).moved
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert table.words() == LONG.replace("douze", "quinze")


def test_one_decided_meanwhile_is_not_replaced(table: Table) -> None:
    former = table.propose()
    decided = update(Amendment).where(Amendment.id == former.id).values(status=AmendmentStatus.accepted)
    table.work.session.execute(decided.execution_options(synchronize_session=False))
    with pytest.raises(NotNow):
        table.propose(words=LONG.replace("douze", "vingt"), replaces=former)


def test_against_needs_a_reason_and_can_be_changed(table: Table) -> None:
    amendment = table.propose()
    with pytest.raises(Invalid) as refusal:
        table.say(amendment, 1, Opinion.against)
    assert "reason" in refusal.value.fields
    table.say(amendment, 1, Opinion.against, "Quinze, c’est trop pour nous.")
    table.say(amendment, 2)
    assert status(amendment) is AmendmentStatus.open
    table.say(amendment, 1)
    assert status(amendment) is AmendmentStatus.accepted


def test_what_every_other_party_is_against_is_refused_by_itself(table: Table) -> None:
    amendment = table.propose()
    table.say(amendment, 1, Opinion.against, "Non, pas ainsi.")
    table.say(amendment, 2, Opinion.against, "Nous non plus.")
    assert status(amendment) is AmendmentStatus.refused
    assert table.words() == LONG
    with pytest.raises(Conflict):
        table.say(amendment, 1)


def test_it_is_settled_by_hand_when_one_is_for_and_none_against(table: Table) -> None:
    amendment = table.propose()
    with pytest.raises(Blocked) as nobody:
        services.settle_amendment(table.work, amendment)
    assert nobody.value.missing[0].who == tuple(party.name for party in table.parties[1:])
    table.say(amendment, 1)
    services.settle_amendment(table.work, amendment)
    assert status(amendment) is AmendmentStatus.accepted and "quinze" in table.words()


def test_it_is_not_settled_against_somebody_but_can_be_refused_with_a_reason(table: Table) -> None:
    amendment = table.propose()
    table.say(amendment, 1)
    with pytest.raises(Blocked):
        services.refuse_amendment(table.work, amendment, "Personne n’en veut")
    table.say(amendment, 2, Opinion.against, "Trop cher.")
    with pytest.raises(Blocked) as opposed:
        services.settle_amendment(table.work, amendment)
    assert opposed.value.missing[0].who == (table.parties[2].name,)
    with pytest.raises(Invalid):
        services.refuse_amendment(table.work, amendment, "  ")
    services.refuse_amendment(table.work, amendment, "Le désaccord demeure.")
    assert (amendment.status, amendment.ending) == (AmendmentStatus.refused, "Le désaccord demeure.")


def test_one_does_not_judge_ones_own_amendment_nor_withdraw_anothers(table: Table) -> None:
    amendment = table.propose()
    with pytest.raises(Forbidden):
        table.say(amendment, 0)
    with pytest.raises(Forbidden):
        services.withdraw_amendment(table.work, amendment, table.parties[1])
    services.withdraw_amendment(table.work, amendment, table.parties[0])
    assert status(amendment) is AmendmentStatus.withdrawn


def test_only_who_speaks_for_a_party_says_its_word(table: Table) -> None:
    amendment, party = table.propose(), table.parties[1]
    drafter = factories.person(table.work)
    enrol(table.work, party, drafter, ["drafter"])
    with pytest.raises(Forbidden):
        services.answer_amendment(table.work.by(Actor(drafter.id, "Drafter")), amendment, party, Opinion.favour)


@pytest.mark.parametrize(("more", "field"), [({"reason": " "}, "reason"), ({"title": ""}, "title"), ({"words": LONG}, "nodes")])
def test_what_is_missing_is_told_beside_its_field(table: Table, more: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        table.propose(**more)  # type: ignore[arg-type]
    assert field in refusal.value.fields


def test_words_the_schema_has_no_place_for_are_refused(table: Table) -> None:
    with pytest.raises(Invalid):
        table.propose(nodes=[{"type": "iframe"}])


def test_a_title_changed_on_both_sides_is_proposed_again_on_the_text_of_today(table: Table) -> None:
    amendment = table.propose(title="Nos haies")
    services.retitle_article(table.work, table.article, "Des haies")
    assert services.preview(table.work, amendment).clash
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert status(amendment) is AmendmentStatus.open  # the words of both are kept; the text is as it was
    with pytest.raises(services.TextMovedOn) as refusal:
        services.settle_amendment(table.work, amendment)
    assert refusal.value.missing[0].who == (table.parties[0].name,)
    again = table.propose(title="Nos haies", replaces=amendment)
    assert (amendment.status, amendment.ending) == (AmendmentStatus.withdrawn, again.ref)


def test_when_the_history_is_gone_the_words_alone_are_applied_if_the_text_did_not_move(table: Table) -> None:
    amendment = table.propose()
    table.article.epoch += 1
    table.work.session.flush()
    table.say(amendment, 1)
    services.settle_amendment(table.work, amendment)
    assert "quinze" in table.words()


def test_when_the_history_is_gone_and_the_text_moved_it_is_not_applied(table: Table) -> None:
    amendment = table.propose()
    table.article.epoch += 1
    made.rewrite(table.work, table.article, "Tout autre chose.")
    table.say(amendment, 1)
    with pytest.raises(services.TextMovedOn):
        services.settle_amendment(table.work, amendment)


def test_in_a_round_acceptance_waits_and_says_why(table: Table) -> None:
    amendment = table.propose()
    table.article.locked = True
    table.work.session.flush()
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert status(amendment) is AmendmentStatus.open
    assert "tour d’accord" in services.amendment_missing(table.work, amendment, "settle")[0].text
    table.article.locked = False
    services.settle_amendment(table.work, amendment)
    assert status(amendment) is AmendmentStatus.accepted


def test_what_all_agreed_on_during_a_round_enters_the_text_when_it_ends(table: Table) -> None:
    amendment = table.propose()
    opened = services.open_round(table.work, table.text)
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert (status(amendment), "quinze" in table.words()) == (AmendmentStatus.open, False)
    services.close_round(table.work, table.text, opened.number)
    assert (status(amendment), "quinze" in table.words()) == (AmendmentStatus.accepted, True)


def test_an_article_reopened_by_an_objection_may_be_removed_before_the_round_ends(table: Table) -> None:
    article = table.article
    amendment = table.propose(AmendmentKind.removal)
    services.open_round(table.work, table.text)
    table.say(amendment, 1)
    table.say(amendment, 2)
    assert status(amendment) is AmendmentStatus.open
    sha256 = content.current_hash(table.work.session, article)
    services.consent(table.acting(table.parties[2]), article, table.parties[2], ConsentKind.objection, sha256, "Il ne sert plus.")
    table.work.session.expire(table.text, ["articles"])
    assert (status(amendment), article in table.text.present_articles) == (AmendmentStatus.accepted, False)


def test_after_the_deadline_none_is_proposed(table: Table, clock: object) -> None:
    services.set_deadline(table.work, table.text, Deadline.amendments, (table.work.now() + timedelta(days=1)).date())
    clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        table.propose()


def test_open_ones_lapse_when_the_text_is_adopted(table: Table) -> None:
    amendment = table.propose()
    made.consents(table.work, table.text)
    services.adopt(table.work, table.text)
    assert (amendment.status, amendment.ending) == (AmendmentStatus.lapsed, "adopted")


def test_the_journal_tells_who_proposed_what_and_how_it_ended(table: Table) -> None:
    amendment = table.propose()
    table.say(amendment, 1, Opinion.against, "Non, pas ainsi.")
    table.say(amendment, 2, Opinion.against, "Nous non plus.")
    proposed, *_, refused = journal.facts(table.work, table.alliance.id)[-4:]
    assert (proposed.payload["party"], proposed.payload["reason"], proposed.payload["kind"]) == (table.parties[0].ref, WHY, "wording")
    assert proposed.actor["id"] == amendment.person_id
    assert (refused.type, refused.payload["amendment"]) == ("amendment.refused", amendment.ref)


def test_what_left_the_alliance_has_no_voice_any_more(table: Table) -> None:
    amendment = table.propose()
    table.say(amendment, 1, Opinion.against, "Non.")
    fire(PartyChart, table.parties[1], "leave")
    table.work.session.flush()
    table.say(amendment, 1)  # the third party, now second of those that are in
    assert status(amendment) is AmendmentStatus.accepted


def test_what_was_stored_is_never_judged_twice(table: Table) -> None:
    amendment = table.propose()
    services.withdraw_amendment(table.work, amendment, table.parties[0])
    with pytest.raises(NotNow):
        services.withdraw_amendment(table.work, amendment, table.parties[0])
