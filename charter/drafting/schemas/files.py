"""Exports and imports: forms, API, and what their pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from charter.drafting.files.charter import FORMATS
from charter.drafting.files.understood import LEFT_OUT, ReadArticle, Understood
from charter.drafting.models import Export, TextImport
from charter.drafting.schemas.articles import html
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_

STAGES = {
    "started": (8, N_("la mise en page commence")),
    "layout": (40, N_("mise en page")),
    "drawing": (75, N_("dessin des pages")),
    "finishing": (92, N_("dernières vérifications")),
}
"""Of each stage of the engine: how far it is, in hundredths, and its name."""

SAYS = "says"


class ImportForm(Schema):
    """A file, or a text pasted."""

    file = fields.Raw(metadata={"label": _l(N_("Fichier"))})
    pasted = fields.Str(load_default="", metadata={"label": _l(N_("Texte collé")), "empty": True})


class AmendForm(Schema):
    """Which changes of the file to propose, and why."""

    changes = fields.List(fields.Str(), load_default=list, metadata={"label": _l(N_("Changements à proposer"))})
    reason = fields.Str(load_default="", metadata={"label": _l(N_("Pourquoi ces changements")), "empty": True})


class ExportQuery(Schema):
    """API: the format, and a version kept instead of the text as it stands."""

    format = fields.Str(required=True, validate=validate.OneOf(FORMATS))
    version = fields.Str(load_default="")


class ExportIn(Schema):
    """API: a PDF to lay out, of a version kept or (left out) of the text as it stands."""

    version = fields.Str(load_default="")


class ExportView(Schema):
    """API: a PDF asked for: `state` waiting, ready or failed."""

    ref = fields.Str()
    name = fields.Str()
    state = fields.Function(lambda one: "failed" if one.failure else "waiting" if one.waiting else "ready")
    requested_at = fields.DateTime()
    made_at = fields.DateTime(allow_none=True)
    size = fields.Int()
    problem = fields.Function(lambda one: _failed(one.failure))


class ReadArticleView(Schema):
    """API: an article found in a file."""

    title = fields.Str()
    nodes = fields.List(fields.Dict())


class LeftOutView(Schema):
    """API: something a file has that a charter does not take: how many, and why."""

    kind = fields.Str()
    count = fields.Int()
    why = fields.Str()


class ChangeView(Schema):
    """API: what the file changes: `kind` same, wording, insertion, removal; `key` names it; `article` the one concerned; `after` the one it
    follows; `found` its place among the articles of the file, -1 for a removal."""

    key = fields.Str()
    kind = fields.Str()
    article = fields.Str(attribute="ref")
    after = fields.Str()
    found = fields.Int()


class ImportView(Schema):
    """API: a file brought, as it was understood, and what it changes."""

    ref = fields.Str()
    name = fields.Str()
    title = fields.Str()
    articles = fields.List(fields.Nested(ReadArticleView))
    left_out = fields.List(fields.Nested(LeftOutView))
    changes = fields.List(fields.Nested(ChangeView))
    done_at = fields.DateTime(allow_none=True)


class AmendIn(Schema):
    """API: the keys of the changes to propose as amendments, and why."""

    changes = fields.List(fields.Str(), required=True)
    reason = fields.Str(required=True)


def progress_view(export: Export) -> dict[str, Any]:
    """How far a PDF is: `state`, `percent`, `says`."""
    if export.failure:
        failed = _failed(export.failure)
        return {"state": "failed", "percent": 0, SAYS: failed}
    if not export.waiting:
        return {"state": "ready", "percent": 100, SAYS: gettext(N_("Le PDF est prêt."))}
    percent, stage = STAGES.get(export.stage, (2, N_("en attente de son tour")))
    if export.page:
        says = gettext(N_("En cours : %(stage)s, page %(page)s"), stage=gettext(stage), page=export.page)
    else:
        says = gettext(N_("En cours : %(stage)s"), stage=gettext(stage))
    return {"state": "waiting", "percent": percent, SAYS: says}


def export_view(export: Export) -> dict[str, Any]:
    """A PDF as its page shows it."""
    return {"ref": export.ref, "name": export.name, "kilobytes": max(1, export.size // 1000), "draft": bool(export.data.get("draft"))}


def import_view(imported: TextImport) -> dict[str, Any]:
    """A file as its pages show it: what was found, what was left out."""
    found = Understood.of(imported.understood)
    return {
        "ref": imported.ref,
        "name": imported.name,
        "title": found.title,
        "articles": [read_view(number, one) for number, one in enumerate(found.articles, start=1)],
        "left_out": left_out_view(found),
        "done": imported.done_at is not None,
    }


def read_view(number: int, one: ReadArticle) -> dict[str, Any]:
    """An article found."""
    shown = html(one.nodes, f"lu-{number}")
    return {"number": number, "title": one.title, "html": shown, "words": len(shown.striptags().split())}


def left_out_view(found: Understood) -> list[dict[str, Any]]:
    """What was left out, said."""
    return [{"kind": kind, "count": count, "why": gettext(LEFT_OUT[kind])} for kind, count in found.left_out.items() if kind in LEFT_OUT]


def _failed(failure: Mapping[str, Any] | None) -> str:
    """The kept failure in the reader's language; empty without one."""
    if not failure:
        return ""
    message, params = failure["message"], failure["params"]
    return gettext(message, **params)
