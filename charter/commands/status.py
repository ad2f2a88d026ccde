"""`charte status`: one screen that says whether the service does its work, and what does not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from charter.adapters import backlog, migrations, queue
from charter.adapters.signer import SignerUnavailable
from charter.adapters.signer.inventory import inventory
from charter.commands.keys import checked_settings, said
from charter.i18n import gettext
from charter.signing.sealer import custody, sealer
from charter.signing.services.delays import delays
from charter.work import Engine

LEAST_ROOM = 0.1
"""Part of the disk of DATA_DIR below which something is wrong."""
WIDTH = 14
_AWAY = (SQLAlchemyError, SignerUnavailable, *queue.Away, ValueError)


@click.command()
def status() -> None:
    """Say on one screen whether the service does its work (exit 1 when something does not)."""
    engine = Engine(checked_settings("CRITICAL"))
    try:
        well = show(list(look(engine)))
    finally:
        engine.close()
    sys.exit(0 if well else 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: what is told of it, and whether it is as it should be."""

    told: str
    well: bool = True


Look = Callable[[Engine], Line]


def look(engine: Engine) -> Iterator[tuple[str, Line]]:
    """Each thing and what was found of it; what cannot even be looked at is wrong. Never raises; makes nothing."""
    for name, one in LOOKS.items():
        try:
            yield name, one(engine)
        except _AWAY as error:
            yield name, Line(_why(error), well=False)


def show(found: Sequence[tuple[str, Line]]) -> bool:
    """Writes them; says whether all is well."""
    for name, line in found:
        click.echo(f"{'✓' if line.well else '✗'} {name:<{WIDTH}}{line.told}")
    return all(line.well for _name, line in found)


def _mode(engine: Engine) -> Line:
    settings = engine.settings
    return Line(f"{'intégré' if settings.embedded else 'complet'}, {settings.public_url}, données dans {settings.data_dir}")


def _database(engine: Engine) -> Line:
    kind, current, latest = engine.database.engine.dialect.name, migrations.current(engine.database), migrations.latest()
    if current == latest:
        return Line(f"{kind}, à jour ({current})")
    return Line(f"{kind}, version {current or 'aucune'} au lieu de {latest} : lancez « charte db upgrade »", well=False)


def _queue(engine: Engine) -> Line:
    queue.ping(queue.make_queue(engine))
    return Line("fichiers de DATA_DIR" if engine.settings.embedded else "Redis répond")


def _outbox(engine: Engine) -> Line:
    with engine.work(write=False) as work:
        waiting, late, failed = backlog.waiting(work), backlog.late(work), backlog.failed_by_name(work)
    told = f"{waiting.count} en attente" + (f", depuis le {_at(waiting.since)} pour le plus ancien" if waiting.since else "")
    told += f", {late} en retard" if late else ""
    given_up = ", ".join(f"{count} × {name}" for name, count in failed.items())
    return Line(f"{told}, {f'en échec : {given_up}' if failed else 'aucun échec'}", well=not (late or failed))


def _keys(engine: Engine) -> Line:
    settings, now = engine.settings, engine.clock.now()
    found = inventory(settings.keys_dir, custody(settings))
    if not found:
        return Line("aucune : elles seront créées au premier démarrage")
    exposed = [one.path for one in found if one.exposed]
    if exposed:
        return Line(f"d’autres comptes lisent {exposed[0]} : chmod 600", well=False)
    sealer(settings, now).check(now)
    soonest = min(found, key=lambda one: one.renewed)
    return Line(f"utilisables, prochain renouvellement à partir du {soonest.renewed:%Y-%m-%d} ({soonest.role})")


def _seals(engine: Engine) -> Line:
    with engine.work(write=False) as work:
        found, now = delays(work), work.now()
    if not found.count or found.since is None:
        return Line("aucune retardée")
    causes = " ".join(gettext(one) for one in found.causes)
    return Line(f"{found.count} en attente depuis le {_at(found.since)}. {causes}", well=now - found.since < backlog.LATE)


def _time(engine: Engine) -> Line:
    settings = engine.settings
    if not settings.tsa_url:
        return Line("autorité locale")
    address = sealer(settings, engine.clock.now()).timestamps.address if settings.keys_dir.exists() else "extérieur"
    return Line(f"{address} (non interrogé)")


def _room(engine: Engine) -> Line:
    usage = shutil.disk_usage(engine.settings.data_dir)
    return Line(
        f"{usage.free / 1e9:.1f} Go libres sur {usage.total / 1e9:.1f} ({usage.free / usage.total:.0%})",
        well=usage.free >= usage.total * LEAST_ROOM,
    )


LOOKS: dict[str, Look] = {
    "mode": _mode,
    "base": _database,
    "file": _queue,
    "à livrer": _outbox,
    "clés": _keys,
    "signatures": _seals,
    "horodatage": _time,
    "place": _room,
}


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def _why(error: Exception) -> str:
    """The operator's mend when there is one; else the kind of error alone: its words may hold an address with its password."""
    if isinstance(error, SignerUnavailable):
        return said(error) or error.message
    return f"hors d’atteinte ({type(error).__name__})"
