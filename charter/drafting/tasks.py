"""What co-drafting does when something happened: texts that open, mails that tell it."""

from __future__ import annotations

from typing import Any

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.adapters.outbox import task
from charter.alliances.announce import follows
from charter.alliances.models import Alliance
from charter.drafting import amending, deciding, filing, notifying, services
from charter.drafting.models import Text
from charter.i18n import gettext, speaking
from charter.work import Work
from workflows.base import N_
from workflows.events import Event

__all__ = ["TICKS", "amending", "deciding", "notifying"]


@follows("drafting.open_charter")
def open_charter(work: Work, alliance: Alliance, event: Event) -> None:
    """Drafting begins: the charter starts from the template."""
    services.keep_version(work, services.open_charter(work, alliance), "begun")


@follows("drafting.open_amendment")
def open_amendment(work: Work, alliance: Alliance, event: Event) -> None:
    """Drafting is reopened: a new version starts from the adopted one."""
    services.keep_version(work, services.open_amendment(work, alliance), "begun")


@follows("drafting.stop_writing")
def stop_writing(work: Work, alliance: Alliance, event: Event) -> None:
    """The alliance ended before adopting: the words stay as they are, whoever is writing is told, a round ends."""
    services.stop_writing(work, alliance)
    text = services.find_charter(work, alliance)
    if text is not None and not text.frozen:
        services.end_round(work, alliance, text, "close")


@builder("drafting.begun")
def begun(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail:
    """The charter can be written."""
    return _mail(work, person_id, alliance_id, "drafting/begun", N_("La charte « %(title)s » s’écrit maintenant"), "charte/texte")


@builder("drafting.adopted")
def adopted(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail:
    """The charter is adopted."""
    return _mail(work, person_id, alliance_id, "drafting/adopted", N_("La charte « %(title)s » est adoptée"), "charte/adoptee")


@builder("drafting.reopened")
def reopened(work: Work, person_id: int, alliance_id: int, event: dict[str, Any]) -> Mail:
    """An amendment is being written."""
    return _mail(work, person_id, alliance_id, "drafting/reopened", N_("La charte « %(title)s » est rouverte"), "charte")


def _mail(work: Work, person_id: int, alliance_id: int, template: str, subject: str, path: str) -> Mail:
    person, alliance = work.get(Person, person_id), work.get(Alliance, alliance_id)
    text = services.find_charter(work, alliance)
    values = {
        "title": alliance.title,
        "url": f"{work.settings.public_url}/alliances/{alliance.ref}/{path}",
        "parties": [party.name for party in alliance.accepted_parties],
        "articles": [{"number": number, "title": one.title} for number, one in enumerate(text.present_articles if text else (), start=1)],
        "version": text.version if text else 1,
    }
    with speaking(person.language):
        said = gettext(subject, title=alliance.title)
    return Mail(to=person.email, subject=said, template=template, values=values, to_name=person.display_name, language=person.language)


def note_changes(work: Work) -> None:
    """Each minute: the texts somebody wrote in are marked."""
    services.note_changes(work)


def keep_versions(work: Work) -> None:
    """Each minute: the texts that fell quiet go to the outbox."""
    services.queue_versions(work)


@task("drafting.keep_version")
def keep_version(work: Work, text_id: int) -> None:
    """One text is kept as it stands."""
    services.keep_due_version(work, text_id)


@task("drafting.remember_authors")
def remember_authors(work: Work, text_id: int) -> None:
    """Who wrote what in one text is kept."""
    services.remember_authors(work, work.get(Text, text_id))


TICKS = (note_changes, keep_versions, filing.forget_files)
