"""What is awaited while a text is written: words, consents, positions on amendments, a round to conclude, the adoption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.amendments import AmendmentFacts
from workflows.base import N_
from workflows.drafting import ArticleFacts, awaited_articles, numbers, objections
from workflows.expected import Expected
from workflows.facts import AllianceFacts


def on_the_text(facts: AllianceFacts) -> Iterator[Expected]:
    """All that is awaited on the text, party by party; nothing before it exists."""
    text, drafting, url = facts.text, facts.drafting, {"alliance": facts.ref}
    if text is None:
        return
    opposed = {name: found for name in facts.names if (found := objections(drafting, name))}
    for name in facts.names:
        yield from _of_writer(facts, name, {other: found for other, found in opposed.items() if other != name})
    yield from _on_amendments(facts)
    yield from _conclude(facts)
    if text.articles and len(facts.accepted) > 1 and not opposed and not any(awaited_articles(drafting, name) for name in facts.names):
        yield Expected("drafting.adopt", N_("Adoptez la charte"), N_("adopter la charte"), "drafting.adopt", url)


def _of_writer(facts: AllianceFacts, name: str, opposed: Mapping[str, tuple[ArticleFacts, ...]]) -> Iterator[Expected]:
    """What one party has to do on the text; ``opposed``: the other parties that object, and to what."""
    drafting, url = facts.drafting, {"alliance": facts.ref}
    if not drafting.articles:
        yield Expected("drafting.edit", N_("Écrivez le premier article"), N_("écrire le premier article"), "drafting.editor", url, name)
    yield from _of_voice(facts, name)
    mine = objections(drafting, name)
    if mine:
        order = N_("Proposez une rédaction qui lève votre objection (art. %(articles)s)")
        wait, params = N_("proposer une rédaction qui lève son objection (art. %(articles)s)"), {"articles": numbers(mine)}
        yield Expected("drafting.edit", order, wait, "drafting.editor", url, name, params=params)
    if opposed:
        order = N_("Cherchez une rédaction qui lève l’objection de %(others)s (art. %(articles)s)")
        wait = N_("aider à lever l’objection de %(others)s (art. %(articles)s)")
        against = tuple({one.id: one for found in opposed.values() for one in found}.values())
        params = {"others": ", ".join(opposed), "articles": numbers(against)}
        yield Expected("drafting.edit", order, wait, "drafting.editor", url, name, params=params)


def _of_voice(facts: AllianceFacts, name: str) -> Iterator[Expected]:
    """The word a party has to say, on what a round put to consent first."""
    awaited, text = awaited_articles(facts.drafting, name), facts.text
    now = text.round if text else None
    put = tuple(one for one in awaited if now and one.id in now.locked)
    rest = tuple(one for one in awaited if one not in put)
    url, people, due = {"alliance": facts.ref}, facts.speakers(name), text.consents_on if text else None
    if now and put:
        order = N_("Tour %(round)s : donnez votre accord, ou dites ce qui vous retient (art. %(articles)s)")
        wait, params = N_("donner son accord dans le tour %(round)s (art. %(articles)s)"), {"round": now.number, "articles": numbers(put)}
        last = now.closes_on or due
        yield Expected("drafting.consent", order, wait, "drafting.board", url, name, params=params, due=last, people=people)
    if rest:
        order = N_("Donnez votre accord, ou dites ce qui vous retient (art. %(articles)s)")
        wait, params = N_("donner son accord (art. %(articles)s)"), {"articles": numbers(rest)}
        yield Expected("drafting.consent", order, wait, "drafting.board", url, name, params=params, due=due, people=people)


def _on_amendments(facts: AllianceFacts) -> Iterator[Expected]:
    """The word each party has to say on the amendments of the others, one expectation a party; then what is left to settle."""
    open_ones = facts.text.amendments if facts.text else ()
    for name in facts.names:
        mine = [one for one in open_ones if name in one.silent]
        if mine:
            yield _on_amendment(facts, name, mine)
    to_settle = [one for one in open_ones if not one.silent and one.others]
    if to_settle:
        order, wait = N_("Tranchez les amendements sur lesquels chacun s’est prononcé (%(n)s)"), N_("trancher les amendements (%(n)s)")
        yield Expected("amendment.settle", order, wait, "drafting.amendments", {"alliance": facts.ref}, params={"n": len(to_settle)})


def _on_amendment(facts: AllianceFacts, name: str, asked: list[AmendmentFacts]) -> Expected:
    url, people = {"alliance": facts.ref}, facts.speakers(name)
    if len(asked) > 1:
        order, wait = N_("Donnez votre avis sur %(n)s amendements"), N_("donner son avis sur %(n)s amendements")
        return Expected("amendment.answer", order, wait, "drafting.amendments", url, name, params={"n": len(asked)}, people=people)
    params = {"proposer": asked[0].proposer}
    order, wait = N_("Donnez votre avis sur l’amendement de %(proposer)s"), N_("donner son avis sur l’amendement de %(proposer)s")
    url = {**url, "amendment_ref": asked[0].ref}
    return Expected("amendment.answer", order, wait, "drafting.amendment", url, name, params=params, people=people)


def _conclude(facts: AllianceFacts) -> Iterator[Expected]:
    """A round past its day is for whoever leads to conclude."""
    now = facts.text.round if facts.text else None
    if now and now.closes_on and now.closes_on < facts.today:
        order, wait = N_("Le tour %(round)s est arrivé à son terme : relancez, ou concluez-le"), N_("conclure le tour %(round)s")
        url = {"alliance": facts.ref}
        yield Expected("drafting.round", order, wait, "drafting.rounds", url, params={"round": now.number}, due=now.closes_on)
