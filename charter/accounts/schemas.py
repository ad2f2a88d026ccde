"""What the accounts' forms and API read and show."""

from __future__ import annotations

from marshmallow import Schema, fields

from charter.adapters.http.forms import REQUIRED
from charter.i18n import lazy_gettext as _l
from workflows.base import N_


class SignInForm(Schema):
    """An e-mail address, and where to go afterwards."""

    email = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Adresse électronique"))})
    suite = fields.Str(load_default="")


class HintedForm(Schema):
    """Where to go afterwards, in an address that tells whom it was written to."""

    suite = fields.Str(required=True)


class ProfileForm(Schema):
    """One's own name and language."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Prénom et nom"))})
    language = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Langue"))})


class TokenForm(Schema):
    """A name for a new API token."""

    label = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Nom du jeton"))})


class PasskeyForm(Schema):
    """A name for a passkey, and what the browser answered (JSON) when one is added."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Nom de la clé"))})
    answer = fields.Str(load_default="")


class PasskeyAnswerForm(Schema):
    """What the browser answered (JSON), and where to go afterwards."""

    answer = fields.Str(load_default="")
    suite = fields.Str(load_default="")


class PersonView(Schema):
    """A person, to themselves."""

    id = fields.Int()
    name = fields.Str(attribute="display_name")
    email = fields.Str()
    language = fields.Str()
    initials = fields.Str()


class SessionView(Schema):
    """A session, to its owner."""

    id = fields.Int()
    browser = fields.Function(lambda session: browser_name(session.browser))
    address = fields.Str()
    created_at = fields.Raw()
    seen_at = fields.Raw()


class TokenView(Schema):
    """An API token, without its secret."""

    id = fields.Int()
    label = fields.Str()
    created_at = fields.Raw()
    expires_at = fields.Raw()


class PasskeyView(Schema):
    """A passkey, to its owner."""

    id = fields.Int()
    name = fields.Str()
    synced = fields.Bool()
    created_at = fields.Raw()
    used_at = fields.Raw()


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def browser_name(agent: str) -> str:
    """« Firefox, Linux » from a User-Agent; empty when it says nothing known (RFC 9110 §10.1.5: it may say anything)."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part)
