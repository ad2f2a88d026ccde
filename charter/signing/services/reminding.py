"""Those whose signature is awaited are reminded."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from charter.adapters import mail
from charter.alliances.announce import announce
from charter.errors import Refused, TooMany
from charter.signing.models import Signatory, SigningStep
from charter.signing.services.envelopes import AWAITED, held, signable
from charter.work import Work
from workflows.base import N_
from workflows.events import ReminderSent
from workflows.signing import EnvelopeStatus


def remind(work: Work, signatory: Signatory) -> None:
    """Reminds the signatory by mail, once a day at most. Raises TooMany the second time, Refused when nothing is awaited of them."""
    envelope = signatory.envelope
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent or signatory.status not in AWAITED:
        raise Refused(N_("Aucune signature n’est attendue de cette personne."))
    signable(envelope)
    zone = ZoneInfo(alliance.zone)
    morning = work.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    due, subject = morning, f"signatory:{signatory.id}"
    row = mail.post(
        work, "signing.reminder", to=signatory.email, subject=subject, alliance_id=alliance.id, due_at=due, signatory_id=signatory.id
    )
    if row is None:
        raise TooMany(N_("%(name)s a déjà été relancé aujourd’hui : attendez demain."), retry_after=3600, name=signatory.name)
    work.session.add(SigningStep(signatory=signatory, kind="reminded", at=work.now()))
    told = ReminderSent(kind="signature", subject=signatory.ref, recipient=str(signatory.person_id), due=due.date().isoformat())
    announce(work, alliance, told)
