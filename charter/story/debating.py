"""Co-drafting in depth: deadlines, one's own words, a table and its note, discussions, amendments, versions, a round of consent."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from charter.accounts.models import Person
from charter.alliances.models import Party
from charter.drafting import services as drafting
from charter.drafting.live.canonical import Node
from charter.drafting.models import Amendment, Article, Text
from charter.story import chapters
from charter.story.cast import Character
from charter.story.debate import Answer, Debate, Proposal, Talk
from charter.story.world import World
from charter.work import Work
from workflows.amendments import AmendmentKind, Opinion
from workflows.deadlines import Deadline


def debate(world: World) -> None:
    """Everything the script's debate tells, up to a named version; nothing when it has none."""
    told = world.cast.script.debate
    if told is None:
        return
    _set_deadlines(world, told)
    _choose_speaker(world, told)
    _define_terms(world, told)
    _write_means(world, told)
    _talk(world, told.talk)
    for proposal in told.proposals:
        _propose(world, proposal)
    _close_first_thread(world, told)
    world.wait(hours=3)
    with world.acting(world.cast.facilitator.email) as work:
        drafting.name_version(work, _text(world, work), *told.version)


def hold_round(world: World) -> None:
    """The text is put to consent: one party agrees to all of it, one to its beginning, the script's objector says why it cannot.
    The facilitator closes the round, and somebody takes up an article already agreed to."""
    told = world.cast.script.debate
    if told is None:
        return
    world.wait(days=1)
    with world.acting(world.cast.facilitator.email) as work:
        day = (world.clock.now() + timedelta(days=told.round_days)).date()
        drafting.open_round(work, _text(world, work), day)
    world.wait(hours=22)
    chapters.consent(world, world.cast.sides[0])
    world.wait(hours=5)
    chapters.consent(world, world.cast.sides[1], range(6))
    world.wait(days=1)
    chapters.raise_objection(world)
    world.wait(hours=4)
    with world.acting(world.cast.facilitator.email) as work:
        text = _text(world, work)
        drafting.close_round(work, text, drafting.rounds_of(work, text)[0].number, told.round_over)
    world.wait(hours=20)
    side, number, words = told.late
    chapters.add_words(world, world.cast.sides[side].people[-1], number, [_paragraph(words)])
    world.wait(hours=1)


def _text(world: World, work: Work) -> Text:
    return drafting.charter_of(work, world.alliance(work))


def _member(world: World, place: tuple[int, int]) -> Character:
    """Somebody by the rank of their side and theirs in it."""
    return world.cast.sides[place[0]].people[place[1]]


def _person(world: World, work: Work, place: tuple[int, int]) -> Person:
    return world.person(work, _member(world, place).email)


def _set_deadlines(world: World, told: Debate) -> None:
    world.wait(hours=3)
    days = (told.amendments_days, told.consents_days, told.adoption_days)
    with world.acting(world.cast.facilitator.email) as work:
        today = world.clock.now().date()
        wanted = {deadline: today + timedelta(days=after) for deadline, after in zip(Deadline, days, strict=True)}
        drafting.set_calendar(work, _text(world, work), wanted)


def _choose_speaker(world: World, told: Debate) -> None:
    world.wait(hours=2)
    with world.acting(_member(world, told.speaks).email) as work:
        party = world.party(work, world.cast.sides[told.speaks[0]])
        drafting.choose_speakers(work, party, [_person(world, work, told.speaks).id])


def _define_terms(world: World, told: Debate) -> None:
    for term, meaning, place in told.terms:
        world.wait(hours=1)
        with world.acting(_member(world, place).email) as work:
            drafting.define_term(work, world.alliance(work), _person(world, work, place), term, meaning)


def _write_means(world: World, told: Debate) -> None:
    world.wait(hours=4)
    note: Node = {"type": "note", "attrs": {"text": told.means_note}}
    said: Node = {"type": "paragraph", "content": [_words(told.means_said), note, _words(".")]}
    chapters.add_words(world, _member(world, told.means_by), told.means_article, [said, _table(told.means)])


def _table(rows: Sequence[Sequence[str]]) -> Node:
    """A table whose first row is its headers."""
    made = []
    for index, row in enumerate(rows):
        kind = "table_cell" if index else "table_header"
        made.append({"type": "table_row", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in row]})
    return {"type": "table", "content": made}


def _paragraph(words: str) -> Node:
    return {"type": "paragraph", "content": [_words(words)]}


def _words(words: str) -> Node:
    return {"type": "text", "text": words}


def _talk(world: World, talk: Talk) -> None:
    """One calls another in a discussion, who answers."""
    world.wait(hours=3)
    with world.acting(_member(world, talk.by).email) as work:
        author, called = _person(world, work, talk.by), _person(world, work, talk.called)
        party = world.party(work, world.cast.sides[talk.by[0]])
        article = chapters.article(world, work, talk.article)
        first = drafting.post(work, article, author, party, talk.body, quote=talk.quote, call=[called.id]).ref
    world.wait(hours=2)
    with world.acting(_member(world, talk.called).email) as work:
        party = world.party(work, world.cast.sides[talk.called[0]])
        thread = drafting.thread_of(work, chapters.article(world, work, talk.article), first)
        drafting.post(work, thread.article, _person(world, work, talk.called), party, talk.answer, thread=thread)


def _close_first_thread(world: World, told: Debate) -> None:
    """What the script's first remark asked is now in the text: whoever asked closes the discussion."""
    remark = world.cast.script.remarks[0]
    world.wait(hours=1)
    with world.acting(world.cast.sides[told.closed_by].speaker.email) as work:
        article = chapters.article(world, work, remark.article)
        words = drafting.article_words(work, article.text)
        first = next(one.first for one in drafting.threads(work, article, words) if one.first.body == remark.body)
        drafting.resolve(work, first, _person(world, work, (told.closed_by, 0)))


def _propose(world: World, proposal: Proposal) -> None:
    world.wait(hours=5)
    with world.acting(_member(world, proposal.by).email) as work:
        author, party = _person(world, work, proposal.by), world.party(work, world.cast.sides[proposal.by[0]])
        article = chapters.article(world, work, proposal.article)
        ref = _proposed(work, article, author, party, proposal).ref
    if proposal.remark:
        world.wait(hours=2)
        with world.acting(world.cast.facilitator.email) as work:
            drafting.discuss_amendment(
                work, _found(world, work, ref), world.person(work, world.cast.facilitator.email), None, proposal.remark
            )
    for answer in proposal.answers:
        _answer(world, ref, answer)
    if proposal.refused:
        world.wait(hours=2)
        with world.acting(world.cast.facilitator.email) as work:
            drafting.refuse_amendment(work, _found(world, work, ref), proposal.refused)


def _proposed(work: Work, article: Article, author: Person, party: Party, proposal: Proposal) -> Amendment:
    if proposal.kind == AmendmentKind.insertion:
        nodes = [_paragraph(proposal.after)]
        return drafting.propose_amendment(
            work, article.text, author, party, proposal.kind, title=proposal.title, nodes=nodes, after=article, reason=proposal.reason
        )
    found = next(one.nodes for one in drafting.article_words(work, article.text) if one.ref == article.ref)
    nodes = [_said_otherwise(node, proposal.before, proposal.after) for node in found]
    return drafting.propose_amendment(work, article, author, party, proposal.kind, title=article.title, nodes=nodes, reason=proposal.reason)


def _said_otherwise(node: Node, before: str, after: str) -> Node:
    """The node with other words inside."""
    if "text" in node:
        return {**node, "text": node["text"].replace(before, after)}
    if "content" in node:
        return {**node, "content": [_said_otherwise(one, before, after) for one in node["content"]]}
    return node


def _found(world: World, work: Work, ref: str) -> Amendment:
    return drafting.amendment_of(work, _text(world, work), ref)


def _answer(world: World, ref: str, answer: Answer) -> None:
    world.wait(hours=4)
    side = world.cast.sides[answer.side]
    with world.acting(side.speaker.email) as work:
        kind = Opinion.against if answer.reason else Opinion.favour
        drafting.answer_amendment(work, _found(world, work, ref), world.party(work, side), kind, answer.reason)
