"""What follows a fact here: an envelope opened, a seal, the evidence file; and who is written to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from charter.accounts.models import Person
from charter.adapters import outbox
from charter.adapters.outbox import GiveUp, Later, Outbox, job, on_failure
from charter.alliances.announce import follows, recipients
from charter.alliances.models import Alliance
from charter.contracts.models import Contract
from charter.signing import archiving, asking, entitling, handing, mails, sealing, timekeeping
from charter.signing.evidence import jobs
from charter.signing.models import EnvelopeDocument
from charter.signing.provider.choice import chosen
from charter.signing.services import current, open_envelope, the_current, withdraw
from charter.signing.services.ceremony import times
from charter.work import Engine, Work
from workflows.events import AllianceAbandoned, ContractFrozen, Event, SignatureConfirmed

ARCHIVE_AGAIN = timedelta(days=1)


@recipients("signatories")
def signatories(work: Work, alliance: Alliance, event: Event) -> Iterable[Person]:
    """Those who sign in the alliance's newest envelope."""
    envelope = current(work, alliance)
    return [one.person for one in envelope.signatories] if envelope else []


@follows("signing.open_envelope")
def opened(work: Work, alliance: Alliance, event: Event) -> None:
    """The contract is frozen: its envelope is prepared."""
    ref = cast("ContractFrozen", event).contract
    contract = work.session.query(Contract).filter_by(ref=ref, alliance_id=alliance.id).one()
    open_envelope(work, alliance, contract.id)


@follows("signing.seal")
def confirmed(work: Work, alliance: Alliance, event: Event) -> None:
    """Somebody said yes: the seal is due at once."""
    ref = cast("SignatureConfirmed", event).signatory
    signatory = next(one for one in the_current(work, alliance).signatories if one.ref == ref)
    attempt = times(work, signatory, "confirmed")
    subject = f"signatory:{signatory.id}:confirmation:{attempt}"
    outbox.put(work, "signing.seal", subject=subject, payload={"signatory_id": signatory.id}, alliance_id=alliance.id)


@follows("signing.make_evidence")
def completed(work: Work, alliance: Alliance, event: Event) -> None:
    """Everybody signed: the evidence file is due, and the archive's first look."""
    envelope = the_current(work, alliance)
    jobs.ask(work, envelope)
    if chosen(work, envelope) is None:  # what an outside provider signed stays byte for byte as it gave it
        archiving.plan(work, envelope)


@follows("signing.withdraw_envelope")
def withdrawn(work: Work, alliance: Alliance, event: Event) -> None:
    """The alliance was abandoned: nothing more is signed."""
    withdraw(work, alliance, cast("AllianceAbandoned", event).reason)


@job("signing.seal")
class SealJob:
    """Seals outside any transaction of the outbox; safe to run twice (charter.signing.sealing)."""

    def prepare(self, work: Work, row: Outbox) -> int:
        """Whose seal."""
        return int(row.payload["signatory_id"])

    def compute(self, engine: Engine, inputs: int) -> None:
        """Seals and writes. Raises Later while an engine is away, GiveUp when trying again cannot help."""
        try:
            sealing.seal(engine, inputs)
        except sealing.PutOff as error:
            raise Later(str(error), error.at) from error
        except sealing.CannotSeal as error:
            raise GiveUp(str(error)) from error

    def apply(self, work: Work, row: Outbox, outputs: None) -> None:
        """Nothing but the mark."""


@on_failure("signing.seal")
def seal_failed(work: Work, *, error: str, signatory_id: int) -> None:
    """The seal will not be tried again by itself: the signatory is told."""
    sealing.give_up(work, signatory_id)


@job(archiving.RENEW)
class RenewJob:
    """Covers a document's last archive timestamp in time; safe to run twice (charter.signing.archiving)."""

    def prepare(self, work: Work, row: Outbox) -> int:
        """Which document."""
        return int(row.payload["document_id"])

    def compute(self, engine: Engine, inputs: int) -> None:
        """Renews and writes. Raises GiveUp when the stored file does not hold any more."""
        try:
            archiving.renew_now(engine, inputs)
        except archiving.CannotRenew as error:
            raise GiveUp(str(error)) from error

    def apply(self, work: Work, row: Outbox, outputs: None) -> None:
        """Nothing but the mark."""


@on_failure(archiving.RENEW)
def not_renewed(work: Work, *, error: str, document_id: int) -> None:
    """Signatures would end: tried again tomorrow, and the log and `charte status` say so meanwhile."""
    archiving.come_back(work, work.get(EnvelopeDocument, document_id), work.now() + ARCHIVE_AGAIN)


__all__ = ["RenewJob", "SealJob", "asking", "entitling", "handing", "mails", "timekeeping"]
