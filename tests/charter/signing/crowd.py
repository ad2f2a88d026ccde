"""Envelopes of many parties over documents really laid out: what tests and benches of many signatures at once stand on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select

from charter.accounts.services import open_session
from charter.adapters import outbox
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.alliances.models import Alliance, OrganisationKind
from charter.contracts import services as contracts
from charter.contracts.models import Contract
from charter.drafting import services as drafting
from charter.signing import services
from charter.signing.models import Envelope
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.contracts import factories as contracting
from tests.charter.drafting import factories as writing
from tests.charter.signing import factories as make
from tests.processes import wait_until
from workflows.lifecycle import AllianceStatus
from workflows.signing import SignatoryStatus

KINDS = (OrganisationKind.association, OrganisationKind.company, OrganisationKind.local_authority, OrganisationKind.foundation)
SURNAMES = ("Benali", "Étienne", "Nguyễn", "Łoś", "Œuvrard", "N’Diaye", "García-Núñez", "Le Guénédal", "Kowalczyk", "Þórsdóttir")
PLACES = ("Val", "Marais", "Sillon", "Plateau", "Rivage", "Coteau", "Bocage", "Delta", "Causse", "Estran")


def envelope(engine: Engine, size: int, *, articles: int | None = 2) -> int:
    """An envelope out to be signed by `size` parties: charter (its first `articles` articles; None: all) and contract through the
    real services and layout, mails dropped. Returns its id, everything committed."""
    with engine.work() as work:
        contract_id = _contract(work, size, articles).id
    _deliver_renderings(engine)
    with engine.work() as work:
        contract = work.get(Contract, contract_id)
        contracts.freeze(contracting.as_speaker(work, contract), contract)
        made = services.the_current(work, contract.alliance)
        services.send(work.by(make.leader(made)), made)
        drop_mails(work)
        return made.id


def identified(engine: Engine, envelope_id: int) -> list[tuple[str, str]]:
    """Everybody has read and typed the right code. Returns, for each, the signatory's reference and a session token."""
    found = []
    with engine.work() as work:
        for signatory in work.get(Envelope, envelope_id).signatories:
            make.identify(work, signatory)
            found.append((signatory.ref, open_session(work, signatory.person)[0]))
        drop_mails(work)
    return found


def confirmed(engine: Engine, envelope_id: int, *, delivered: bool = True) -> list[int]:
    """Everybody has said yes; the ids of the signatories. `delivered` False takes the seals out of the outbox: the caller seals."""
    with engine.work() as work:
        signatories = work.get(Envelope, envelope_id).signatories
        for signatory in signatories:
            make.sign(work, signatory)
        drop_mails(work)
        if not delivered:
            _drop(work, "signing.seal")
        return [one.id for one in signatories]


def drop_mails(work: Work) -> None:
    """Mails nobody reads here do not leave."""
    _drop(work, "mail.")


def wait_for(engine: Engine, envelope_id: int, status: str, seconds: float = 120.0) -> Envelope:
    """The envelope once it has that status, with what it holds read. Raises TimeoutError telling who has not signed."""
    left: list[tuple[str, str, str]] = []

    def reached() -> bool:
        with engine.work(write=False) as work:
            found = work.get(Envelope, envelope_id)
            left[:] = [(one.name, one.status.value, one.trouble) for one in found.signatories if one.status != SignatoryStatus.signed]
            return found.status == status

    try:
        wait_until(reached, f"envelope {status}", seconds)
    except TimeoutError as error:
        raise TimeoutError(f"{error}: {left}") from None
    with engine.work(write=False) as work:
        found = work.get(Envelope, envelope_id)
        _ = [one.revisions for one in found.documents], found.alliance.parties
        return found


def _contract(work: Work, size: int, articles: int | None) -> Contract:
    alliance = _alliance(work, size)
    text = drafting.open_charter(work, alliance)
    for article in text.present_articles[articles:] if articles is not None else ():
        article.removed_at = work.now()
    work.session.flush()
    work.session.refresh(text)
    writing.consents(work, text)
    drafting.adopt(work, text)
    contract = contracts.contract_of(work, alliance)
    contracting.answer_all(work, contract)
    contracts.request_render(contracting.as_speaker(work, contract), contract)
    drop_mails(work)
    return contract


def _alliance(work: Work, size: int) -> Alliance:
    alliance = kernel.alliance(work, KINDS[:1], title=f"Une alliance à {size} parties")
    for number in range(1, size):
        kind = KINDS[number % len(KINDS)]
        name = f"{kernel.NAMES[kind]} du {PLACES[number % len(PLACES)]} n° {number + 1}"
        kernel.party(work, alliance, kind, name=name)
    work.session.refresh(alliance)
    for number, party in enumerate(alliance.parties):
        party.color = number % 8
        party.members[0].person.name = f"Camille {SURNAMES[number % len(SURNAMES)]} {number + 1}"
        party.members[0].title = "directrice générale" if number % 2 else "président"
        if party.organisation.kind is OrganisationKind.local_authority:
            party.deliberation_number, party.deliberation_date = f"2026-{number:03d}", date(2026, 2, 12)
    alliance.status = AllianceStatus.drafting
    work.session.flush()
    return alliance


def _deliver_renderings(engine: Engine) -> None:
    with engine.work(write=False) as work:
        ids = list(work.session.scalars(select(Outbox.id).where(Outbox.name == "contracts.render", Outbox.status == OutboxStatus.PENDING)))
    for row in ids:
        assert outbox.deliver(engine, row), "the documents could not be laid out"
    with engine.work() as work:
        drop_mails(work)


def _drop(work: Work, prefix: str) -> None:
    work.session.execute(delete(Outbox).where(Outbox.name.startswith(prefix), Outbox.status == OutboxStatus.PENDING))
