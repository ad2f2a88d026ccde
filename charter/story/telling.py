"""`charte story --out DIR`: the example from proposal to first review, and the files it leaves."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from charter.adapters import migrations
from charter.alliances import territories
from charter.config import DEMONSTRATION_KEYS, Settings
from charter.evaluation import calendars
from charter.evaluation import services as evaluation
from charter.journal import services as journal
from charter.signing import services as signing
from charter.signing.evidence import bundle
from charter.signing.models import Envelope
from charter.signing.sealer import sealer
from charter.story import agreeing, chapters, debating
from charter.story.cast import EMPLOI
from charter.story.world import World, world
from charter.work import Work

START = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
PRESET = "path_9_months"

Tell = Callable[[str], None]


def tell(settings: Settings, out: Path, say: Tell) -> None:
    """Tells the whole story in an installation of its own, under a clock of its own, and leaves in `out`: charte.pdf, contrat.pdf,
    preuve.pdf, preuve.json, journal.jsonl, bilan.pdf, calendrier.ics, autorite.pem, mails/*.eml, and
    dossier/, the evidence's bundle with the program that checks it. What a former run left there is replaced.

    The signatures are made by this installation's demonstration authority (`DATA_DIR/keys-demonstration`), never by its own.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _apart(settings) as own, world(own, EMPLOI, START) as here:
        prepare(here)
        tell_all(here, say)
        _leave_files(here, out)


def prepare(here: World) -> None:
    """The database and the territories."""
    migrations.upgrade(here.engine.database)
    with here.engine.work() as work:
        territories.load(work.session)


def tell_all(here: World, say: Tell, *, answers: int | None = None) -> None:
    """Every stage in order; with `answers`, only that many parties answer the first checkpoint and it stays open."""
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("proposition", lambda: chapters.propose(here)),
        ("co-rédaction", lambda: chapters.begin_drafting(here)),
        ("débat", lambda: debating.debate(here)),
        ("adoption de la charte", lambda: chapters.adopt(here)),
        ("contrat", lambda: agreeing.agree_on_contract(here)),
        ("signature", lambda: agreeing.sign(here)),
        ("calendrier des points d’étape", lambda: agreeing.plan_evaluation(here, PRESET)),
        ("premier point d’étape", lambda: agreeing.go_to_first_checkpoint(here)),
        ("réponses", lambda: agreeing.answer_checkpoint(here, answers)),
    )
    for title, step in steps:
        step()
        say(f"{here.clock.now():%d/%m/%Y}  {title}")
    if answers is None:
        agreeing.review(here)
        say(f"{here.clock.now():%d/%m/%Y}  bilan")


@contextmanager
def _apart(settings: Settings) -> Iterator[Settings]:
    """Settings of a throw-away installation that shares this one's demonstration keys and nothing else."""
    with tempfile.TemporaryDirectory(prefix="charte-story-") as name:
        folder = Path(name)
        keys = settings.data_dir / DEMONSTRATION_KEYS
        yield replace(
            settings, data_dir=folder, database_url=f"sqlite:///{folder / 'story.sqlite3'}", redis_url="", demonstration_keys=keys
        )


def _leave_files(here: World, out: Path) -> None:
    with here.engine.work(write=False) as work:
        for name, data in _files(here, work):
            (out / name).write_bytes(data)
        _leave_dossier(work, signing.the_current(work, here.alliance(work)), out / "dossier")
    mails = out / "mails"
    shutil.rmtree(mails, ignore_errors=True)
    shutil.copytree(here.engine.settings.mailbox_dir, mails)


def _leave_dossier(work: Work, envelope: Envelope, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    with bundle.of_envelope(work, envelope) as made, zipfile.ZipFile(made) as archive:
        archive.extractall(out)


def _files(here: World, work: Work) -> Iterator[tuple[str, bytes]]:
    alliance = here.alliance(work)
    for document in signing.signed_documents(work, alliance):
        yield document.name, work.storage.get(document.sha256)
    envelope = signing.the_current(work, alliance)
    yield "preuve.pdf", signing.evidence(work, envelope, "pdf")
    yield "preuve.json", signing.evidence(work, envelope, "json")
    yield "journal.jsonl", ("\n".join(journal.lines(work, alliance.id)) + "\n").encode()
    checkpoints = evaluation.checkpoints_of(work, alliance)
    yield "bilan.pdf", work.storage.get(checkpoints[0].document)
    yield "calendrier.ics", calendars.whole(alliance, checkpoints, work.settings.public_url)
    yield "autorite.pem", sealer(work.settings, work.now()).authority.root_pem().encode()
