"""How an envelope ends without being signed."""

from __future__ import annotations

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import Invalid
from charter.i18n import gettext
from charter.signing.models import Envelope
from charter.signing.services.envelopes import current, held
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import EnvelopeVoided
from workflows.signing import EnvelopeChart, EnvelopeStatus

LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)


def void(work: Work, envelope: Envelope, reason: str) -> None:
    """The leaders take the envelope back; the alliance returns to the contract. Raises Invalid (reason), NotNow when it is over."""
    alliance = held(work, envelope)
    if len(reason.strip()) < 3:
        raise Invalid({"reason": [gettext(N_("Dites en quelques mots pourquoi vous annulez l’envoi"))]})
    _end(work, envelope, reason)
    announce(work, alliance, EnvelopeVoided(envelope=envelope.ref, reason=reason.strip()))


def withdraw(work: Work, alliance: Alliance, reason: str) -> None:
    """Ends the live envelope of an alliance that was abandoned, telling nobody: the abandonment is told already."""
    envelope = current(work, alliance)
    if envelope is not None and envelope.status in LIVE:
        _end(work, envelope, reason)


def _end(work: Work, envelope: Envelope, reason: str) -> None:
    fire(EnvelopeChart, envelope, "void")
    envelope.ended_at, envelope.end_reason = work.now(), reason.strip()
    work.session.flush()
