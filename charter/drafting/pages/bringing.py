"""« Apporter un texte »: a file is read, what was understood is shown, then the charter starts from it or it is proposed as amendments."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, limiter, me, page, standing, takes_files
from charter.drafting import services, shown
from charter.drafting.files.archive import MAX_FILE
from charter.drafting.files.understood import Understood
from charter.drafting.models import TextImport
from charter.drafting.pages.blueprint import being_written, charter, not_begun, pages
from charter.drafting.schemas import AmendForm, ImportForm, import_view
from charter.errors import Invalid
from charter.i18n import gettext, ngettext
from workflows.base import N_

ENVELOPE = 3 * 1024 * 1024
"""What a form adds around a file: the text that may be pasted beside it."""


@pages.get("/importer")
@inside("drafting.edit")
def bring(alliance_ref: str) -> Response:
    """Asks for a file or a text."""
    if services.find_charter(current_work(), standing().alliance) is None:
        return not_begun()
    if not being_written(charter()):
        return redirect(url_for("drafting.board", alliance_ref=alliance_ref))
    return _bring(Form(ImportForm()))


@pages.post("/importer")
@limiter.limit("30 per hour")
@inside("drafting.edit")
@takes_files(MAX_FILE + ENVELOPE)
def bring_text(alliance_ref: str) -> Response:
    """Reads it."""
    work, text, form = current_work(), charter(), Form(ImportForm())
    form.read()
    sent = request.files.get("file")
    name, content = (sent.filename or "", sent.read(MAX_FILE + 1)) if sent else ("", b"")
    pasted = form.data.get("pasted", "")
    try:
        if not name and not pasted.strip():
            raise Invalid({"file": [gettext(N_("Choisissez un fichier, ou collez un texte"))]})
        # Reading may take a while: nobody waits for this transaction meanwhile.
        work.session.rollback()
        found = services.understand_file(name, content if name else pasted.encode())
        kept = services.keep_import(work, text, me(), name, found)
    except Invalid as error:
        form.refuse(_beside_what_was_given(error, pasted=not name))
        return _bring(form, 422)
    return redirect(url_for("drafting.brought", alliance_ref=alliance_ref, import_ref=kept.ref), 303)


@pages.get("/importer/<import_ref>")
@inside("drafting.edit")
def brought(alliance_ref: str, import_ref: str) -> Response:
    """What was understood, and what may be done with it."""
    work, imported = current_work(), _mine(import_ref)
    found = Understood.of(imported.understood)
    changes = services.import_changes(work, imported.text, found)
    return page(
        "drafting/brought.html",
        file=import_view(imported),
        missing=shown.missing(services.missing_to_replace(work, imported.text, found)),
        counts={kind: sum(one.kind == kind for one in changes) for kind in ("same", "wording", "insertion", "removal")},
        may_amend=allowed("amendment.propose"),
    )


@pages.get("/importer/<import_ref>/remplacer")
@inside("drafting.edit")
def start_again(alliance_ref: str, import_ref: str) -> Response:
    """Asks whether the charter really starts again from the file."""
    imported = _mine(import_ref)
    titles = [one.title for one in imported.text.present_articles]
    return page("drafting/replace_text.html", file=import_view(imported), titles=titles)


@pages.post("/importer/<import_ref>/remplacer")
@inside("drafting.edit")
def start_again_now(alliance_ref: str, import_ref: str) -> Response:
    """The charter starts again from the file."""
    made = services.replace_by_import(current_work(), _mine(import_ref))
    said = ngettext(
        "La charte repart de votre texte : %(num)s article. L’état d’avant est gardé parmi les versions.",
        "La charte repart de votre texte : %(num)s articles. L’état d’avant est gardé parmi les versions.",
        len(made),
    )
    flash(said, "success")
    return redirect(url_for("drafting.editor", alliance_ref=alliance_ref), 303)


@pages.get("/importer/<import_ref>/amendements")
@inside("amendment.propose")
def propose_file(alliance_ref: str, import_ref: str) -> Response:
    """What the file changes, article by article: everything but the removals is ticked."""
    imported = _mine(import_ref)
    found = Understood.of(imported.understood)
    changes = services.import_changes(current_work(), imported.text, found)
    return _amending(imported, Form(AmendForm(), {"changes": [one.key for one in changes if one.kind in ("wording", "insertion")]}))


@pages.post("/importer/<import_ref>/amendements")
@inside("amendment.propose")
def propose_file_now(alliance_ref: str, import_ref: str) -> Response:
    """Proposes the changes chosen."""
    imported, form = _mine(import_ref), Form(AmendForm())
    if form.read():
        try:
            made = services.amend_by_import(current_work(), imported, me(), standing().party, form.data["changes"], form.data["reason"])
        except Invalid as error:
            form.refuse(error)
        else:
            said = ngettext("%(num)s amendement est proposé.", "%(num)s amendements sont proposés.", len(made))
            flash(said, "success")
            return redirect(url_for("drafting.board", alliance_ref=alliance_ref), 303)
    return _amending(imported, form, 422)


def _mine(ref: str) -> TextImport:
    return services.import_of(current_work(), charter(), me(), ref)


def _beside_what_was_given(error: Invalid, *, pasted: bool) -> Invalid:
    """A pasted text's fault is told beside the text."""
    fields = (
        {"pasted": error.fields["file"]} if pasted and "file" in error.fields and request.form.get("pasted", "").strip() else error.fields
    )
    return Invalid(fields, error.message)


def _bring(form: Form, status: int = 200) -> Response:
    return page("drafting/bring.html", status, form=form, megabytes=MAX_FILE // 1024**2)


def _amending(imported: TextImport, form: Form, status: int = 200) -> Response:
    work, text, found = current_work(), imported.text, Understood.of(imported.understood)
    words = {one.ref: one for one in services.article_words(work, text)}
    rows: list[dict[str, Any]] = []
    for change in services.import_changes(work, text, found):
        before = words.get(change.ref)
        after = found.articles[change.found] if change.found >= 0 else None
        place = words.get(change.after)
        rows.append(
            {
                "key": change.key,
                "kind": change.kind,
                "number": before.number if before else 0,
                "after": place.number if place else 0,
                "title": after.title if after else before.title if before else "",
                "pieces": services.difference(
                    before.title if before else "",
                    before.nodes if before else [],
                    after.title if after else "",
                    after.nodes if after else [],
                )
                if change.kind != "same"
                else None,
            }
        )
    return page("drafting/amend_by_file.html", status, form=form, file=import_view(imported), rows=rows)
