"""Those whose signature is awaited are reminded: by hand, or when the moment chosen for it comes; once a day at most in all."""

from __future__ import annotations

from datetime import time, timedelta

from charter.adapters import mail
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import Refused, TooMany
from charter.signing.models import Envelope, Signatory, SigningStep
from charter.signing.services.envelopes import AWAITED, held, signable
from charter.signing.services.turns import turn_of
from charter.work import Work
from workflows.base import N_
from workflows.events import ReminderSent
from workflows.signing import EnvelopeStatus

REMINDED, RECALLED = "reminded", "recalled"
"""Kinds of steps: a reminder asked for by somebody, an automatic one."""
NOBODY = N_("Aucune signature n’est attendue en ce moment : il n’y a personne à relancer.")


def remind(work: Work, signatory: Signatory) -> None:
    """Reminds the signatory by mail, once a day at most.

    Raises TooMany the second time; Refused when nothing is awaited of them, or when somebody else comes before, saying who.
    """
    envelope = signatory.envelope
    alliance = _out(work, envelope)
    if signatory.status not in AWAITED:
        raise Refused(N_("Aucune signature n’est attendue de cette personne."))
    first = turn_of(envelope, signatory)
    if first:
        raise Refused(N_("Ce n’est pas encore le tour de cette personne : elle sera prévenue quand il viendra."), first)
    if not write(work, alliance, signatory, REMINDED):
        wait = _until_tomorrow(work, alliance)
        raise TooMany(N_("%(name)s a déjà été relancé aujourd’hui : attendez demain."), retry_after=wait, name=signatory.name)


def remind_everyone(work: Work, envelope: Envelope) -> list[Signatory]:
    """Reminds all those whose signature is awaited now and who were not reminded today; returns them.

    Raises Refused when nobody is awaited, TooMany when all were reminded today.
    """
    alliance = _out(work, envelope)
    awaited = awaited_now(envelope)
    if not awaited:
        raise Refused(NOBODY)
    reminded = [one for one in awaited if write(work, alliance, one, REMINDED)]
    if not reminded:
        raise TooMany(N_("Tout le monde a déjà été relancé aujourd’hui : attendez demain."), retry_after=_until_tomorrow(work, alliance))
    return reminded


def awaited_now(envelope: Envelope) -> list[Signatory]:
    """Those who may sign today: not signed yet, and nobody comes before them."""
    return [one for one in envelope.signatories if one.status in AWAITED and not turn_of(envelope, one)]


def write(work: Work, alliance: Alliance, signatory: Signatory, kind: str) -> bool:
    """Puts one reminder in the outbox and notes it, under the alliance's lock. False when the person was reminded today already."""
    today = days.today(alliance, work.now())
    row = mail.post(
        work,
        "signing.reminder",
        to=signatory.email,
        subject=f"signatory:{signatory.id}",
        alliance_id=alliance.id,
        due_at=days.at(alliance, today, time()),
        signatory_id=signatory.id,
    )
    if row is None:
        return False
    work.session.add(SigningStep(signatory=signatory, kind=kind, at=work.now()))
    told = ReminderSent(kind="signature", subject=signatory.ref, recipient=str(signatory.person_id), due=today.isoformat())
    announce(work, alliance, told)
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
