"""What a person wants to be written: form and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from charter.drafting.models import Digest, Mentions
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_

CHOOSE: dict[str, Any] = {"required": _l(N_("Choisissez une des réponses")), "unknown": _l(N_("Choisissez une des réponses"))}
DIGESTS = {
    Digest.daily: (N_("Chaque jour"), N_("Un courriel par jour au plus, le matin, et seulement s’il s’est passé quelque chose.")),
    Digest.weekly: (N_("Chaque semaine"), N_("Le premier jour ouvré de la semaine.")),
    Digest.never: (N_("Rien"), N_("Vous lisez la discussion quand vous venez.")),
}
MENTIONS = {
    Mentions.at_once: (N_("Tout de suite"), N_("Un courriel dès que quelqu’un écrit votre nom dans un commentaire.")),
    Mentions.digest: (N_("Dans le résumé"), N_("Avec le reste ; rien si vous ne recevez pas de résumé.")),
}


class MailChoiceForm(Schema):
    """How often the digest, and how mentions arrive."""

    digest = fields.Enum(Digest, by_value=True, required=True, error_messages=CHOOSE, metadata={"label": _l(N_("Résumé"))})
    mentions = fields.Enum(Mentions, by_value=True, required=True, error_messages=CHOOSE, metadata={"label": _l(N_("Mentions"))})


class MailChoiceIn(Schema):
    """API: what is given changes, the rest stays."""

    digest = fields.Enum(Digest, by_value=True, load_default=None)
    mentions = fields.Enum(Mentions, by_value=True, load_default=None)


class MailChoiceView(Schema):
    """A person's choice in an alliance."""

    digest = fields.Enum(Digest, by_value=True)
    mentions = fields.Enum(Mentions, by_value=True)


def digest_options() -> list[tuple[str, str, str]]:
    """How often: value, label, what it means."""
    return [(key.value, gettext(label), gettext(note)) for key, (label, note) in DIGESTS.items()]


def mention_options() -> list[tuple[str, str, str]]:
    """How mentions arrive: value, label, what it means."""
    return [(key.value, gettext(label), gettext(note)) for key, (label, note) in MENTIONS.items()]
