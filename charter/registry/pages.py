"""Checking a signed document, without an account: nothing of the file is kept."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, limiter, page, public, takes_files
from charter.adapters.http.render import partial
from charter.adapters.signer import MAX_BYTES
from charter.errors import Invalid
from charter.i18n import gettext
from charter.registry import services
from charter.registry.schemas import FileForm, as_page
from workflows.base import N_

pages = Blueprint("registry", __name__)
BLUEPRINTS = (pages,)
ENVELOPE = 64 * 1024
"""What a browser's form adds around a file."""


@pages.get("/verifier")
@public
def verify() -> Response:
    """Asks for a file."""
    return page("registry/verify.html", form=Form(FileForm()), megabytes=MAX_BYTES // 1024**2)


@pages.post("/verifier")
@limiter.limit("20 per minute")
@public
@takes_files(MAX_BYTES + ENVELOPE)
def check() -> Response:
    """Checks it, then goes to what was found."""
    sent = request.files.get("file")
    content = sent.read(MAX_BYTES + 1) if sent else b""
    if not content:
        form = Form(FileForm())
        form.refuse(Invalid({"file": [gettext(N_("Choisissez le fichier PDF à vérifier : celui-ci est vide ou absent"))]}))
        return page("registry/verify.html", 422, form=form, megabytes=MAX_BYTES // 1024**2)
    found = services.ask(current_work(), content)
    return redirect(url_for("registry.found", sha256=found.sha256), 303)


@pages.get("/verifier/<sha256>")
@public
def found(sha256: str) -> Response:
    """What was found of a file."""
    return page("registry/found.html", found=as_page(services.seen(current_work(), sha256)))


@pages.get("/verifier/<sha256>/etat")
@public
def state(sha256: str) -> Response:
    """The same, alone: asked for while the analysis goes on."""
    return partial("registry/_found.html", found=as_page(services.seen(current_work(), sha256)))
