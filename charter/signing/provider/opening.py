"""Handing an envelope over: the request, its documents, its signers, then their invitation.

Every id the provider gives is committed before the next step, and before a step is taken again what is there already is looked for: killed
anywhere and run again, each thing is there once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath

import structlog

from charter.adapters.pdf.spots import spots
from charter.adapters.signer.provider import QUALIFIED, DocumentState, RequestOrder, SignatureProvider, SignerOrder, SignerState, Spot
from charter.alliances.announce import announce
from charter.i18n import LOCALES
from charter.signing.models import Envelope, Signatory
from charter.signing.provider.models import ProviderDocument, ProviderRequest, ProviderSigner
from charter.signing.provider.services import phone_of, signer_of
from charter.signing.services.documents import describe
from charter.signing.services.envelopes import held, today
from charter.work import Engine, Work
from workflows.events import EnvelopeHandedOver
from workflows.signing import EnvelopeStatus

log = structlog.get_logger()


class Ended(Exception):
    """The envelope was taken back while it was being handed over: nothing more is sent."""


@dataclass(frozen=True)
class _File:
    document_id: int
    name: str
    sha256: str
    remote_id: str


@dataclass(frozen=True)
class _Person:
    signatory_id: int
    name: str
    email: str
    language: str
    field: str
    phone: str
    remote_id: str


@dataclass(frozen=True)
class _Order:
    """What is to be handed over, and what was already (`remote_id` not empty)."""

    request_id: str
    request: RequestOrder
    level: str
    back: str
    files: tuple[_File, ...]
    people: tuple[_Person, ...]


def hand_over(engine: Engine, row_id: int, provider: SignatureProvider) -> None:
    """Hands the envelope over, from wherever that stopped. Raises ProviderAway, ProviderRefused, Ended, OSError (storage)."""
    with engine.work(write=False) as work:
        order = _order(work, work.get(ProviderRequest, row_id))
    request_id = order.request_id or _open(engine, row_id, provider, order)
    remote = _documents(engine, row_id, provider, order, request_id)
    _signers(engine, row_id, provider, order, request_id, remote)
    if provider.state(request_id).status == "draft":
        provider.activate(request_id)
    with engine.work() as work:
        _activated(work, work.get(ProviderRequest, row_id))


def _order(work: Work, row: ProviderRequest) -> _Order:
    envelope = row.envelope
    _still_out(envelope)
    remote = {one.document_id: one.remote_id for one in row.documents}
    people = sorted(envelope.signatories, key=lambda one: (one.rank, one.position))
    ordered = row.level == QUALIFIED or len({one.rank for one in people}) > 1
    return _Order(
        request_id=row.request_id,
        request=RequestOrder(envelope.alliance.title, envelope.ref, ordered, envelope.alliance.zone, _expires(work, envelope)),
        level=row.level,
        back=f"{work.settings.public_url}/alliances/{envelope.alliance.ref}/signature",
        files=tuple(_File(one.id, describe(one).name, one.original_sha256, remote.get(one.id, "")) for one in envelope.documents),
        people=tuple(_person(row, one) for one in people),
    )


def _person(row: ProviderRequest, signatory: Signatory) -> _Person:
    own, language = signer_of(row, signatory), signatory.person.language
    return _Person(
        signatory_id=signatory.id,
        name=signatory.name,
        email=signatory.email,
        language=language if language in LOCALES else "fr",
        field=signatory.field,
        phone=phone_of(row, signatory),
        remote_id=own.remote_id if own else "",
    )


def _expires(work: Work, envelope: Envelope) -> date | None:
    """The envelope's deadline; tomorrow when that day is over already."""
    return max(envelope.deadline, today(work, envelope.alliance) + timedelta(days=1)) if envelope.deadline else None


def _open(engine: Engine, row_id: int, provider: SignatureProvider, order: _Order) -> str:
    found = provider.find(order.request.external_id) or provider.open(order.request)

    def write(work: Work, row: ProviderRequest) -> None:
        row.request_id, row.status, row.expires = found.id, found.status, order.request.expires

    _write(engine, row_id, write)
    return found.id


def _documents(engine: Engine, row_id: int, provider: SignatureProvider, order: _Order, request_id: str) -> dict[str, str]:
    """SHA-256 of each document to its id there."""
    remote = {one.sha256: one.remote_id for one in order.files if one.remote_id}
    lacking = [one for one in order.files if not one.remote_id]
    there = provider.documents(request_id) if lacking else ()
    for file in lacking:
        state = _same_name(there, file.name) or provider.upload(request_id, file.name, engine.storage.get(file.sha256))
        if state.sha256 and state.sha256 != file.sha256:  # what comes back signed is compared with ours whatever this says
            log.warning("provider_document_differs", row=row_id, name=file.name, ours=file.sha256, theirs=state.sha256)
        _write(engine, row_id, _document_writer(file, state))
        remote[file.sha256] = state.id
    return remote


def _document_writer(file: _File, state: DocumentState) -> Callable[[Work, ProviderRequest], None]:
    def write(work: Work, row: ProviderRequest) -> None:
        work.add(ProviderDocument(request=row, document_id=file.document_id, remote_id=state.id, sent_sha256=file.sha256))

    return write


def _same_name(there: tuple[DocumentState, ...], name: str) -> DocumentState | None:
    return next((one for one in there if PurePath(one.name).name == name), None)


def _signers(engine: Engine, row_id: int, provider: SignatureProvider, order: _Order, request_id: str, remote: dict[str, str]) -> None:
    """In their order: the provider asks ordered signers in the order they were added."""
    lacking = [one for one in order.people if not one.remote_id]
    if not lacking:
        return
    known = {one.remote_id for one in order.people}
    free = [one for one in provider.signers(request_id) if one.id not in known]
    places = {id_there: spots(engine.storage.get(sha256)) for sha256, id_there in remote.items()}
    for person in lacking:
        state = next((one for one in free if one.email == person.email.lower()), None)
        if state is None:
            at = tuple((id_there, Spot(*found[person.field])) for id_there, found in places.items())
            state = provider.add_signer(request_id, _signer(order, person, at))
        else:
            free.remove(state)
        _write(engine, row_id, _signer_writer(person, state))


def _signer(order: _Order, person: _Person, at: tuple[tuple[str, Spot], ...]) -> SignerOrder:
    first, _, last = person.name.strip().partition(" ")
    return SignerOrder(first, last.strip() or first, person.email, person.phone, person.language, order.level, at, order.back)


def _signer_writer(person: _Person, state: SignerState) -> Callable[[Work, ProviderRequest], None]:
    def write(work: Work, row: ProviderRequest) -> None:
        own = next((one for one in row.signers if one.signatory_id == person.signatory_id), None)
        if own is None:
            own = work.add(ProviderSigner(request=row, signatory_id=person.signatory_id))
        own.remote_id, own.status = state.id, state.status

    return write


def _activated(work: Work, row: ProviderRequest) -> None:
    alliance = held(work, row.envelope)
    work.session.refresh(row)
    if row.activated_at is None:
        row.activated_at, row.status, row.trouble, row.detail = work.now(), "ongoing", "", ""
        sent = tuple(one.sent_sha256 for one in row.documents)
        told = EnvelopeHandedOver(envelope=row.envelope.ref, provider=row.provider, request=row.request_id, documents=sent)
        announce(work, alliance, told)


def _write(engine: Engine, row_id: int, write: Callable[[Work, ProviderRequest], None]) -> None:
    """One step, committed. Raises Ended when the envelope is no longer out: the id is kept all the same, so that it can be cancelled."""
    with engine.work() as work:
        row = work.get(ProviderRequest, row_id)
        write(work, row)
        work.session.flush()
        out = row.envelope.status == EnvelopeStatus.sent
    if not out:
        raise Ended


def _still_out(envelope: Envelope) -> None:
    if envelope.status != EnvelopeStatus.sent:
        raise Ended
