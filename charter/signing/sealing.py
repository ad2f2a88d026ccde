"""Putting one person's signature in every document of an envelope, exactly once.

Under the envelope's turn: read what to do, sign in no transaction (it takes a second, more when the timestamping authority is far), then
write all in one transaction, each document only over the very revision that was signed. A crash anywhere leaves either nothing but an
unused file, or the whole; run again, what is written already is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from charter.adapters import mail
from charter.adapters.signer import AlreadySigned, FieldMissing, NotSealable, Sealed, SignerIdentity, SignerUnavailable
from charter.alliances.announce import announce
from charter.i18n import gettext, speaking
from charter.signing.models import Envelope, EnvelopeDocument, SealedRevision, Signatory
from charter.signing.sealer import sealer
from charter.signing.services import delays
from charter.signing.services.ceremony import note, times
from charter.signing.services.envelopes import UNSIGNABLE, departed, facts, held
from charter.signing.turns import turn
from charter.work import Engine, Work
from workflows.base import N_, fire
from workflows.events import EnvelopeCompleted, SignatureSealed
from workflows.signing import EnvelopeChart, EnvelopeStatus, SignatoryChart, SignatoryStatus

FAILED = N_(
    "La signature n’a pas pu être apposée. Rien n’est signé : recommencez, "
    "et prévenez la personne qui administre le service si cela se répète."
)


class Overtaken(Exception):
    """The document moved on while it was being signed: nothing was written, try again."""


class PutOff(Exception):
    """What sealing needs is away: nothing was signed, come back at `at`."""

    def __init__(self, why: str, at: datetime) -> None:
        super().__init__(why)
        self.at = at


class CannotSeal(Exception):
    """Trying again cannot help: these bytes cannot be signed there."""


@dataclass(frozen=True)
class _Page:
    """One document to sign: its row and the bytes' names."""

    id: int
    current_sha256: str
    certified: bool


@dataclass(frozen=True)
class _Order:
    """What one seal is to do. `final`: nobody signs after."""

    envelope_id: int
    signatory_id: int
    field: str
    identity: SignerIdentity
    reason: str
    final: bool
    documents: tuple[_Page, ...]


@dataclass(frozen=True)
class _Made:
    """The signatures made over one document, in order: the platform's certification when it was the first, then the person's."""

    document: _Page
    seals: tuple[tuple[Sealed, int | None], ...]


def seal(engine: Engine, signatory_id: int) -> bool:
    """Seals for one signatory. False when there is nothing (left) to do: sealed already, or the envelope has ended.

    Raises PutOff (an engine or the disk is away), Overtaken (worth trying again), CannotSeal (not worth it).
    """
    with engine.work(write=False) as work:
        envelope_id = work.get(Signatory, signatory_id).envelope_id
    with turn(engine, envelope_id):
        with engine.work(write=False) as work:
            order = _order(work, signatory_id)
        if order is None:
            return False
        try:
            made = tuple(_sign(engine, order, document) for document in order.documents)
        except (SignerUnavailable, OSError) as error:  # OSError: the disk is full or away
            raise PutOff(str(error), _put_off(engine, signatory_id, error)) from error
        except (AlreadySigned, FieldMissing, NotSealable) as error:
            raise CannotSeal(str(error)) from error
        with engine.work() as work:
            return _write(work, order, made)


def give_up(work: Work, signatory_id: int) -> None:
    """The seal failed for good: the person is told and may start again."""
    signatory = work.get(Signatory, signatory_id)
    held(work, signatory.envelope)
    if signatory.status == SignatoryStatus.sealing and signatory.envelope.status == EnvelopeStatus.sent:
        fire(SignatoryChart, signatory, "seal_failed")
        note(work, signatory, "seal_failed")
        delays.ended(signatory)
        if departed(signatory.envelope):
            signatory.trouble = UNSIGNABLE  # there is nothing to start again
            return
        signatory.trouble = FAILED
        subject = f"signatory:{signatory.id}:failure:{times(work, signatory, 'seal_failed')}"
        mail.post(
            work,
            "signing.seal_failed",
            to=signatory.email,
            subject=subject,
            alliance_id=signatory.envelope.alliance_id,
            signatory_id=signatory.id,
        )


def _order(work: Work, signatory_id: int) -> _Order | None:
    signatory = work.get(Signatory, signatory_id)
    whole = selectinload(Envelope.signatories).joinedload(Signatory.party), selectinload(Envelope.documents)
    envelope = work.session.scalars(select(Envelope).filter_by(id=signatory.envelope_id).options(*whole)).one()
    if signatory.status != SignatoryStatus.sealing or envelope.status != EnvelopeStatus.sent:
        return None
    if departed(envelope):
        raise CannotSeal("a party named in the documents has left the alliance")
    certified = set(
        work.session.scalars(
            select(SealedRevision.document_id).where(SealedRevision.document_id.in_([one.id for one in envelope.documents]))
        )
    )
    identity, reason = _signer(signatory)
    return _Order(
        envelope_id=envelope.id,
        signatory_id=signatory.id,
        field=signatory.field,
        identity=identity,
        reason=reason,
        final=all(one.status == SignatoryStatus.signed for one in envelope.signatories if one is not signatory),
        documents=tuple(_Page(one.id, one.current_sha256, one.id in certified) for one in envelope.documents),
    )


def _signer(signatory: Signatory) -> tuple[SignerIdentity, str]:
    """Whose name the signature bears, and the reason it gives; in French, as the documents are."""
    with speaking("fr"):
        reason, capacity = _said(signatory)
    return SignerIdentity(signatory.name, signatory.email, signatory.organisation, capacity), reason


def _said(signatory: Signatory) -> tuple[str, str]:
    """The reason and the capacity the signature bears, both telling the delegation if there is one."""
    if not signatory.delegate_of:
        return gettext(N_("Lu et approuvé pour %(party)s"), party=signatory.organisation), signatory.title
    names = {"title": signatory.title, "holder": signatory.delegate_of, "party": signatory.organisation}
    reason = gettext(N_("Lu et approuvé pour %(party)s, par délégation de %(holder)s"), **names)
    return reason, gettext(N_("%(title)s, par délégation de %(holder)s"), **names)


def _sign(engine: Engine, order: _Order, document: _Page) -> _Made:
    when = engine.clock.now()
    service = sealer(engine.settings, when).service
    pdf, seals = engine.storage.get(document.current_sha256), []
    if not document.certified:
        with speaking("fr"):
            reason = gettext(N_("Certifié par la plateforme : seules les signatures attendues peuvent y être ajoutées"))
        certification = service.certify(pdf, when=when, reason=reason)
        engine.storage.put(certification.pdf)
        pdf = certification.pdf
        seals.append((certification, None))
    signed = service.sign(pdf, field=order.field, identity=order.identity, when=when, reason=order.reason, final=order.final)
    engine.storage.put(signed.pdf)
    return _Made(document, (*seals, (signed, order.signatory_id)))


def _write(work: Work, order: _Order, made: tuple[_Made, ...]) -> bool:
    signatory = work.get(Signatory, order.signatory_id)
    envelope = signatory.envelope
    alliance = held(work, envelope)
    if signatory.status != SignatoryStatus.sealing or envelope.status != EnvelopeStatus.sent:
        return False  # sealed by another run, or refused or voided while this one was signing
    if departed(envelope):
        raise Overtaken("a party left the alliance while its documents were being signed")
    if _signer(signatory) != (order.identity, order.reason):  # given up, delegated and confirmed anew meanwhile
        raise Overtaken("somebody else signs for this party now")
    for one in made:
        _advance(work, one)
    fire(SignatoryChart, signatory, "seal")
    mine = [(one.seals[-1][0]) for one in made]
    signatory.signed_at = max(one.timestamp for one in mine)
    delays.ended(signatory)
    note(work, signatory, "sealed")
    hashes, serials = tuple(one.sha256 for one in mine), tuple(one.serial for one in mine)
    told = SignatureSealed(envelope=envelope.ref, signatory=signatory.ref, party=signatory.party.ref, documents=hashes, serials=serials)
    announce(work, alliance, told)
    if envelope.all_signed:
        fire(EnvelopeChart, envelope, "complete", facts(envelope))
        envelope.completed_at = work.now()
        announce(work, alliance, EnvelopeCompleted(envelope=envelope.ref, documents=hashes))
    return True


def _advance(work: Work, made: _Made) -> None:
    """Writes the revisions, provided the document is still the one that was signed."""
    last = made.seals[-1][0].sha256
    statement = update(EnvelopeDocument).where(
        EnvelopeDocument.id == made.document.id, EnvelopeDocument.current_sha256 == made.document.current_sha256
    )
    moved = work.session.execute(statement.values(current_sha256=last).returning(EnvelopeDocument.id)).scalar_one_or_none()
    if moved is None:
        raise Overtaken(f"document {made.document.id} is no longer {made.document.current_sha256[:12]}")
    document = work.get(EnvelopeDocument, made.document.id)
    last_number = select(func.max(SealedRevision.number)).where(SealedRevision.document_id == document.id)
    number, previous = work.session.scalar(last_number) or 0, made.document.current_sha256
    for sealed, signatory_id in made.seals:
        number += 1
        work.session.add(
            SealedRevision(
                document_id=document.id,
                signatory_id=signatory_id,
                number=number,
                previous_sha256=previous,
                sha256=sealed.sha256,
                certificate_pem=sealed.certificate_pem,
                serial=sealed.serial,
                timestamp=sealed.timestamp,
                level=sealed.level,
            )
        )
        previous = sealed.sha256
    work.session.flush()


def _put_off(engine: Engine, signatory_id: int, error: Exception) -> datetime:
    with engine.work() as work:
        signatory = work.get(Signatory, signatory_id)
        held(work, signatory.envelope)
        if signatory.status == SignatoryStatus.sealing:
            return delays.put_off(work, signatory, error)
        return work.now()
