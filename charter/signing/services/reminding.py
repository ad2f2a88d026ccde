"""Those whose signature, or the visa it waits for, is awaited are reminded by hand or at the chosen moments; once a day at most."""

from __future__ import annotations

from datetime import time, timedelta

from charter.adapters import mail
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import Refused, TooMany
from charter.signing.models import Approver, Envelope, Signatory, SigningStep
from charter.signing.services.envelopes import AWAITED, held, signable
from charter.signing.services.turns import turn_of, visa_awaited
from charter.work import Work
from workflows.base import N_
from workflows.events import ReminderSent
from workflows.signing import EnvelopeStatus

REMINDED, RECALLED = "reminded", "recalled"
"""Kinds of steps: a reminder asked for by somebody, an automatic one; with VISA before, to whom the party asked for a visa."""
VISA = "visa_"
NOBODY = N_("Aucune signature n’est attendue en ce moment : il n’y a personne à relancer.")


def remind(work: Work, signatory: Signatory) -> str:
    """Reminds the signatory by mail, or whoever must give the visa they wait for; once a day at most. Returns who was written to.

    Raises TooMany the second time; Refused when nothing is awaited of them, or when somebody else comes before, saying who.
    """
    envelope = signatory.envelope
    alliance = _out(work, envelope)
    if signatory.status not in AWAITED:
        raise Refused(N_("Aucune signature n’est attendue de cette personne."))
    approver = visa_awaited(envelope, signatory)
    first = () if approver else turn_of(envelope, signatory)
    if first:
        raise Refused(N_("Ce n’est pas encore le tour de cette personne : elle sera prévenue quand il viendra."), first)
    person = approver or signatory
    if not write(work, alliance, signatory, REMINDED):
        wait = _until_tomorrow(work, alliance)
        raise TooMany(N_("Une relance est déjà partie aujourd’hui vers %(name)s : attendez demain."), retry_after=wait, name=person.name)
    return person.name


def remind_everyone(work: Work, envelope: Envelope) -> list[Signatory | Approver]:
    """Reminds all those whose signature or visa is awaited now and who were not reminded today; returns them.

    Raises Refused when nobody is awaited, TooMany when all were reminded today.
    """
    alliance = _out(work, envelope)
    awaited = held_up(envelope)
    if not awaited:
        raise Refused(NOBODY)
    reminded = [person for one, person in awaited if write(work, alliance, one, REMINDED)]
    if not reminded:
        raise TooMany(N_("Tout le monde a déjà été relancé aujourd’hui : attendez demain."), retry_after=_until_tomorrow(work, alliance))
    return reminded


def awaited_now(envelope: Envelope) -> list[Signatory]:
    """Those who may sign today: not signed yet, and nobody comes before them."""
    return [one for one in envelope.signatories if one.status in AWAITED and not turn_of(envelope, one)]


def held_up(envelope: Envelope) -> list[tuple[Signatory, Signatory | Approver]]:
    """Each signature that could come today, with whoever is to act: who signs or, before them, who must give their visa."""
    found: list[tuple[Signatory, Signatory | Approver]] = []
    for one in envelope.signatories:
        approver = visa_awaited(envelope, one)
        if approver is not None:
            found.append((one, approver))
        elif one.status in AWAITED and not turn_of(envelope, one):
            found.append((one, one))
    return found


def write(work: Work, alliance: Alliance, signatory: Signatory, kind: str) -> bool:
    """Puts one reminder in the outbox, for the signatory or the visa they wait for, and notes it, under the alliance's lock.

    False when the person was reminded today already.
    """
    today, approver = days.today(alliance, work.now()), visa_awaited(signatory.envelope, signatory)
    due = days.at(alliance, today, time())
    if approver is not None:
        key = {"approver_id": approver.id}
        row = mail.post(
            work, "signing.visa_reminder", to=approver.email, subject=f"approver:{approver.id}", alliance_id=alliance.id, due_at=due, **key
        )
    else:
        key = {"signatory_id": signatory.id}
        row = mail.post(
            work, "signing.reminder", to=signatory.email, subject=f"signatory:{signatory.id}", alliance_id=alliance.id, due_at=due, **key
        )
    if row is None:
        return False
    person, what = approver or signatory, "visa" if approver else "signature"
    step = SigningStep(
        signatory=signatory, kind=f"{VISA}{kind}" if approver else kind, at=work.now(), detail=approver.name if approver else ""
    )
    work.session.add(step)
    announce(work, alliance, ReminderSent(kind=what, subject=person.ref, recipient=str(person.person_id), due=today.isoformat()))
    return True


def _out(work: Work, envelope: Envelope) -> Alliance:
    """Takes the lock. Raises Refused unless the envelope is out and may be signed."""
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent:
        raise Refused(NOBODY)
    signable(envelope)
    return alliance


def _until_tomorrow(work: Work, alliance: Alliance) -> int:
    """Seconds until the next day begins for the alliance."""
    tomorrow = days.at(alliance, days.today(alliance, work.now()) + timedelta(days=1), time())
    return max(1, int((tomorrow - work.now()).total_seconds()))
