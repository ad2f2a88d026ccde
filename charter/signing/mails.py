"""The signature's mails. None of their links signs anything: each opens a page where the person must be signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.alliances.models import Alliance
from charter.i18n import format_datetime, format_day, gettext, speaking
from charter.signing.letters import ceremony_url, signed_files, until
from charter.signing.letters import envelope_told as _told
from charter.signing.letters import letter as _mail
from charter.signing.letters import page_url as _url
from charter.signing.models import Code, CopyRecipient, Envelope, Signatory
from charter.signing.services import copy_token, digits, overdue
from charter.signing.services.codes import CODE_LIFE
from charter.signing.services.copies import LINK_LIFE
from charter.signing.services.deadlines import extension
from charter.signing.services.envelopes import AWAITED, departed
from charter.signing.services.inviting import last_change
from charter.signing.services.turns import turn_of
from charter.work import Work
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

Told = Mapping[str, Any]


@builder("signing.invitation")
def invitation(
    work: Work, alliance_id: int, signatory_id: int = 0, since: int = 0, person_id: int = 0, event: Told | None = None
) -> Mail | None:
    """The documents await your signature; nothing once signed, once somebody else is to sign, before one's turn, once the envelope is over.

    `since`: the step by which the person invited took the signature over, 0 for the first. `person_id` and `event`, instead of both, are
    what rows written before there were turns carry.
    """
    if event is not None:
        envelope = _told(work, work.get(Alliance, alliance_id), event)
        found = next((one for one in envelope.signatories if one.person_id == person_id), None)
    else:
        found = work.get(Signatory, signatory_id)
    if found is None or not _awaited(found) or turn_of(found.envelope, found) or last_change(work, found) != since:
        return None
    return _to_sign(work, found, "invitation", N_("À signer : %(title)s"))


@builder("signing.reminder")
def reminder(work: Work, signatory_id: int, alliance_id: int) -> Mail | None:
    """The same, again."""
    own = work.get(Signatory, signatory_id)
    return (
        _to_sign(work, own, "reminder", N_("Rappel : votre signature est attendue, %(title)s"))
        if _awaited(own) and not turn_of(own.envelope, own)
        else None
    )


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
    values = {"url": ceremony_url(work, own), "party": own.organisation}
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


@builder("signing.extended")
def extended(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """The deadline was moved: until when, and until when it was; nothing to somebody who signed meanwhile, or once it moved again."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    own = next((one for one in envelope.signatories if one.person_id == person.id), None)
    if own is None or not _awaited(own) or envelope.deadline is None or envelope.deadline.isoformat() != event["after"]:
        return None
    with speaking(person.language):
        day = format_day(envelope.deadline)
    values = {"day": day, "before": date.fromisoformat(event["before"]) if event["before"] else None}
    return _to_sign(work, own, "extended", N_("Vous avez jusqu’au %(day)s pour signer : %(title)s"), values)


@builder("signing.overdue")
def passed(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """To those who lead: the deadline is over, who is awaited, and the two ways out."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    if not overdue(work, envelope) or departed(envelope):
        return None
    first, last = extension(work, alliance, envelope)
    values = {
        "url": _url(work, alliance, "/signature/prolongation" if first <= last else "/signature"),
        "void_url": _url(work, alliance, "/signature/annulation"),
        "day": date.fromisoformat(event["day"]),
        "awaited": [(one.organisation, one.name) for one in envelope.signatories if one.status in AWAITED],
        "last": last if first <= last else None,
    }
    return _mail(work, person, alliance, "overdue", N_("Échéance des signatures dépassée : %(title)s"), values)


@builder("signing.completed")
def completed(work: Work, person_id: int, event: Told, alliance_id: int) -> Mail | None:
    """Everybody signed: one's own copy of each document (code civil, article 1375), and where the evidence file will be."""
    alliance, person = work.get(Alliance, alliance_id), work.get(Person, person_id)
    envelope = _told(work, alliance, event)
    files = signed_files(work, envelope)
    values = {
        "url": _url(work, alliance, "/signature"),
        "verify_url": f"{work.settings.public_url}/verifier",
        "rows": _signed(envelope, person.language),
        "attached": bool(files),
    }
    return _mail(work, person, alliance, "completed", N_("Signé par tous : %(title)s"), values, attachments=files)


@builder("signing.copy")
def copy(work: Work, copy_id: int, alliance_id: int) -> Mail | None:
    """The signed documents, to somebody a party wants to have them: who asked for it, and how to check them without an account."""
    found = work.session.get(CopyRecipient, copy_id)
    if found is None:
        return None
    alliance, envelope = work.get(Alliance, alliance_id), found.envelope
    files = signed_files(work, envelope)
    with speaking("fr"):  # the documents are in French (ADR 6), and nothing is known of the reader's language
        subject = gettext(N_("Copie pour vous, signée par tous : %(title)s"), title=alliance.title)
        text = N_("Vous recevez ce message, et aucun autre, parce que %(asker)s (%(party)s) a indiqué votre adresse pour cette copie.")
        reason = gettext(text, asker=found.asker.display_name, party=found.party.name)
    values = {
        "alliance": alliance.title,
        "name": found.name,
        "reason": reason,
        "asker": found.asker.display_name,
        "asker_email": found.asker.email,
        "party": found.party.name,
        "rows": _signed(envelope, "fr"),
        "attached": bool(files),
        "url": f"{work.settings.public_url}/copie/{copy_token(work, found)}",
        "days": LINK_LIFE.days,
        "verify_url": f"{work.settings.public_url}/verifier",
    }
    return Mail(to=found.email, to_name=found.name, subject=subject, template="signing/copy", values=values, attachments=files)


def _to_sign(work: Work, own: Signatory, name: str, subject: str, more: Mapping[str, Any] | None = None) -> Mail:
    envelope = own.envelope
    values = {
        "url": ceremony_url(work, own),
        "party": own.organisation,
        "title_of": own.title,
        "delegate_of": own.delegate_of,
        "documents": [one.title for one in envelope.documents],
        "deadline": until(envelope, own.person.language),
        "others": [one.name for one in envelope.signatories if one is not own],
        "email": own.email,
        **(more or {}),
    }
    return _mail(work, own.person, envelope.alliance, name, subject, values, to=own.email)


def _signed(envelope: Envelope, language: str) -> list[tuple[str, str]]:
    with speaking(language):
        return [(one.organisation, f"{one.name}, {format_datetime(one.signed_at)}") for one in envelope.signatories if one.signed_at]


def _awaited(own: Signatory) -> bool:
    return own.envelope.status == EnvelopeStatus.sent and own.status in AWAITED and not departed(own.envelope)
