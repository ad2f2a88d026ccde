"""People and how they come in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from charter.adapters.db import Base
from charter.naming import one_line


class Person(Base):
    """Somebody with a verified e-mail address (kept in lower case). The operator runs the server and reads no alliance."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(5), default="fr")
    is_operator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @validates("name")
    def _one_line(self, _key: str, text: str) -> str:
        return one_line(text)

    @property
    def display_name(self) -> str:
        """The name, or the address until a name is known."""
        return self.name or self.email

    @property
    def initials(self) -> str:
        """One or two letters, for badges."""
        words = [word for word in self.display_name.replace("-", " ").split() if word[0].isalpha()]
        return ("".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)) or "?").upper()


class SignInLink(Base):
    """A single-use link, good for 15 minutes. The mail carries a signature over `nonce`; the secret itself is stored nowhere."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(40), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    next_path: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class SignedSession(Base):
    """A browser signed in. The cookie holds a random token, the table its SHA-256."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class ApiToken(Base):
    """A token for the API, shown once; the table holds its SHA-256."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class Passkey(Base):
    """A key one's device or password manager keeps (Web Authentication). Bytes are in base64url, `public_key` is COSE.

    `user_handle` is how authenticators know the account: random, the same for all of a person's keys, never an address.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    key_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(4000))
    user_handle: Mapped[str] = mapped_column(String(90))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    synced: Mapped[bool]
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class PasskeyChallenge(Base):
    """What a browser is asked to sign, once: `purpose` register (by `person`, as `user_handle`) | sign_in (nobody known yet)."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    challenge: Mapped[str] = mapped_column(String(50), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    user_handle: Mapped[str] = mapped_column(String(90), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
