"""The signature's mails. None of their links signs anything: each opens a page where the person must be signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.accounts.models import Person
from charter.adapters.mail import Attachment, Mail, builder
from charter.alliances.models import Alliance
from charter.errors import NotFound
from charter.i18n import format_datetime, gettext, speaking
from charter.signing.models import Code, Envelope, Signatory
from charter.signing.services import digits
from charter.signing.services.codes import CODE_LIFE
from charter.signing.services.documents import describe
from charter.signing.services.envelopes import AWAITED, departed
from charter.work import Work
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

Told = Mapping[str, Any]
MOST_BYTES = 8 * 1024 * 1024
"""Signed files heavier than this together are not attached: many mail servers refuse them."""


@builder("signing.invitation")
def invitation(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """The documents await your signature; nothing once signed, or once the envelope is over."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    own = next((one for one in envelope.signatories if one.person_id == person.id), None)
    if own is None or not _awaited(own):
        return None
    return _to_sign(work, own, "invitation", N_("À signer : %(title)s"))


@builder("signing.reminder")
def reminder(work: Work, signatory_id: int, alliance_id: int) -> Mail | None:
    """The same, again."""
    own = work.get(Signatory, signatory_id)
    return _to_sign(work, own, "reminder", N_("Rappel : votre signature est attendue, %(title)s")) if _awaited(own) else None


@builder("signing.code")
def code(work: Work, code_id: int, alliance_id: int) -> Mail | None:
    """The code, in the body only; nothing once it is worth nothing."""
    found = work.get(Code, code_id)
    if found.spent_at or found.proved_at or found.expires_at <= work.now():
        return None
    own, said = found.signatory, digits(work, found)
    values = {
        "code": f"{said[:3]} {said[3:]}",
        "minutes": int(CODE_LIFE.total_seconds() // 60),
        "until": found.expires_at,
        "party": own.organisation,
        "documents": [one.title for one in own.envelope.documents],
    }
    return _mail(work, own.person, work.get(Alliance, alliance_id), "code", N_("Votre code pour signer"), values, to=own.email)


@builder("signing.seal_failed")
def seal_failed(work: Work, signatory_id: int, alliance_id: int) -> Mail | None:
    """The signature could not be put in the documents: start again."""
    own = work.get(Signatory, signatory_id)
    if own.status != SignatoryStatus.opened or own.envelope.status != EnvelopeStatus.sent:
        return None
    values = {"url": _url(work, own.envelope.alliance, "/signature/ceremonie"), "party": own.organisation}
    return _mail(
        work, own.person, own.envelope.alliance, "seal_failed", N_("Votre signature est à refaire : %(title)s"), values, to=own.email
    )


@builder("signing.declined")
def declined(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Somebody refused to sign, and why."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    own = next(one for one in _told(work, alliance, event).signatories if one.ref == event["signatory"])
    values = {"url": _url(work, alliance), "signer": own.name, "party": own.organisation, "reason_given": event["reason"]}
    return _mail(work, person, alliance, "declined", N_("%(party)s n’a pas signé : %(title)s"), values)


@builder("signing.voided")
def voided(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """The envelope was taken back: nothing to sign; nothing to say when it had never been sent."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    if envelope.sent_at is None:
        return None
    values = {"url": _url(work, alliance), "reason_given": event["reason"], "gone": departed(envelope)}
    return _mail(work, person, alliance, "voided", N_("Signature annulée : %(title)s"), values)


@builder("signing.completed")
def completed(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Everybody signed: one's own copy of each document (code civil, article 1375), and where the evidence file is."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    files = [(describe(one).name, work.storage.get(one.current_sha256)) for one in envelope.documents]
    light = sum(len(data) for _, data in files) <= MOST_BYTES
    values = {
        "url": _url(work, alliance, "/signature"),
        "rows": _signed(envelope, person.language),
        "attached": light,
    }
    attachments = tuple(Attachment(name, "application/pdf", data) for name, data in files) if light else ()
    return _mail(work, person, alliance, "completed", N_("Signé par tous : %(title)s"), values, attachments=attachments)


def _to_sign(work: Work, own: Signatory, name: str, subject: str) -> Mail:
    envelope = own.envelope
    values = {
        "url": _url(work, envelope.alliance, "/signature/ceremonie"),
        "party": own.organisation,
        "title_of": own.title,
        "documents": [one.title for one in envelope.documents],
        "deadline": envelope.deadline,
        "others": [one.name for one in envelope.signatories if one is not own],
        "email": own.email,
    }
    return _mail(work, own.person, envelope.alliance, name, subject, values, to=own.email)


def _signed(envelope: Envelope, language: str) -> list[tuple[str, str]]:
    with speaking(language):
        return [(one.organisation, f"{one.name}, {format_datetime(one.signed_at)}") for one in envelope.signatories if one.signed_at]


def _awaited(own: Signatory) -> bool:
    return own.envelope.status == EnvelopeStatus.sent and own.status in AWAITED and not departed(own.envelope)


def _told(work: Work, alliance: Alliance, event: Told) -> Envelope:
    """The envelope the event tells of, which may no longer be the newest."""
    found = work.session.query(Envelope).filter_by(ref=event["envelope"], alliance_id=alliance.id).one_or_none()
    if found is None:
        raise NotFound
    return found


def _url(work: Work, alliance: Alliance, path: str = "") -> str:
    return f"{work.settings.public_url}/alliances/{alliance.ref}{path}"


def _mail(
    work: Work,
    person: Person,
    alliance: Alliance,
    name: str,
    subject: str,
    values: Mapping[str, Any],
    *,
    to: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Mail:
    with speaking(person.language):
        said = gettext(subject, title=alliance.title, **{key: value for key, value in values.items() if isinstance(value, str)})
        reason = gettext(N_("Vous recevez ce message parce que vous prenez part à l’alliance « %(title)s »."), title=alliance.title)
    return Mail(
        to=to or person.email,
        to_name=person.name,
        subject=said,
        template=f"signing/{name}",
        values={"alliance": alliance.title, "name": person.name, "reason": reason, **values},
        language=person.language,
        attachments=attachments,
    )
