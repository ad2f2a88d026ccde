"""`charte example load`: what a newcomer finds in `make run`. One alliance being written, one signed and answering its first checkpoint."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy import select

from charter.accounts import services as accounts
from charter.alliances.models import Alliance
from charter.config import DEMONSTRATION_KEYS, Settings
from charter.rooms import load_models
from charter.story import chapters, debating
from charter.story.cast import EMPLOI, MOBILITE, Cast, Character
from charter.story.forgetting import forget_unfinished
from charter.story.telling import Tell, tell_all
from charter.story.world import World, world
from charter.work import Engine

SIGNED_AGO = timedelta(days=130)
WRITTEN_AGO = timedelta(days=40)
LINK_LIFE = timedelta(days=1)


def load(settings: Settings, say: Tell) -> bool:
    """Tells both examples in this installation, the past in the past. False when they are already there: nothing is done twice.

    One whose telling was cut short is told again from its start.
    """
    demonstration = replace(settings, demonstration_keys=settings.data_dir / DEMONSTRATION_KEYS)
    engine = Engine(settings)
    load_models()
    with engine.work() as work:
        there = set(work.session.scalars(select(Alliance.title).where(Alliance.example)))
        for cast in (MOBILITE, EMPLOI):
            forget_unfinished(work, cast)
    engine.close()
    now = datetime.now(UTC)
    if MOBILITE.title not in there:
        with world(demonstration, MOBILITE, now - SIGNED_AGO) as here:
            here.latest = now
            tell_all(here, say, answers=2)
            _mark(here)
    if EMPLOI.title not in there:
        with world(demonstration, EMPLOI, now - WRITTEN_AGO) as here:
            here.latest = now
            chapters.propose(here)
            chapters.begin_drafting(here)
            debating.debate(here)
            debating.hold_round(here)
            _mark(here)
            say(f"« {EMPLOI.title} » est en co-rédaction")
    return len(there) < 2


def _mark(here: World) -> None:
    with here.engine.work() as work:
        here.alliance(work).example = True


def links(settings: Settings) -> list[tuple[str, str, str]]:
    """A fresh single-use sign-in link for each person who speaks in the example: name, what they are there for, address."""
    engine = Engine(settings)
    found = []
    with engine.work() as work:
        for cast in (EMPLOI,):
            for one, role in _people(cast):
                person = accounts.person_by_email(work, one.email)
                if person is not None:
                    link = accounts.make_link(work, person, life=LINK_LIFE)
                    found.append((one.name, role, accounts.link_url(work, link)))
    engine.close()
    return found


def _people(cast: Cast) -> list[tuple[Character, str]]:
    members = chain.from_iterable([(one, f"{one.title}, {side.organisation.name}") for one in side.people] for side in cast.sides)
    return [*members, (cast.facilitator, f"tiers de confiance, {cast.facilitator_organisation}")]
