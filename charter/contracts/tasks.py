"""What the contract's stage does when something happened: versions that open, documents laid out, mails that tell it."""

from __future__ import annotations

from charter.alliances.announce import follows
from charter.alliances.models import Alliance
from charter.contracts import services
from charter.work import Work
from workflows.events import CharterAdopted, Event


@follows("contracts.open_contract")
def open_contract(work: Work, alliance: Alliance, event: Event) -> None:
    """The charter is adopted: the contract that goes with it opens."""
    if isinstance(event, CharterAdopted):
        services.open_contract(work, alliance, event.text)


@follows("contracts.open_new_version")
def open_new_version(work: Work, alliance: Alliance, event: Event) -> None:
    """The documents will not be signed: a new version is prepared."""
    services.open_new_version(work, alliance)


@follows("contracts.render")
def render(work: Work, alliance: Alliance, event: Event) -> None:
    """The documents are to be laid out."""
    services.rendering_requested(work, services.contract_of(work, alliance))
