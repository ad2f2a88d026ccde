"""What parties say of articles: form, API, board."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from charter.adapters.http.schemas import MissingOut
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_
from workflows.drafting import ConsentKind

KIND_LABELS = {
    ConsentKind.agree: N_("D’accord"),
    ConsentKind.reservation: N_("D’accord, avec une réserve"),
    ConsentKind.objection: N_("Objection"),
}
KIND_NOTES = {
    ConsentKind.agree: N_("Nous pouvons vivre avec ce texte et le soutenir."),
    ConsentKind.reservation: N_("Nous consentons, et nous demandons que notre réserve soit notée à côté de l’article."),
    ConsentKind.objection: N_("Nous ne pouvons pas vivre avec ce texte. La charte attend une nouvelle rédaction."),
}


class ConsentForm(Schema):
    """A party's word on an article; `sha256` is that of the words shown."""

    kind = fields.Enum(
        ConsentKind,
        by_value=True,
        required=True,
        error_messages={"required": _l(N_("Choisissez une des trois réponses")), "unknown": _l(N_("Choisissez une des trois réponses"))},
        metadata={"label": _l(N_("Votre réponse"))},
    )
    sha256 = fields.Str(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), metadata={"label": _l(N_("Empreinte du texte lu"))})
    reason = fields.Str(load_default="", metadata={"label": _l(N_("Votre réserve ou votre objection")), "empty": True})


class ConsentIn(Schema):
    """API: a party's word on the words whose SHA-256 is given; `reason` is needed with a reservation or an objection."""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    sha256 = fields.Str(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    reason = fields.Str(load_default="")


class ConsentView(Schema):
    """A party's word, now or before. `live` in the board says whether it counts."""

    party = fields.Function(lambda one: one.party.ref)
    party_name = fields.Function(lambda one: one.party.name)
    person = fields.Function(lambda one: one.person.display_name if one.person else "")
    kind = fields.Function(lambda one: one.kind.value)
    sha256 = fields.Str()
    reason = fields.Str()
    at = fields.DateTime()
    ended_at = fields.DateTime()
    withdrawn = fields.Bool()


class VoiceView(Schema):
    """A cell of the board: `kind` in agree, reservation, objection, stale, none."""

    party = fields.Str()
    kind = fields.Str()
    reason = fields.Str()


class BoardRow(Schema):
    """An article and each party's word on it."""

    ref = fields.Str()
    number = fields.Int()
    title = fields.Str()
    sha256 = fields.Str()
    voices = fields.List(fields.Nested(VoiceView))


class BoardView(Schema):
    """Who consents to what, and what is missing before the charter is adopted."""

    articles = fields.List(fields.Nested(BoardRow))
    missing = fields.List(fields.Nested(MissingOut))


def kind_options() -> list[tuple[str, str, str]]:
    """The three answers: value, label, what it means."""
    return [(kind.value, gettext(KIND_LABELS[kind]), gettext(KIND_NOTES[kind])) for kind in ConsentKind]
