"""Six-digit codes by mail.

A code is a MAC under the server's secret: it binds one signatory to the very documents sent, and is itself stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import func, select, update

from charter.adapters import mail
from charter.errors import Gone, Invalid, TooMany
from charter.i18n import gettext, ngettext
from charter.signing.models import Code, Envelope, Signatory
from charter.work import Work
from workflows.base import N_

CODE_LIFE = timedelta(minutes=10)
MAX_TRIES = 5
CODES_PER_HOUR = 5
DIGITS = 6
IDENTITY_LIFE = timedelta(minutes=15)
"""How long a right code stands for the person before they sign."""


class WrongCode(Invalid):
    """A code that is not the one sent, `older` when an earlier mail carried it; the try was counted. `left` tries remain."""

    def __init__(self, left: int, *, older: bool = False) -> None:
        said = (
            N_("Ce code est celui d’un courriel plus ancien : seul le dernier envoyé vaut.")
            if older
            else N_("Ce n’est pas le code envoyé.")
        )
        text = gettext(said) + " "
        super().__init__({"code": [text + ngettext("Il vous reste %(n)s essai.", "Il vous reste %(n)s essais.", left)]})
        self.left = left


def documents_digest(envelope: Envelope) -> str:
    """SHA-256 (hex) over the documents' own, in order."""
    return hashlib.sha256("\n".join(envelope.fingerprints).encode()).hexdigest()


def digits(work: Work, code: Code) -> str:
    """The code as it is mailed, computed anew (HMAC-SHA-256, truncated as RFC 4226 section 5.3 does, to six digits)."""
    message = f"signing-code|{code.nonce}|{code.signatory.ref}|{code.documents_sha256}"
    mac = hmac.new(work.settings.secret_key.encode(), message.encode(), hashlib.sha256).digest()
    offset = mac[-1] & 0x0F
    return f"{(int.from_bytes(mac[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def issue(work: Work, signatory: Signatory) -> Code:
    """A new code and the mail that carries it; those before are spent. Raises TooMany past CODES_PER_HOUR."""
    now = work.now()
    since = now - timedelta(hours=1)
    recent = work.session.scalars(
        select(Code.created_at).where(Code.signatory_id == signatory.id, Code.created_at > since).order_by(Code.created_at)
    ).all()
    if len(recent) >= CODES_PER_HOUR:
        wait = int((recent[-CODES_PER_HOUR] + timedelta(hours=1) - now).total_seconds())
        raise TooMany(
            N_("Plusieurs codes vous ont déjà été envoyés. Regardez vos courriels, indésirables compris, ou revenez dans une heure."),
            retry_after=max(wait, 1),
        )
    work.session.execute(update(Code).where(Code.signatory_id == signatory.id, Code.spent_at.is_(None)).values(spent_at=now))
    code = Code(
        signatory=signatory,
        nonce=secrets.token_urlsafe(24),
        documents_sha256=documents_digest(signatory.envelope),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    work.add(code)
    alliance_id = signatory.envelope.alliance_id
    mail.post(work, "signing.code", to=signatory.email, subject=f"code:{code.id}", alliance_id=alliance_id, code_id=code.id)
    return code


def last(work: Work, signatory: Signatory) -> Code | None:
    """The code that counts: the newest one not spent."""
    query = select(Code).where(Code.signatory_id == signatory.id, Code.spent_at.is_(None)).order_by(Code.id.desc()).limit(1)
    return work.session.scalar(query.execution_options(populate_existing=True))


def tries(work: Work, signatory: Signatory) -> int:
    """How many times a code was tried, over all those the signatory was ever sent."""
    return work.session.scalar(select(func.coalesce(func.sum(Code.tries), 0)).where(Code.signatory_id == signatory.id)) or 0


def prove(work: Work, signatory: Signatory, typed: str) -> Code:
    """Checks a typed code and returns it, proved. The caller holds the alliance's lock and commits even when this refuses: a try counts.

    Raises WrongCode, TooMany after MAX_TRIES, Gone when there is no code, it expired, served already or was for other documents.
    """
    code = last(work, signatory)
    if code is None or code.proved_at is not None:
        raise Gone(N_("Ce code a déjà servi ou n’existe pas. Demandez-en un nouveau."))
    if code.expires_at <= work.now() or code.documents_sha256 != documents_digest(signatory.envelope):
        raise Gone(N_("Ce code n’est plus valable : il l’est dix minutes. Demandez-en un nouveau."))
    if code.tries >= MAX_TRIES:
        raise _exhausted()
    code.tries += 1
    if not hmac.compare_digest("".join(typed.split()).encode(), digits(work, code).encode()):
        work.session.flush()
        older = _is_older(work, signatory, code, typed)
        raise WrongCode(MAX_TRIES - code.tries, older=older) if code.tries < MAX_TRIES else _exhausted()
    code.proved_at = work.now()
    work.session.flush()
    return code


def proved(work: Work, signatory: Signatory) -> Code | None:
    """The right code that still stands for the person, or None: they must identify themselves (again)."""
    code = last(work, signatory)
    if code is None or code.proved_at is None or code.documents_sha256 != documents_digest(signatory.envelope):
        return None
    return code if work.now() < code.proved_at + IDENTITY_LIFE else None


def standing(work: Work, code: Code) -> str:
    """What a mailed code not typed yet is worth now: a msgid with `sent` and `until`, hours of the day."""
    if code.tries >= MAX_TRIES:
        return N_("Rien n’est signé. Le code envoyé à %(sent)s a été essayé trop de fois : il ne sert plus. Demandez-en un nouveau.")
    if code.expires_at <= work.now():
        return N_("Rien n’est signé. Le code envoyé à %(sent)s n’est plus valable depuis %(until)s. Demandez-en un nouveau.")
    return N_("Rien n’est signé. Un code vous a été envoyé à %(sent)s : il est valable jusqu’à %(until)s (heure de Paris).")


def _is_older(work: Work, signatory: Signatory, code: Code, typed: str) -> bool:
    """Whether an earlier mail of the hour carried what was typed; no more are looked at than may be sent in it."""
    earlier = select(Code).where(Code.signatory_id == signatory.id, Code.id < code.id).order_by(Code.id.desc()).limit(CODES_PER_HOUR)
    given = "".join(typed.split()).encode()
    return any(hmac.compare_digest(given, digits(work, one).encode()) for one in work.session.scalars(earlier))


def _exhausted() -> TooMany:
    return TooMany(N_("Ce code a été essayé trop de fois : il ne sert plus. Demandez-en un nouveau."), retry_after=1)
