"""Passkeys: added by somebody who has just signed in, then another way in beside the mailed link, which always stays.

A challenge is drawn here, kept here, good once and for a few minutes. `charter.signing.services.passkeys` draws its own, bound to
documents.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from charter.accounts.models import Passkey, PasskeyChallenge, Person, SignedSession
from charter.accounts.services import open_session
from charter.adapters import mail
from charter.adapters import passkeys as engine
from charter.adapters.passkeys import Answer, PasskeyRefused, Site
from charter.errors import Gone, Invalid, NotFound, Refused, TooMany
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_

CHALLENGE_LIFE = timedelta(seconds=engine.TIMEOUT)
RECENT = timedelta(minutes=15)
"""How long after signing in one may add a key without signing in again."""
MOST_KEYS = 10
KEPT = timedelta(days=1)

UNKNOWN_HERE = N_("Cette clé d’accès n’est pas, ou n’est plus, connue de ce service. Connectez-vous avec un lien reçu par courriel.")
NOT_HELD = N_("Cette clé d’accès n’a pas pu être vérifiée. Réessayez, ou demandez un lien par courriel : il marche toujours.")
STALE = N_("La demande faite à votre clé d’accès a expiré ou a déjà servi. Réessayez.")


def site(work: Work) -> Site | None:
    """Who asks, None where browsers know no passkeys."""
    return engine.site(work.settings)


def is_recent(work: Work, session: SignedSession) -> bool:
    """True just after signing in: the only time a key is added."""
    return work.now() - session.created_at < RECENT


def keys_of(work: Work, person: Person) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    return list(work.session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)))


def ask_to_register(work: Work, person: Person, session: SignedSession) -> dict[str, Any]:
    """What the browser is asked for a new key (options in JSON). Raises Refused when signing in was long ago, TooMany past MOST_KEYS."""
    here, keys = _here(work), keys_of(work, person)
    _just_signed_in(work, session)
    if len(keys) >= MOST_KEYS:
        raise TooMany(N_("Vous avez déjà dix clés d’accès : retirez-en une avant d’en ajouter une autre."), retry_after=1)
    handle = keys[0].user_handle if keys else engine.new_secret()
    row = _issue(work, "register", person, handle)
    known = [one.key_id for one in keys]
    return engine.to_register(here, challenge=row.challenge, handle=handle, email=person.email, name=person.display_name, known=known)


def register(work: Work, person: Person, session: SignedSession, name: str, answer: str) -> Passkey:
    """Adds the key the browser answered with; the person is told by mail. Raises Refused, Gone (challenge), Invalid (name)."""
    here = _here(work)
    _just_signed_in(work, session)
    named = _named(name)
    try:
        row = _take(work, "register", engine.challenge_in(answer), person)
        found = engine.registered(here, answer, challenge=row.challenge)
    except PasskeyRefused as error:
        raise Refused(N_("La nouvelle clé d’accès n’a pas pu être vérifiée : rien n’est ajouté. Réessayez.")) from error
    if work.session.scalar(select(func.count()).where(Passkey.key_id == found.key_id)):
        raise Refused(N_("Cette clé d’accès est déjà enregistrée : rien à ajouter."))
    key = Passkey(
        person_id=person.id,
        person=person,
        key_id=found.key_id,
        public_key=found.public_key,
        user_handle=row.user_handle,
        sign_count=found.sign_count,
        synced=found.synced,
        name=named,
        created_at=work.now(),
    )
    work.add(key)
    _tell(work, key, "accounts.passkey_added")
    return key


def rename(work: Work, person: Person, key_id: int, name: str) -> None:
    """Another name for one's own key. Raises NotFound, Invalid."""
    key_of(work, person, key_id).name = _named(name)


def remove(work: Work, person: Person, key_id: int) -> str:
    """Forgets one's own key, and returns its name; the person is told by mail. Raises NotFound."""
    key = key_of(work, person, key_id)
    _tell(work, key, "accounts.passkey_removed")
    work.session.delete(key)
    work.session.flush()
    return key.name


def key_of(work: Work, person: Person, key_id: int) -> Passkey:
    """One's own key. Raises NotFound for another's."""
    key = work.session.get(Passkey, key_id)
    if key is None or key.person_id != person.id:
        raise NotFound
    return key


def ask_to_sign_in(work: Work) -> dict[str, Any]:
    """What the browser of somebody yet unknown is asked (options in JSON): any key of this site."""
    return engine.to_prove(_here(work), challenge=_issue(work, "sign_in").challenge)


def sign_in(work: Work, answer: str, *, address: str = "", browser: str = "") -> tuple[str, SignedSession]:
    """Opens a session for whoever's key answered: the cookie's token, the session. Raises Refused, Gone (challenge).

    When refused, what is flushed should still be committed: the challenge served.
    """
    here = _here(work)
    try:
        told = engine.read(answer)
        row = _take(work, "sign_in", told.challenge)
        key = prove(work, here, told, challenge=row.challenge)
    except PasskeyRefused as error:
        raise Refused(NOT_HELD) from error
    if told.user_handle != key.user_handle or key.person.closed_at:
        raise Refused(UNKNOWN_HERE)
    return open_session(work, key.person, address=address, browser=browser)


def prove(work: Work, here: Site, answer: Answer, *, challenge: str) -> Passkey:
    """The key that signed `challenge`, its use noted. Raises PasskeyRefused, Refused when nobody here has it.

    The row is locked: two uses of a key are counted one after the other, so that a copied key shows (section 6.1.1).
    """
    key = work.session.scalar(
        select(Passkey).where(Passkey.key_id == answer.key_id).with_for_update().execution_options(populate_existing=True)
    )
    if key is None:
        raise Refused(UNKNOWN_HERE)
    key.sign_count = engine.check(here, answer, challenge=challenge, public_key=key.public_key, sign_count=key.sign_count)
    key.used_at = work.now()
    work.session.flush()
    return key


def _here(work: Work) -> Site:
    here = site(work)
    if here is None:
        raise Refused(N_("Les clés d’accès demandent une adresse en https : ce service n’en a pas encore. Le lien par courriel suffit."))
    return here


def _just_signed_in(work: Work, session: SignedSession) -> None:
    if not is_recent(work, session):
        raise Refused(
            N_("Pour ajouter une clé d’accès, reconnectez-vous d’abord : votre dernière connexion date de plus d’un quart d’heure.")
        )


def _issue(work: Work, purpose: str, person: Person | None = None, handle: str = "") -> PasskeyChallenge:
    now = work.now()
    work.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now - KEPT))
    row = PasskeyChallenge(
        purpose=purpose,
        challenge=engine.new_secret(),
        person_id=person.id if person else None,
        user_handle=handle,
        created_at=now,
        expires_at=now + CHALLENGE_LIFE,
    )
    return work.add(row)


def _take(work: Work, purpose: str, challenge: str, person: Person | None = None) -> PasskeyChallenge:
    """Uses a challenge up: one statement, so that of two at once one gets it. Raises Gone."""
    asked = (
        PasskeyChallenge.challenge == challenge,
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.used_at.is_(None),
        PasskeyChallenge.expires_at > work.now(),
        PasskeyChallenge.person_id == person.id if person else PasskeyChallenge.person_id.is_(None),
    )
    taken = work.session.scalar(update(PasskeyChallenge).where(*asked).values(used_at=work.now()).returning(PasskeyChallenge.id))
    if taken is None:
        raise Gone(STALE)
    return work.get(PasskeyChallenge, taken)


def _named(name: str) -> str:
    if not 1 <= len(name.strip()) <= 100:
        raise Invalid({"name": [gettext(N_("Donnez un nom à cette clé (100 caractères au plus), par exemple « téléphone de Léa »"))]})
    return name.strip()


def _tell(work: Work, key: Passkey, name: str) -> None:
    about, at = f"passkey:{key.id}", work.now().isoformat()
    mail.post(work, name, to=key.person.email, subject=about, person_id=key.person_id, label=key.name, at=at)
