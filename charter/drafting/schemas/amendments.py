"""Amendments: forms and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.adapters.http.schemas import MissingOut
from charter.adapters.richtext import to_text
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion
from workflows.base import N_

AMENDMENT_KINDS = {
    AmendmentKind.wording: N_("Autre rédaction"),
    AmendmentKind.insertion: N_("Nouvel article"),
    AmendmentKind.removal: N_("Retrait d’un article"),
}
KIND_HINTS = {
    AmendmentKind.wording: N_("Vous réécrivez l’article, ou quelques mots seulement."),
    AmendmentKind.insertion: N_("Vous écrivez un article de plus, à placer après celui-ci."),
    AmendmentKind.removal: N_("Vous demandez que l’article ne soit plus dans la charte."),
}
OPINIONS = {Opinion.favour: N_("Pour"), Opinion.against: N_("Contre")}
OPINION_HINTS = {
    Opinion.favour: N_("L’amendement peut entrer dans le texte."),
    Opinion.against: N_("L’amendement ne convient pas. Dites pourquoi."),
}
CHOOSE: dict[str, Any] = {"required": _l(N_("Choisissez une réponse")), "unknown": _l(N_("Choisissez une réponse"))}


class KindForm(Schema):
    """What one proposes to do to the article."""

    kind = fields.Enum(
        AmendmentKind, by_value=True, required=True, error_messages=CHOOSE, metadata={"label": _l(N_("Ce que vous proposez"))}
    )


class AmendmentForm(Schema):
    """An amendment being written: `words` in Markdown, `nodes` the editor's JSON when a script wrote it; `step` « apercu » shows the
    difference, « envoi » proposes, « ecrire » comes back to the words; `replaces` the amendment it takes the place of."""

    title = fields.Str(load_default="", metadata={"label": _l(N_("Titre de l’article")), "empty": True})
    words = fields.Str(load_default="", metadata={"label": _l(N_("Texte de l’article")), "empty": True})
    nodes = fields.Str(load_default="", metadata={"empty": True})
    reason = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Pourquoi ce changement ?"))})
    step = fields.Str(load_default="apercu", validate=validate.OneOf(("apercu", "envoi", "ecrire")))
    replaces = fields.Str(load_default="", metadata={"empty": True})


class PositionForm(Schema):
    """What a party says of an amendment."""

    kind = fields.Enum(Opinion, by_value=True, required=True, error_messages=CHOOSE, metadata={"label": _l(N_("Votre avis"))})
    reason = fields.Str(load_default="", metadata={"label": _l(N_("Ce qui vous retient")), "empty": True})


class RefusalForm(Schema):
    """Why an amendment is refused by hand."""

    reason = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Pourquoi l’amendement est refusé"))})


class RemarkForm(Schema):
    """A remark in the discussion of an amendment."""

    body = fields.Str(
        required=True, error_messages={"required": _l(N_("Écrivez votre commentaire"))}, metadata={"label": _l(N_("Votre commentaire"))}
    )


class AmendmentIn(Schema):
    """API: an amendment. `article`: the one it is about, or after which a new one goes (left out: at the end); `nodes` as ProseMirror
    nodes, for a wording or an insertion; `replaces`: a former one of the same party, which it takes back."""

    kind = fields.Enum(AmendmentKind, by_value=True, required=True)
    article = fields.Str(load_default="")
    title = fields.Str(load_default="")
    nodes = fields.List(fields.Dict(), load_default=list)
    reason = fields.Str(required=True)
    replaces = fields.Str(load_default="")


class PositionIn(Schema):
    """API: the word of the caller's party; `reason` is needed against."""

    kind = fields.Enum(Opinion, by_value=True, required=True)
    reason = fields.Str(load_default="")


class RefusalIn(Schema):
    """API: why it is refused."""

    reason = fields.Str(required=True)


class RemarkIn(Schema):
    """API: a remark."""

    body = fields.Str(required=True)


class PositionView(Schema):
    """What a party said."""

    party = fields.Function(lambda one: one.party.ref)
    party_name = fields.Function(lambda one: one.party.name)
    person = fields.Function(lambda one: one.person.display_name if one.person else "")
    kind = fields.Function(lambda one: one.kind.value)
    reason = fields.Str()
    at = fields.DateTime()


class RemarkView(Schema):
    """A remark as people read it."""

    ref = fields.Str()
    body = fields.Str()
    at = fields.DateTime()
    person = fields.Function(lambda one: one.person.display_name)
    party = fields.Function(lambda one: one.party.ref if one.party else None)


class AmendmentView(Schema):
    """An amendment. `article`: the one it is about, or that a new one follows; `result`: the one it changed, added or removed."""

    ref = fields.Str()
    kind = fields.Function(lambda one: one.kind.value)
    status = fields.Function(lambda one: one.status.value)
    article = fields.Function(lambda one: one.article.ref if one.article else None)
    party = fields.Function(lambda one: one.party.ref)
    person = fields.Function(lambda one: one.person.display_name)
    title = fields.Str()
    nodes = fields.List(fields.Dict())
    text = fields.Function(lambda one: to_text(one.nodes))
    reason = fields.Str()
    base_title = fields.Str()
    base_sha256 = fields.Str()
    at = fields.DateTime()
    decided_at = fields.DateTime()
    ending = fields.Str()
    result = fields.Function(lambda one: one.result.ref if one.result else None)
    positions = fields.List(fields.Nested(PositionView))
    remarks = fields.List(fields.Nested(RemarkView))


class AmendmentDetail(Schema):
    """An amendment, and what is missing before it can be accepted by hand."""

    amendment = fields.Nested(AmendmentView)
    missing = fields.List(fields.Nested(MissingOut))


def amendment_kinds() -> list[tuple[str, str, str]]:
    """The three kinds: value, label, what it means."""
    return [(kind.value, gettext(AMENDMENT_KINDS[kind]), gettext(KIND_HINTS[kind])) for kind in AmendmentKind]


def opinion_options() -> list[tuple[str, str, str]]:
    """The two answers: value, label, what it means."""
    return [(kind.value, gettext(OPINIONS[kind]), gettext(OPINION_HINTS[kind])) for kind in Opinion]


STATUSES = {
    AmendmentStatus.open: N_("En discussion"),
    AmendmentStatus.accepted: N_("Accepté"),
    AmendmentStatus.refused: N_("Refusé"),
    AmendmentStatus.withdrawn: N_("Retiré"),
    AmendmentStatus.lapsed: N_("Devenu sans objet"),
}
