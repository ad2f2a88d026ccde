"""« Télécharger »: the charter in four formats, in any of its states."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, me, page, partial, standing
from charter.drafting import services
from charter.drafting.files.charter import MEDIA
from charter.drafting.models import Export, Text, Version
from charter.drafting.pages.blueprint import not_begun, pages
from charter.drafting.schemas import TextView, export_view, progress_view
from charter.drafting.serving import attachment, readable
from charter.errors import NotFound

READERS = ("accepted", "left")


@pages.get("/telecharger")
@inside("alliance.see", parties=READERS)
def downloads(alliance_ref: str) -> Response:
    """Which state, which format."""
    if services.find_charter(current_work(), standing().alliance) is None:
        return not_begun()
    text, version = _source()
    chosen = {"version": version.ref} if version else {"texte": text.ref}
    return page(
        "drafting/downloads.html",
        text=TextView().dump(text),
        chosen=chosen,
        version=_version(version) if version else None,
        states=_states(text, version),
    )


@pages.get("/telecharger/fichier")
@inside("alliance.see", parties=READERS)
def download(alliance_ref: str) -> Response:
    """The file, in a format made at once."""
    text, version = _source()
    extension = request.args.get("format", "")
    name, content = services.export(current_work(), text, extension, version)
    return attachment(name, content, MEDIA[extension])


@pages.post("/telecharger/pdf")
@inside("alliance.see", parties=READERS)
def ask_pdf(alliance_ref: str) -> Response:
    """Asks for the PDF, then waits for it."""
    text, version = _source()
    made = services.request_pdf(current_work(), text, me(), version)
    return redirect(url_for("drafting.pdf", alliance_ref=alliance_ref, export_ref=made.ref), 303)


@pages.get("/telecharger/pdf/<export_ref>")
@inside("alliance.see", parties=READERS)
def pdf(alliance_ref: str, export_ref: str) -> Response:
    """How far the PDF is, then the PDF."""
    found = _mine(export_ref)
    return page("drafting/download_pdf.html", export=export_view(found), progress=progress_view(found))


@pages.get("/telecharger/pdf/<export_ref>/avancement")
@inside("alliance.see", parties=READERS)
def pdf_progress(alliance_ref: str, export_ref: str) -> Response:
    """How far it is, as a fragment asked for again and again; when it is over, the page is read afresh."""
    found = _mine(export_ref)
    response = partial("drafting/_pdf_progress.html", progress=progress_view(found))
    if not found.waiting:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.get("/telecharger/pdf/<export_ref>/fichier")
@inside("alliance.see", parties=READERS)
def pdf_file(alliance_ref: str, export_ref: str) -> Response:
    """The PDF."""
    found = _mine(export_ref)
    if found.pdf is None:
        raise NotFound
    return attachment(found.name, found.pdf, MEDIA["pdf"])


def _source() -> tuple[Text, Version | None]:
    """The text, or the version of it, this address speaks of; by default the charter as it stands, or the last one who left may read."""
    work, alliance = current_work(), standing().alliance
    if step := request.values.get("version", ""):
        version = services.version_of(work, alliance, step)
        return readable(version.text, version)
    if ref := request.values.get("texte", ""):
        return readable(services.text_of(work, alliance, ref), None)
    if not standing().gone:
        return services.charter_of(work, alliance), None
    found = next((one for one in services.texts_of(work, alliance) if standing().may_read(one.frozen_at)), None)
    if found is None:
        raise NotFound
    return found, None


def _states(text: Text, version: Version | None) -> list[dict[str, Any]]:
    """The states one may download, the one shown marked: texts, then the versions kept of the one shown."""
    work = current_work()
    texts = [one for one in services.texts_of(work, standing().alliance) if standing().may_read(one.frozen_at)]
    found: list[dict[str, Any]] = [
        {"text": TextView().dump(one), "version": None, "args": {"texte": one.ref}, "current": one is text and version is None}
        for one in texts
    ]
    kept = [] if standing().gone else services.versions(work, text)
    return found + [{"text": None, "version": _version(one), "args": {"version": one.ref}, "current": one is version} for one in kept]


def _version(version: Version) -> dict[str, Any]:
    return {"number": version.number, "name": version.name, "at": version.at}


def _mine(ref: str) -> Export:
    """The visitor's own export. Raises NotFound: who left keeps what was adopted in their time."""
    found = services.export_of(current_work(), standing().alliance, ref)
    if found.person_id != me().id or (standing().gone and (found.data.get("draft") or not standing().may_read(found.text.frozen_at))):
        raise NotFound
    return found
