"""What the bench stands on: an alliance in co-drafting, a hundred people signed in, and texts of one empty article each.

Everybody is really a member with a live session, so that the live server's look at rights finds what it does in production.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from alembic import command

from charter.accounts.services import open_session
from charter.adapters import migrations
from charter.adapters.db import Base
from charter.alliances.services import enrol
from charter.config import Settings
from charter.drafting.live.tokens import Identity, sign
from charter.drafting.models import Article, Text
from charter.rooms import load_models
from charter.work import Engine
from tests import factories
from tests.processes import LOOPBACK
from workflows.lifecycle import AllianceStatus

PEOPLE = 100
TEXTS = 60
SECRET = "secret of the bench, which signs nothing else"  # noqa: S105


@dataclass(frozen=True)
class Ground:
    """`people` are (person id, session id), `texts` (text ref, article ref). `settings` name the database they are in."""

    settings: Settings
    people: tuple[tuple[int, str], ...]
    texts: tuple[tuple[str, str], ...]

    def moved(self, database_url: str) -> Ground:
        """The same in another database, a copy of this one."""
        return replace(self, settings=replace(self.settings, database_url=database_url))

    def address(self, port: int, text: int, person: int) -> dict[str, str]:
        """Where the person with that index opens the text with that index, with a fresh token."""
        ref, article = self.texts[text]
        number, session = self.people[person % len(self.people)]
        # One person has a bounded number of windows on a text, so beyond the first hundred nobody comes twice to the same one.
        who = Identity(ref, number, f"Personne {number}", "Les Passerelles", person % 8, f"P{person % 100}", True, session)
        return {"url": f"ws://{LOOPBACK}:{port}/live/{ref}?token={sign(SECRET, who)}", "document": article}

    def environment(self, port: int, changes: Mapping[str, str]) -> dict[str, str]:
        """What the live process is started with."""
        mine = {
            "DATABASE_URL": self.settings.database_url,
            "DATA_DIR": str(self.settings.data_dir),
            "SECRET_KEY": SECRET,
            "HOST": LOOPBACK,
            "PORT": str(port),
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "REDIS_URL": "",
            "LOG_LEVEL": "WARNING",
        }
        return {**os.environ, **mine, **changes}


def lay(directory: Path, database_url: str) -> Ground:
    """Makes the tables and the people in an empty database."""
    load_models()
    settings = Settings(data_dir=directory, database_url=database_url, secret_key=SECRET)
    engine = Engine(settings)
    Base.metadata.create_all(engine.database.engine)
    with engine.database.engine.begin() as connection:
        command.stamp(migrations.config(connection), "head")
    try:
        return _people(engine, settings)
    finally:
        engine.close()


def _people(engine: Engine, settings: Settings) -> Ground:
    with engine.work() as work:
        alliance = factories.alliance(work)
        alliance.status = AllianceStatus.drafting
        people = []
        for _ in range(PEOPLE):
            person = factories.person(work)
            enrol(work, alliance.parties[0], person, factories.SPEAKS)
            session = open_session(work, person)[1]
            session.expires_at = work.now() + timedelta(days=1)
            people.append((person.id, str(session.id)))
        texts = []
        for version in range(1, TEXTS + 1):
            text = work.add(Text(alliance_id=alliance.id, title="Charte", version=version))
            article = work.add(Article(text_id=text.id, position=1, title="Article"))
            texts.append((text.ref, article.ref))
        return Ground(settings, tuple(people), tuple(texts))
