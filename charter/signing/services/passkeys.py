"""A signatory's passkey: the challenge it signs is made of the documents' hashes, so that its answer holds for them and nothing else.

    challenge = SHA-256( FORMAT "\\n" nonce "\\n" signatory's reference "\\n" documents digest )

The nonce is 32 random bytes in base64url, the digest that of `codes.documents_digest`, in lower-case hexadecimal; everything is ASCII.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from charter.accounts import passkeys as keys
from charter.accounts.models import Passkey
from charter.adapters import passkeys as engine
from charter.adapters.passkeys import PasskeyRefused, Site
from charter.errors import Forbidden, Gone, Refused, TooMany
from charter.signing.models import PasskeyProof, Signatory
from charter.signing.services.codes import IDENTITY_LIFE, documents_digest
from charter.work import Work
from workflows.base import N_

FORMAT = "charte-du-faire-alliance/signature/1"
ASKED_PER_HOUR = 30

OTHER_SIGNATURE = N_("Cette réponse de clé d’accès a été faite pour une autre signature : rien n’a été signé. Recommencez ici.")
EXPIRED = N_("La demande faite à votre clé d’accès a expiré : elle vaut cinq minutes. Recommencez : rien n’a été signé.")
SERVED = N_("Cette réponse de clé d’accès a déjà servi. Recommencez : rien n’a été signé.")
OTHER_DOCUMENTS = N_("Cette réponse de clé d’accès a été faite pour d’autres documents que ceux-ci : rien n’a été signé. Recommencez.")
OTHER_PERSON = N_("Cette clé d’accès est celle d’une autre personne : seule une clé de votre propre compte peut servir ici.")
NOT_HELD = N_("Votre clé d’accès n’a pas pu être vérifiée : rien n’a été signé. Réessayez, ou demandez un code par courriel.")


def bound_challenge(nonce: str, signatory_ref: str, digest: str) -> str:
    """The challenge (base64url), as anybody may compute it again."""
    return engine.digest("\n".join((FORMAT, nonce, signatory_ref, digest)))


def usable(work: Work, signatory: Signatory) -> bool:
    """True when the person has a key, and browsers know keys at this address."""
    return keys.site(work) is not None and bool(keys.keys_of(work, signatory.person))


def issue(work: Work, signatory: Signatory) -> dict[str, Any]:
    """What the browser is asked (options in JSON). Raises Refused without a key, TooMany past ASKED_PER_HOUR."""
    here, known = keys.site(work), keys.keys_of(work, signatory.person)
    if here is None or not known:
        raise Refused(N_("Vous n’avez pas de clé d’accès qui serve ici : demandez un code par courriel."))
    _not_too_many(work, signatory)
    nonce, digest, now = engine.new_secret(), documents_digest(signatory.envelope), work.now()
    row = PasskeyProof(
        signatory=signatory,
        person_id=signatory.person_id,
        nonce=nonce,
        documents_sha256=digest,
        challenge=bound_challenge(nonce, signatory.ref, digest),
        rp_id=here.id,
        origin=here.origin,
        created_at=now,
        expires_at=now + keys.CHALLENGE_LIFE,
    )
    work.add(row)
    return engine.to_prove(here, challenge=row.challenge, known=[one.key_id for one in known])


def prove(work: Work, signatory: Signatory, answer: str) -> PasskeyProof:
    """Checks the browser's answer and keeps it whole. The caller holds the alliance's lock.

    Raises Gone (expired, served already, other documents), Forbidden (somebody else's key), Refused (another signature's, does not hold).
    """
    try:
        told = engine.read(answer)
        row = _asked(work, signatory, told.challenge)
        here = Site(row.rp_id, row.origin, "")
        key = keys.prove(work, here, told, challenge=row.challenge)
    except PasskeyRefused as error:
        raise Refused(NOT_HELD) from error
    if key.person_id != signatory.person_id:
        raise Forbidden(OTHER_PERSON)
    row.key_id, row.client_data = told.key_id, told.client_data
    row.authenticator_data, row.signature = told.authenticator_data, told.signature
    _remember(row, key, work.now())
    work.session.flush()
    return row


def proved(work: Work, signatory: Signatory) -> PasskeyProof | None:
    """The answer that still stands for the person, or None."""
    theirs = (PasskeyProof.signatory_id == signatory.id, PasskeyProof.person_id == signatory.person_id)
    query = select(PasskeyProof).where(*theirs, PasskeyProof.proved_at.is_not(None), PasskeyProof.spent_at.is_(None))
    row = work.session.scalar(query.order_by(PasskeyProof.id.desc()).limit(1).execution_options(populate_existing=True))
    if row is None or row.proved_at is None or row.documents_sha256 != documents_digest(signatory.envelope):
        return None
    return row if work.now() < row.proved_at + IDENTITY_LIFE else None


def _asked(work: Work, signatory: Signatory, challenge: str) -> PasskeyProof:
    row = work.session.scalar(select(PasskeyProof).where(PasskeyProof.challenge == challenge).execution_options(populate_existing=True))
    if row is None or (row.signatory_id, row.person_id) != (signatory.id, signatory.person_id):
        raise Refused(OTHER_SIGNATURE)
    if row.proved_at is not None or row.spent_at is not None:
        raise Gone(SERVED)
    if row.expires_at <= work.now():
        raise Gone(EXPIRED)
    if row.documents_sha256 != documents_digest(signatory.envelope):
        raise Gone(OTHER_DOCUMENTS)
    return row


def _remember(row: PasskeyProof, key: Passkey, now: datetime) -> None:
    row.key_name, row.public_key, row.registered_at, row.proved_at = key.name, key.public_key, key.created_at, now


def _not_too_many(work: Work, signatory: Signatory) -> None:
    since = work.now() - timedelta(hours=1)
    count = select(func.count()).where(PasskeyProof.signatory_id == signatory.id, PasskeyProof.created_at > since)
    if (work.session.scalar(count) or 0) >= ASKED_PER_HOUR:
        raise TooMany(
            N_("Trop de demandes à votre clé d’accès : demandez un code par courriel, ou revenez dans une heure."), retry_after=3600
        )
