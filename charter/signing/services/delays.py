"""A seal whose engine is away is put off, never given up nor made at a lower level; this says since when, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from charter.adapters.signer import Away, SignerUnavailable
from charter.i18n import format_datetime, format_time, gettext
from charter.signing.models import Envelope, Signatory
from charter.work import Work
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

SOONEST, LATEST = timedelta(seconds=20), timedelta(minutes=10)

TIMESTAMPS = N_("La signature est retardée : le service d’horodatage ne répond pas comme il le doit.")
REVOCATION = N_("La signature est retardée : un serveur qui atteste la validité des certificats ne répond pas.")
KEYS = N_("La signature est retardée : les clés de signature du service sont hors d’atteinte.")
DISK = N_("La signature est retardée : le service ne peut plus écrire ses fichiers.")

_TIMED = {
    TIMESTAMPS: N_("La signature est retardée : le service d’horodatage ne répond pas depuis le %(since)s ; nouvelle tentative à %(at)s."),
    REVOCATION: N_(
        "La signature est retardée : un serveur qui atteste la validité des certificats ne répond pas depuis le %(since)s ; "
        "nouvelle tentative à %(at)s."
    ),
    KEYS: N_("La signature est retardée : les clés du service sont hors d’atteinte depuis le %(since)s ; nouvelle tentative à %(at)s."),
    DISK: N_("La signature est retardée : le service ne peut plus écrire ses fichiers depuis le %(since)s ; nouvelle tentative à %(at)s."),
}
_CAUSES = {Away.TIMESTAMPS: TIMESTAMPS, Away.REVOCATION: REVOCATION, Away.KEYS: KEYS}


@dataclass(frozen=True, slots=True)
class Delays:
    """Seals put off: how many, since when for the oldest, and the causes (msgids)."""

    count: int
    since: datetime | None
    causes: tuple[str, ...]


def put_off(work: Work, signatory: Signatory, error: Exception) -> datetime:
    """Notes why the seal waits, and says when to come back: a quarter of the wait so far, from twenty seconds to ten minutes."""
    now = work.now()
    since = signatory.delayed_since or now
    at = now + min(max((now - since) / 4, SOONEST), LATEST)
    cause = _CAUSES[error.away] if isinstance(error, SignerUnavailable) else DISK
    signatory.trouble, signatory.delayed_since, signatory.next_try_at = cause, since, at
    return at


def ended(signatory: Signatory) -> None:
    """The seal waits no more."""
    signatory.trouble, signatory.delayed_since, signatory.next_try_at = "", None, None


def told(signatory: Signatory) -> str:
    """The signatory's trouble in words, with its times while the seal is put off; empty when there is none."""
    if signatory.status == SignatoryStatus.sealing and signatory.envelope.status != EnvelopeStatus.sent:
        return ""  # the envelope ended meanwhile: nothing waits any more
    timed = _TIMED.get(signatory.trouble)
    if timed is None or signatory.delayed_since is None or signatory.next_try_at is None:
        return gettext(signatory.trouble)
    zone = ZoneInfo(signatory.envelope.alliance.zone)
    since, at = signatory.delayed_since.astimezone(zone), signatory.next_try_at.astimezone(zone)
    again = format_time(at, zone) if at.date() == since.date() else format_datetime(at, zone)
    return gettext(timed, since=format_datetime(since, zone), at=again)


def delays(work: Work) -> Delays:
    """Seals put off at present."""
    out = select(Envelope.id).where(Envelope.status == EnvelopeStatus.sent)
    waiting = (Signatory.status == SignatoryStatus.sealing, Signatory.delayed_since.is_not(None), Signatory.envelope_id.in_(out))
    count, since = work.session.execute(select(func.count(Signatory.id), func.min(Signatory.delayed_since)).where(*waiting)).one()
    causes = work.session.scalars(select(Signatory.trouble).where(*waiting).distinct().order_by(Signatory.trouble))
    return Delays(count, since, tuple(causes))
