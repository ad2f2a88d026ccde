"""Exports and imports over HTTP."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, limiter, me, standing, takes_files
from charter.drafting import services
from charter.drafting.api.blueprint import READERS, api, text_here
from charter.drafting.files.archive import MAX_FILE
from charter.drafting.files.charter import MEDIA
from charter.drafting.files.understood import Understood
from charter.drafting.models import Amendment, Export, Text, TextImport, Version
from charter.drafting.schemas import AmendIn, ExportIn, ExportQuery, ExportView, ImportView, left_out_view
from charter.drafting.serving import attachment, readable
from charter.errors import NotFound, Refused
from workflows.base import N_, Missing

BIGGEST = MAX_FILE + 64 * 1024


@api.get("/texts/<text_ref>/export")
@api.arguments(ExportQuery, location="query")
@inside("alliance.see", parties=READERS)
def export(data: dict[str, Any], alliance_ref: str, text_ref: str) -> Response:
    """The text as a file: `docx`, `odt` and `md` are made at once. A `pdf` is laid out apart: POST to `exports`, then GET its file."""
    text, version = _source(text_ref, data["version"])
    if data["format"] == "pdf":
        raise Refused(
            N_("Un PDF se met en page à part : demandez-le par POST sur « exports », puis lisez son fichier."),
            [Missing(N_("Demander le PDF"), who=(me().display_name,))],
        )
    name, content = services.export(current_work(), text, data["format"], version)
    return attachment(name, content, MEDIA[data["format"]])


@api.post("/texts/<text_ref>/exports")
@api.arguments(ExportIn)
@api.response(202, ExportView)
@inside("alliance.see", parties=READERS)
def ask_export(data: dict[str, Any], alliance_ref: str, text_ref: str) -> Export:
    """Asks for the PDF; its state is at `exports/<ref>`."""
    text, version = _source(text_ref, data["version"])
    return services.request_pdf(current_work(), text, me(), version)


@api.get("/texts/<text_ref>/exports/<export_ref>")
@api.response(200, ExportView)
@inside("alliance.see", parties=READERS)
def export_state(alliance_ref: str, text_ref: str, export_ref: str) -> Export:
    """Whether the PDF is there."""
    return _export(text_ref, export_ref)


@api.get("/texts/<text_ref>/exports/<export_ref>/file")
@inside("alliance.see", parties=READERS)
def export_file(alliance_ref: str, text_ref: str, export_ref: str) -> Response:
    """The PDF, once its state is `ready`."""
    found = _export(text_ref, export_ref)
    if found.pdf is None:
        raise NotFound
    return attachment(found.name, found.pdf, MEDIA["pdf"])


@api.post("/texts/<text_ref>/imports")
@limiter.limit("30 per hour")
@api.response(201, ImportView)
@inside("drafting.edit")
@takes_files(BIGGEST)
def bring_file(alliance_ref: str, text_ref: str) -> dict[str, Any]:
    """Reads a DOCX, ODT, Markdown or plain text: the part `file` of a form, or the whole body."""
    work, text = current_work(), text_here(text_ref)
    sent = request.files.get("file")
    name, content = (sent.filename or "", sent.read(MAX_FILE + 1)) if sent else ("", request.get_data())
    work.session.rollback()
    return _view(services.keep_import(work, text, me(), name, services.understand_file(name, content)))


@api.get("/texts/<text_ref>/imports/<import_ref>")
@api.response(200, ImportView)
@inside("drafting.edit")
def imported(alliance_ref: str, text_ref: str, import_ref: str) -> dict[str, Any]:
    """What was understood of a file of the caller's, and what it changes in the text as it stands."""
    return _view(_import(text_ref, import_ref))


@api.post("/texts/<text_ref>/imports/<import_ref>/replacement")
@api.response(204)
@inside("drafting.edit")
def start_from_import(alliance_ref: str, text_ref: str, import_ref: str) -> None:
    """The text starts again from the file; 409 once somebody consented."""
    services.replace_by_import(current_work(), _import(text_ref, import_ref))


@api.post("/texts/<text_ref>/imports/<import_ref>/amendments")
@api.arguments(AmendIn)
@inside("amendment.propose")
def amend_from_import(data: dict[str, Any], alliance_ref: str, text_ref: str, import_ref: str) -> dict[str, Any]:
    """Proposes the changes chosen as amendments of the caller's party."""
    found = _import(text_ref, import_ref)
    made: list[Amendment] = services.amend_by_import(current_work(), found, me(), standing().party, data["changes"], data["reason"])
    return {"amendments": [one.ref for one in made]}


def _source(text_ref: str, version_ref: str) -> tuple[Text, Version | None]:
    text = text_here(text_ref)
    version = services.version_of(current_work(), standing().alliance, version_ref) if version_ref else None
    if version is not None and version.text_id != text.id:
        raise NotFound
    return readable(text, version)


def _export(text_ref: str, ref: str) -> Export:
    found = services.export_of(current_work(), standing().alliance, ref)
    readable(found.text, None)
    if found.person_id != me().id or found.text.ref != text_ref or (standing().gone and found.data.get("draft")):
        raise NotFound
    return found


def _import(text_ref: str, ref: str) -> TextImport:
    return services.import_of(current_work(), text_here(text_ref), me(), ref)


def _view(imported: TextImport) -> dict[str, Any]:
    found = Understood.of(imported.understood)
    return {
        "ref": imported.ref,
        "name": imported.name,
        "title": found.title,
        "articles": found.articles,
        "left_out": left_out_view(found),
        "changes": services.import_changes(current_work(), imported.text, found),
        "done_at": imported.done_at,
    }
