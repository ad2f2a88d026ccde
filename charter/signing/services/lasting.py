"""How long the documents of an envelope may still be signed: the certificates of the first signatures must hold at the last."""

from __future__ import annotations

from datetime import datetime, timedelta

from charter.adapters.signer.authority import ONE_TIME_VALIDITY
from charter.alliances import days
from charter.alliances.announce import leading_party
from charter.errors import Refused
from charter.signing.models import Envelope
from charter.work import Work
from workflows.base import N_, Missing

ROOM = timedelta(days=7)
"""Kept for a seal that waits for a timestamping authority after the person said yes."""
TOO_LATE = N_("Ces documents ne peuvent plus être signés : leur première signature est trop ancienne.")
REDO = N_(
    "Annulez l’envoi et refaites le contrat : la première signature date du %(day)s, et son certificat n’est valable que %(days)s jours"
)


def signable_until(envelope: Envelope) -> datetime | None:
    """The instant after which nobody may sign any more; None before the first seal."""
    sealed = [one.signed_at for one in envelope.signatories if one.signed_at]
    return min(sealed) + ONE_TIME_VALIDITY - ROOM if sealed else None


def check_lasting(work: Work, envelope: Envelope) -> None:
    """Raises Refused, naming those who lead, once a signature more would come when the first certificate is over or nearly."""
    until = signable_until(envelope)
    if until is None or work.now() < until:
        return
    first, leader = until - ONE_TIME_VALIDITY + ROOM, leading_party(envelope.alliance)
    params = {"day": days.today(envelope.alliance, first), "days": ONE_TIME_VALIDITY.days}
    raise Refused(TOO_LATE, [Missing(REDO, who=(leader.name,) if leader else (), params=params)])
