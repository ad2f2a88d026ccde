"""What each person wants to be written of an alliance, and the link that stops a mail without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting.models import Digest, MailChoice, Mentions
from charter.errors import Gone
from charter.work import Work
from workflows.base import N_

DIGEST, MENTION = "digest", "mention"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants of one alliance."""

    digest: Digest = Digest.daily
    mentions: Mentions = Mentions.at_once


def choice_of(work: Work, person: Person, alliance: Alliance) -> Choice:
    """The person's choice, the default one until they make any."""
    return choices_of(work, person, [alliance])[alliance.id]


def choices_of(work: Work, person: Person, alliances: Sequence[Alliance]) -> dict[int, Choice]:
    """The person's choices by alliance id, in one query."""
    query = select(MailChoice).where(MailChoice.person_id == person.id, MailChoice.alliance_id.in_([one.id for one in alliances]))
    made = {one.alliance_id: Choice(one.digest, one.mentions) for one in work.session.scalars(query)}
    return {one.id: made.get(one.id, Choice()) for one in alliances}


def choose(work: Work, person: Person, alliance: Alliance, *, digest: Digest | None = None, mentions: Mentions | None = None) -> Choice:
    """Changes what is given; the rest stays. Nobody else is told."""
    row = row_of(work, person.id, alliance.id)
    row.digest, row.mentions = digest or row.digest, mentions or row.mentions
    row.changed_at = work.now()
    work.session.flush()
    return Choice(row.digest, row.mentions)


def row_of(work: Work, person_id: int, alliance_id: int) -> MailChoice:
    """The person's row for that alliance, made with the defaults when there is none."""
    query = select(MailChoice).where(MailChoice.person_id == person_id, MailChoice.alliance_id == alliance_id)
    found = work.session.scalar(query)
    return found or work.add(MailChoice(person_id=person_id, alliance_id=alliance_id))


@dataclass(frozen=True, slots=True)
class Stop:
    """Which mails a link stops: the digests of one alliance, or the mentions sent at once."""

    person: Person
    alliance: Alliance
    what: str


def stop_url(work: Work, person_id: int, alliance_id: int, what: str) -> str:
    """The address that stops those mails for that person (RFC 8058): it works for ever, and for nothing else."""
    return f"{work.settings.public_url}/courriels/arret/{_signer(work).dumps([person_id, alliance_id, what])}"


def read_stop(work: Work, token: str) -> Stop:
    """What the link is about. Raises Gone when it is cut or forged, or when the person or the alliance is no more."""
    try:
        person_id, alliance_id, what = _signer(work).loads(token)
        person, alliance = work.session.get(Person, int(person_id)), work.session.get(Alliance, int(alliance_id))
    except (BadSignature, ValueError, TypeError) as error:
        raise Gone(N_("Ce lien est incomplet ou a été modifié. Connectez-vous pour choisir vos courriels.")) from error
    if person is None or alliance is None or what not in (DIGEST, MENTION):
        raise Gone(N_("Ce lien ne correspond plus à rien : ces courriels ne partent plus."))
    return Stop(person, alliance, what)


def stop(work: Work, token: str) -> Stop:
    """Stops those mails. Doing it twice changes nothing more. Raises Gone."""
    found = read_stop(work, token)
    if found.what == DIGEST:
        choose(work, found.person, found.alliance, digest=Digest.never)
    else:
        choose(work, found.person, found.alliance, mentions=Mentions.digest)
    return found


def _signer(work: Work) -> URLSafeSerializer:
    return URLSafeSerializer(work.settings.secret_key, salt="stop-mail")
