"""The way into a text: a short-lived token the web application signs and the live server reads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from charter.drafting.live.schema import VERSION

SALT = "live"
MAX_AGE = 60


class BadToken(ValueError):
    """Not ours, too old, or for another text."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who connects, as the web application knows them. `text` is the text's ref, `party_color` 0 to 7, `session` any id, `schema` the
    version their editor writes."""

    text: str
    person: int
    name: str
    party: str
    party_color: int
    initials: str
    can_write: bool
    session: str
    schema: int = VERSION

    def public(self) -> dict[str, Any]:
        """What the others in the room may see."""
        return {
            "person": self.person,
            "name": self.name,
            "party": self.party,
            "party_color": self.party_color,
            "initials": self.initials,
        }


def sign(secret_key: str, identity: Identity) -> str:
    """A token good for `MAX_AGE` seconds; a connection lasts longer than its token."""
    return URLSafeTimedSerializer(secret_key, salt=SALT).dumps(asdict(identity))


def read(secret_key: str, token: str, text: str) -> Identity:
    """The identity in `token`. Raises BadToken when it is not ours, too old, or for another text than `text`."""
    try:
        payload = URLSafeTimedSerializer(secret_key, salt=SALT).loads(token, max_age=MAX_AGE)
    except BadData as error:
        raise BadToken(str(error)) from None
    if not isinstance(payload, dict) or payload.get("text") != text:
        raise BadToken("for another text")
    try:
        return Identity(**{field.name: payload[field.name] for field in fields(Identity)})
    except KeyError as missing:
        raise BadToken(f"{missing} is missing") from None
