"""The story, one function a stage. Each leaves the alliance where the next one takes it up."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from collections.abc import Collection, Sequence

from charter.accounts.services import know
from charter.alliances import organisations
from charter.alliances import services as alliances
from charter.drafting import services as drafting
from charter.drafting.live.canonical import Node
from charter.drafting.models import Article
from charter.proposals import services as proposals
from charter.story.cast import SPEAKS, SUBSIDY_CENTS, Character, Side
from charter.story.script import Remark
from charter.story.world import World
from charter.work import Work
from workflows.drafting import ConsentKind


def propose(world: World) -> None:
    """The association proposes, invites, names a facilitator; the others accept; each declares; a model is chosen."""
    first, others = world.cast.sides[0], world.cast.sides[1:]
    _open(world, first)
    for side in others:
        world.wait(hours=3)
        _invite(world, side)
    world.wait(days=1)
    _name_facilitator(world)
    for side in others:
        world.wait(days=2)
        _accept(world, side)
    for side in world.cast.sides:
        world.wait(hours=5)
        _declare(world, side)
    world.wait(days=1)
    with world.acting(first.speaker.email) as work:
        alliance = world.alliance(work)
        proposals.choose_model(work, alliance, world.cast.model, world.cast.model_reason)


def _open(world: World, side: Side) -> None:
    with world.engine.work() as work:
        know(work, side.speaker.email, side.speaker.name)
    with world.acting(side.speaker.email) as work:
        author = world.person(work, side.speaker.email)
        cast = world.cast
        alliance = proposals.start(work, author, cast.title, cast.need, side.organisation, side.speaker.title, SPEAKS)
        world.ref = alliance.ref
        proposals.set_territories(work, alliance, cast.territories)
        proposals.set_purpose(work, alliance, cast.sdgs, cast.domains)
        _bring_people(world, work, side)


def _invite(world: World, side: Side) -> None:
    speaker, behind = side.speaker, side.organisation
    with world.acting(world.cast.sides[0].speaker.email) as work:
        proposals.invite(
            work,
            world.alliance(work),
            behind.name,
            behind.kind,
            speaker.email,
            speaker.name,
            "Nous pensons à vous depuis notre première réunion. Seriez-vous des nôtres ?",
            siren=behind.siren,
        )


def _name_facilitator(world: World) -> None:
    who = world.cast.facilitator
    with world.acting(world.cast.sides[0].speaker.email) as work:
        alliances.name_facilitator(
            work, world.alliance(work), email=who.email, name=who.name, organisation=world.cast.facilitator_organisation
        )


def _accept(world: World, side: Side) -> None:
    with world.acting(side.speaker.email) as work:
        party = world.party(work, side)
        proposals.accept(work, party, side.word)
        organisations.amend(work, party.organisation, side.organisation)
        alliances.set_roles(work, party.members[0], SPEAKS, side.speaker.title)
        _bring_people(world, work, side)


def _bring_people(world: World, work: Work, side: Side) -> None:
    for one in side.people[1:]:
        alliances.add_member(work, world.party(work, side), email=one.email, name=one.name, roles=one.roles, title=one.title)


def _declare(world: World, side: Side) -> None:
    with world.acting(side.speaker.email) as work:
        party, association = world.party(work, side), world.party(work, world.cast.sides[0])
        gives_subsidy = bool(side.deliberation) and party is not association
        flows = (
            [{"nature": "subsidy", "to": association.ref, "cents": SUBSIDY_CENTS, "purpose": "Expérimentation du sas"}]
            if gives_subsidy
            else []
        )
        proposals.declare(work, party, proposals.DeclarationData(**side.declaration, money_flows=flows))


def begin_drafting(world: World) -> None:
    """The facilitator opens the co-drafting; two articles are made the alliance's own, and talked about."""
    world.wait(days=1)
    with world.acting(world.cast.facilitator.email) as work:
        proposals.begin(work, world.alliance(work))
    world.wait(days=3)
    for addition in world.cast.script.additions:
        world.wait(hours=4)
        words: Node = {"type": "paragraph", "content": [{"type": "text", "text": addition.words}]}
        add_words(world, world.cast.sides[addition.side].speaker, addition.article, [words])
    for remark in world.cast.script.remarks:
        world.wait(hours=2)
        _remark(world, remark)
    world.wait(hours=20)
    _reply(world, world.cast.script.remarks[0].article, world.cast.script.answer)


def article(world: World, work: Work, number: int) -> Article:
    """The charter's article of that rank, counted from 0."""
    return drafting.charter_of(work, world.alliance(work)).present_articles[number]


def add_words(world: World, who: Character, number: int, words: Sequence[Node]) -> None:
    """Somebody adds these nodes at the end of an article, counted from 0."""
    with world.acting(who.email) as work:
        found = article(world, work, number)
        nodes = next(one.nodes for one in drafting.article_words(work, found.text) if one.ref == found.ref)
        drafting.write(work, found, [*nodes, *words])


def _remark(world: World, remark: Remark) -> None:
    side = world.cast.sides[remark.side]
    with world.acting(side.speaker.email) as work:
        author = world.person(work, side.speaker.email)
        drafting.post(work, article(world, work, remark.article), author, world.party(work, side), remark.body, quote=remark.quote)


def _reply(world: World, number: int, body: str) -> None:
    who = world.cast.facilitator.email
    with world.acting(who) as work:
        found = article(world, work, number)
        first = drafting.threads(work, found, drafting.article_words(work, found.text))[0].first
        drafting.post(work, found, world.person(work, who), None, body, thread=first)


def consent(world: World, side: Side, numbers: Collection[int] | None = None) -> None:
    """A party says it agrees, article by article (all of them by default), with the script's reservation where it has one."""
    with world.acting(side.speaker.email) as work:
        text = drafting.charter_of(work, world.alliance(work))
        for index in range(len(text.present_articles)) if numbers is None else numbers:
            kept = _reservation(world, side, index)
            _say(world, work, side, index, ConsentKind.reservation if kept else ConsentKind.agree, kept)


def _reservation(world: World, side: Side, number: int) -> str:
    found = world.cast.script.reservation
    return found[2] if found and (world.cast.sides[found[0]], found[1]) == (side, number) else ""


def _say(world: World, work: Work, side: Side, number: int, kind: ConsentKind, reason: str) -> None:
    text = drafting.charter_of(work, world.alliance(work))
    article = text.present_articles[number]
    sha256 = next(one.sha256 for one in drafting.article_words(work, text) if one.ref == article.ref)
    drafting.consent(work, article, world.party(work, side), kind, sha256, reason)


def adopt(world: World) -> None:
    """Every party agrees, and the charter is adopted."""
    for side in world.cast.sides:
        world.wait(days=1)
        consent(world, side)
    world.wait(hours=6)
    with world.acting(world.cast.facilitator.email) as work:
        drafting.adopt(work, drafting.charter_of(work, world.alliance(work)))


def raise_objection(world: World) -> None:
    """The script's objector agrees on the articles before, makes its reservation, and objects, saying why: the board has much to show."""
    script = world.cast.script
    if script.objection is None:
        return
    side = world.cast.sides[script.objection[0]]
    kept = {script.reservation[1]} if script.reservation and script.reservation[0] == script.objection[0] else set()
    consent(world, side, [*range(script.objection[1] - 1), *kept])
    with world.acting(side.speaker.email) as work:
        _say(world, work, side, script.objection[1], ConsentKind.objection, script.objection[2])
