"""An amendment is accepted while people write in its article: those present see it merge with what they are writing."""

from __future__ import annotations

import asyncio

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.live.client import ClientArticle
from charter.drafting.models import Amendment, Article
from charter.work import Actor, Engine
from tests import factories
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import Server, run, words, write
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion


def proposed(engine: Engine, written: Written) -> int:
    """An amendment of the first party: « Début. » becomes « Beau début. »."""
    with engine.work() as work:
        article = work.get(Article, written.first_id)
        party = work.get(Alliance, article.text.alliance_id).accepted_parties[0]
        person = factories.speaker(party)
        kind, nodes = AmendmentKind.wording, [paragraph("Beau début.")]
        made = services.propose_amendment(work, article, person, party, kind, title=article.title, nodes=nodes, reason="Plus beau.")
        return made.id


def everybody_is_for(engine: Engine, amendment_id: int) -> None:
    with engine.work() as work:
        amendment = work.get(Amendment, amendment_id)
        for party in work.get(Alliance, amendment.text.alliance_id).accepted_parties[1:]:
            person = factories.speaker(party)
            services.answer_amendment(work.by(Actor(person.id, person.display_name)), amendment, party, Opinion.favour)


def whole(article: ClientArticle) -> bool:
    """True when the three changes are there."""
    return all(one in words(article) for one in ("Beau", "suite", "fin"))


def test_those_writing_see_it_merge_with_their_words(server: Server, written: Written, engine: Engine) -> None:
    amendment_id = proposed(engine, written)

    async def story() -> tuple[str, str]:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        write(mine, " Puis la suite.")
        await one.saved()
        await asyncio.to_thread(everybody_is_for, engine, amendment_id)
        write(theirs, " Et la fin.")
        await two.saved()
        await one.until(lambda: whole(mine))
        await two.until(lambda: whole(theirs))
        seen = words(mine), words(theirs)
        await one.disconnect()
        await two.disconnect()
        return seen

    first, second = run(story())
    assert first == second
    with engine.work(write=False) as work:
        assert work.get(Amendment, amendment_id).status is AmendmentStatus.accepted
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph(first)]
