"""Signing in by e-mailed link, sessions, API tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select, update

from charter.accounts.models import ApiToken, Person, SignedSession, SignInLink
from charter.adapters import mail
from charter.errors import Gone, Invalid, NotFound, TooMany
from charter.i18n import LOCALES, gettext
from charter.naming import one_line
from charter.work import Actor, Work
from workflows.base import N_

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
TOKEN_LIFE = timedelta(days=365)
LINKS_PER_HOUR = 8
HINT_LIFE = timedelta(days=200)
HINT = "pour"
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,63}")


def clean_email(text: str, field: str = "email") -> str:
    """The address in lower case. Raises Invalid naming `field`."""
    address = text.strip().lower()
    if len(address) > 254 or not EMAIL.fullmatch(address):
        raise Invalid({field: [gettext(N_("Indiquez une adresse électronique complète, par exemple nom@exemple.fr"))]})
    return address


def person_by_email(work: Work, email: str) -> Person | None:
    """The person with that address, or None."""
    return work.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def know(work: Work, email: str, name: str = "", *, language: str = "fr", field: str = "email") -> Person:
    """The person with that address, made when unknown; `name` completes an account that has none. Raises Invalid."""
    address = clean_email(email, field)
    person = person_by_email(work, address)
    if person is None:
        person = work.add(Person(email=address, name=name, language=language, created_at=work.now()))
    elif name.strip() and not person.name:
        person.name = name
    return person


def ask_link(work: Work, email: str, *, next_path: str = "", language: str = "fr") -> SignInLink:
    """Writes a link and the mail that carries it. Raises Invalid, or TooMany past LINKS_PER_HOUR for one address.

    An unknown address gets an account: the answer never tells whether one existed.
    """
    person = know(work, email, language=language)
    since = work.now() - timedelta(hours=1)
    recent = work.session.scalar(select(func.count()).where(SignInLink.person_id == person.id, SignInLink.created_at > since)) or 0
    if recent >= LINKS_PER_HOUR:
        raise TooMany(
            N_("Plusieurs liens vous ont déjà été envoyés : regardez aussi les indésirables, ou réessayez dans une heure."),
            retry_after=3600,
        )
    link = make_link(work, person, next_path=next_path)
    mail.post(work, "accounts.sign_in", to=person.email, subject=f"link:{link.id}", link_id=link.id)
    return link


def make_link(work: Work, person: Person, *, next_path: str = "", life: timedelta = LINK_LIFE) -> SignInLink:
    """A link without a mail (the command line and the example print it)."""
    now = work.now()
    return work.add(
        SignInLink(
            nonce=secrets.token_urlsafe(24),
            person_id=person.id,
            person=person,
            next_path=safe_path(next_path),
            created_at=now,
            expires_at=now + life,
        )
    )


def safe_path(path: str) -> str:
    """`path` when it stays on this site, else nothing."""
    # Browsers read « \ » as « / » and skip tabs and line ends: « /<tab>/elsewhere » would lead elsewhere.
    inside = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path and len(path) <= 300
    return path if inside else ""


def address_hint(work: Work, person: Person) -> str:
    """What a mail's link says of whom it was written to, for the parameter `pour` of its address: signed, the address itself is not in it.

    It signs nobody in: the sign-in page merely knows where to send the link one asks for (ADR 22).
    """
    return str(_hints(work).dumps([person.id, int(work.now().timestamp())]))


def hinted(work: Work, path: str) -> Person | None:
    """The person a mail's link was written to, when `path` tells; None when nothing does, or it is altered or too old."""
    (token,) = parse_qs(urlsplit(path).query).get(HINT, [""])[:1]
    try:
        person_id, written = _hints(work).loads(token)
    except BadSignature:
        return None
    person = work.session.get(Person, person_id)
    old = work.now().timestamp() - written > HINT_LIFE.total_seconds()
    return None if person is None or person.closed_at or old else person


def masked(email: str) -> str:
    """« a…@exemple.org »: enough for its owner to know it, not for whoever was forwarded a link to learn it."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


def link_token(work: Work, link: SignInLink) -> str:
    """What the mail carries: the nonce, signed."""
    return str(_signer(work).dumps(link.nonce))


def link_url(work: Work, link: SignInLink) -> str:
    """The absolute address of the link."""
    return f"{work.settings.public_url}/connexion/{link_token(work, link)}"


def read_link(work: Work, token: str) -> SignInLink:
    """The unused, unexpired link behind `token`. Raises Gone, telling which it is."""
    try:
        nonce = _signer(work).loads(token)
    except BadSignature as error:
        raise Gone(N_("Ce lien est incomplet ou a été modifié. Demandez-en un nouveau.")) from error
    link = work.session.scalar(select(SignInLink).where(SignInLink.nonce == str(nonce)).with_for_update())
    if link is None:
        raise Gone(N_("Ce lien n’existe plus. Demandez-en un nouveau."))
    if link.used_at:
        raise Gone(N_("Ce lien a déjà servi : il ne fonctionne qu’une fois. Demandez-en un nouveau."))
    if link.expires_at <= work.now():
        raise Gone(N_("Ce lien a expiré. Demandez-en un nouveau."))
    return link


def use_link(work: Work, token: str, *, address: str = "", browser: str = "") -> tuple[str, SignedSession, SignInLink]:
    """Uses the link once and opens a session; returns the cookie's token, the session and the link. Raises Gone."""
    link = read_link(work, token)
    taken = work.session.execute(
        update(SignInLink).where(SignInLink.id == link.id, SignInLink.used_at.is_(None)).values(used_at=work.now()).returning(SignInLink.id)
    ).scalar_one_or_none()
    if taken is None:
        raise Gone(N_("Ce lien a déjà servi : il ne fonctionne qu’une fois. Demandez-en un nouveau."))
    return (*open_session(work, link.person, address=address, browser=browser), link)


def open_session(work: Work, person: Person, *, address: str = "", browser: str = "") -> tuple[str, SignedSession]:
    """A new session and the token of its cookie."""
    token, now = secrets.token_urlsafe(32), work.now()
    session = SignedSession(
        token_hash=_hash(token),
        person_id=person.id,
        person=person,
        address=address[:64],
        browser=browser[:300],
        created_at=now,
        seen_at=now,
        expires_at=now + SESSION_LIFE,
    )
    return token, work.add(session)


def session_of(work: Work, token: str) -> SignedSession | None:
    """The live session behind a cookie, or None."""
    session = work.session.scalar(select(SignedSession).where(SignedSession.token_hash == _hash(token)))
    if session is None or session.revoked_at or session.expires_at <= work.now() or session.person.closed_at:
        return None
    return session


def is_stale(work: Work, session: SignedSession) -> bool:
    """True when the last note that the session was seen is SEEN_EVERY old."""
    return work.now() - session.seen_at >= SEEN_EVERY


def touch(work: Work, session_id: int) -> None:
    """Notes that the session was seen."""
    work.session.execute(update(SignedSession).where(SignedSession.id == session_id).values(seen_at=work.now()))


def sessions(work: Work, person: Person) -> list[SignedSession]:
    """The person's live sessions, last seen first."""
    live = (SignedSession.person_id == person.id, SignedSession.revoked_at.is_(None), SignedSession.expires_at > work.now())
    return list(work.session.scalars(select(SignedSession).where(*live).order_by(SignedSession.seen_at.desc())))


def revoke_session(work: Work, person: Person, session_id: int) -> None:
    """Ends one of the person's own sessions. Raises NotFound for another's. Live editing hears of it at once."""
    session = work.session.get(SignedSession, session_id)
    if session is None or session.person_id != person.id:
        raise NotFound
    session.revoked_at = work.now()
    message = {"kind": "revoked", "person": person.id, "session": session.id, "text": None}
    work.after_commit.append(lambda: work.bus.publish("live", message))


def make_token(work: Work, person: Person, label: str) -> tuple[str, ApiToken]:
    """A new API token, shown once, and its row. Raises Invalid without a label."""
    if not label.strip():
        raise Invalid({"label": [gettext(N_("Donnez un nom à ce jeton, par exemple « tableur de suivi »"))]})
    token, now = "charte_" + secrets.token_urlsafe(32), work.now()
    row = ApiToken(token_hash=_hash(token), person_id=person.id, label=label.strip()[:100], created_at=now, expires_at=now + TOKEN_LIFE)
    return token, work.add(row)


def tokens(work: Work, person: Person) -> list[ApiToken]:
    """The person's live tokens."""
    live = (ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now())
    return list(work.session.scalars(select(ApiToken).where(*live).order_by(ApiToken.id)))


def revoke_token(work: Work, person: Person, token_id: int) -> None:
    """Ends one of the person's own tokens. Raises NotFound."""
    token = work.session.get(ApiToken, token_id)
    if token is None or token.person_id != person.id:
        raise NotFound
    token.revoked_at = work.now()


def bearer(work: Work, token: str) -> Person | None:
    """The person behind an API token, or None."""
    row = work.session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token)))
    if row is None or row.revoked_at or row.expires_at <= work.now() or row.person.closed_at:
        return None
    return row.person


def update_profile(work: Work, person: Person, *, name: str, language: str) -> None:
    """Name and language. Raises Invalid naming the field."""
    errors = {}
    if not 2 <= len(one_line(name)) <= 200:
        errors["name"] = [gettext(N_("Indiquez votre prénom et votre nom : ils figureront sur les documents"))]
    if language not in LOCALES:
        errors["language"] = [gettext(N_("Choisissez le français ou l’anglais"))]
    if errors:
        raise Invalid(errors)
    person.name, person.language = name, language


def actor_of(person: Person) -> Actor:
    """The person as the journal will tell them."""
    return Actor(person.id, person.display_name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _hints(work: Work) -> URLSafeSerializer:
    return URLSafeSerializer(work.settings.secret_key, salt="address-hint")


def _signer(work: Work) -> URLSafeSerializer:
    return URLSafeSerializer(work.settings.secret_key, salt="sign-in")
