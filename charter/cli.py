"""`charte`: one command line for everything an operator does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from charter import processes
from charter.accounts import services as accounts
from charter.adapters import backlog, migrations
from charter.commands.keys import keys, stop_unless_ready, told
from charter.commands.status import status
from charter.config import Settings, load
from charter.errors import CharterError, Invalid
from charter.i18n import LOCALES, gettext, say
from charter.journal import chain
from charter.logs import configure
from charter.work import Engine, Work


def _settings() -> Settings:
    try:
        return load()
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _engine() -> Engine:
    settings = _settings()
    configure(settings)
    return Engine(settings)


def _with_schema() -> Settings:
    """The settings, once the database is found up to date: a server on an empty one would only fail later, and less clearly."""
    settings = _settings()
    engine = Engine(settings)
    try:
        current = migrations.current(engine.database)
    except SQLAlchemyError as error:
        raise click.ClickException(f"la base de données ne répond pas : {type(error).__name__}") from error
    finally:
        engine.close()
    if current != migrations.latest():
        raise click.ClickException("la base de données n’est pas à jour : lancez d’abord « charte db upgrade »")
    return settings


@contextmanager
def _work() -> Iterator[Work]:
    """A Work, committed at the end; what is refused is said without a traceback."""
    try:
        with _engine().work() as work:
            yield work
    except Invalid as error:
        messages = [text for found in error.fields.values() for text in found]
        raise click.ClickException(" ; ".join(messages) or gettext(error.message, **error.params)) from error
    except CharterError as error:
        raise click.ClickException(gettext(error.message, **error.params)) from error


@click.group()
@click.version_option(package_name="charte-du-faire-alliance")
def main() -> None:
    """Charte du faire alliance : proposer, écrire, signer et suivre une alliance d’intérêt général."""


@main.command()
@click.option(
    "--only",
    type=click.Choice(["all", "one", "web", "live"]),
    default="all",
    help="all: everything, supervised (embedded mode); one: web and live editing in this process; web, live: that alone.",
)
def serve(only: str) -> None:
    """Start the web server (and, in embedded mode, the worker, the scheduler and the mailbox)."""
    settings = _with_schema()
    if only != "live":
        stop_unless_ready(settings)
    sys.exit(processes.serve(settings, only))


@main.command()
@click.option("--concurrency", type=int, default=2, show_default=True)
def worker(concurrency: int) -> None:
    """Start a Celery worker."""
    settings = _with_schema()
    stop_unless_ready(settings)
    processes.worker(settings, concurrency)


@main.command()
def beat() -> None:
    """Start the scheduler (exactly one in an installation)."""
    processes.beat(_with_schema())


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=2525, show_default=True)
def mailbox(host: str, port: int) -> None:
    """Start the built-in SMTP server that keeps what it receives."""
    processes.mailbox(_settings(), host, port)


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database up to date and load the list of territories."""
    engine = _engine()
    migrations.upgrade(engine.database)
    from charter.alliances import territories

    with engine.work() as work:
        migrations.wait_for_turn(work.session.connection())
        territories.load(work.session)
    click.echo(f"base à jour ({migrations.latest()})")


@db.command()
def check() -> None:
    """Tell whether migrations and models agree (exit 1 when they do not)."""
    import tempfile

    from charter.adapters.db import Database
    from charter.rooms import load_models

    load_models()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/check.sqlite3")
        migrations.upgrade(database)
        found = migrations.differences(database)
        database.dispose()
    for difference in found:
        click.echo(repr(difference), err=True)
    sys.exit(1 if found else 0)


@db.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from what the models have and the latest revision lacks (developers)."""
    import tempfile

    from charter.adapters.db import Database

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/revision.sqlite3")
        migrations.upgrade(database)
        migrations.write(database, message)
        database.dispose()


@main.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("email")
@click.option("--name", default="")
@click.option("--language", type=click.Choice(LOCALES), default="fr")
@click.option("--operator/--no-operator", default=False, help="May see the state of the server, never an alliance.")
def add_user(email: str, name: str, language: str, operator: bool) -> None:
    """Make an account, or complete one."""
    with _work() as work:
        person = accounts.know(work, email, name, language=language)
        person.is_operator = operator
        click.echo(f"{person.id} {person.email} {person.name}")


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a single-use sign-in link for somebody."""
    with _work() as work:
        person = accounts.person_by_email(work, email)
        if person is None:
            raise click.ClickException(f"{email} : compte inconnu")
        click.echo(accounts.link_url(work, accounts.make_link(work, person)))


@user.command()
@click.argument("email")
def token(email: str) -> None:
    """Print a new API token for somebody (shown once)."""
    with _work() as work:
        person = accounts.person_by_email(work, email)
        if person is None:
            raise click.ClickException(f"{email} : compte inconnu")
        click.echo(accounts.make_token(work, person, "ligne de commande")[0])


@main.group()
def outbox() -> None:
    """What must leave: mails, renderings, seals."""


@outbox.command()
def failed() -> None:
    """List what was given up (exit 1 when there is any, or when something has been late for 15 minutes)."""
    with _work() as work:
        rows, late = backlog.failed(work), backlog.late(work)
        for row in rows:
            click.echo(f"{row.id} {row.name} {row.recipient or row.subject} {row.created_at:%Y-%m-%dT%H:%MZ} {row.last_error}")
    click.echo(f"{len(rows)} en échec, {late} en retard")
    sys.exit(1 if rows or late else 0)


@outbox.command()
@click.argument("row_ids", type=int, nargs=-1, required=True, metavar="ID…")
def retry(row_ids: tuple[int, ...]) -> None:
    """Send failed mails again, once what stopped them is mended."""
    with _work() as work:
        for row_id in row_ids:
            backlog.send_again(work, row_id)
    click.echo(f"{len(row_ids)} de nouveau en file")


main.add_command(keys)
main.add_command(status)


@main.group()
def journal() -> None:
    """The chained journal."""


@journal.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", default="", help="The hash printed in a sealed document: also sees a truncation.")
def check_journal(file: Path, head: str) -> None:
    """Recheck an exported journal (exit 0 when it holds, 1 when it does not)."""
    report = chain.check(file.read_text(encoding="utf-8").splitlines(), head)
    if report.problem:
        click.echo(say(report.problem), err=True)
        sys.exit(1)
    click.echo(f"{report.lines} lignes, chaîne intacte ; tête {report.head}")


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the files are left.")
def story(out: Path) -> None:
    """Tell the example from proposal to first review, and leave its documents, mails, journal and calendar in a folder."""
    from charter.story import telling

    settings = _settings()
    configure(replace(settings, log_level="WARNING"))
    telling.tell(settings, out, click.echo)
    click.echo(f"\nTout est dans {out}. Pour vérifier : charte verify {out / 'charte.pdf'} {out / 'contrat.pdf'}")


@main.group("example")
def example_group() -> None:
    """The example alliances of a first visit."""


@example_group.command("load")
def load_example() -> None:
    """Tell the example alliances in this installation (once), and print a sign-in link for each of their people."""
    from charter.story import example

    settings = _settings()
    configure(replace(settings, log_level="WARNING"))
    example.load(settings, click.echo)
    click.echo("\nLiens de connexion (chacun ne sert qu’une fois, pendant 24 heures) :")
    for name, role, url in example.links(settings):
        click.echo(f"  {name}, {role}\n    {url}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Root certificate to trust besides ours.")
@click.option("--quick", is_flag=True, help="Skip the analysis of what changed between signatures.")
def verify(files: tuple[Path, ...], trust: Path | None, quick: bool) -> None:
    """Say whether signed PDF files are valid, and why (exit 0 when all are, 1 otherwise)."""
    from charter.signing import verifying

    settings = _settings()
    configure(replace(settings, log_level="ERROR"))
    now = datetime.now(UTC)
    with told():
        trusted = verifying.trusted(settings, now, (trust.read_bytes(),) if trust else ())
    found = verifying.verify_files(files, now, trusted, full=not quick)
    for path, verification in found:
        click.echo(verifying.told(path, verification))
    sys.exit(0 if all(verification.valid for _path, verification in found) else 1)
