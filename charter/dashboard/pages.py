"""The first page, and the pages about the service itself."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.accounts.services import safe_path
from charter.adapters import mailbox
from charter.adapters.http import current_work, me, page, public
from charter.alliances import services as alliances
from charter.alliances.glossary import TERMS
from charter.config import LOOPBACK
from charter.dashboard.schemas import overview
from charter.i18n import LOCALES, locale

pages = Blueprint("dashboard", __name__)
site = Blueprint("site", __name__)
BLUEPRINTS = (pages, site)
YEAR = 365 * 24 * 3600


@pages.get("/")
@public
def home() -> Response:
    """« À faire » and « Mes alliances » for somebody signed in; what this is for anybody else."""
    visitor = me()
    if visitor is None:
        return page("dashboard/welcome.html")
    work = current_work()
    mine = overview(work, visitor, alliances.of_person(work, visitor))
    todos = [{**item, "alliance": one["title"]} for one in mine for item in one["situation"]["todos"]]
    return page("dashboard/home.html", alliances=mine, todos=todos)


@site.get("/aide")
@public
def help() -> Response:
    """How it works, and the words used."""
    english = locale() == "en"
    terms = [{"term": one.term_en if english else one.term, "meaning": one.definition_en if english else one.definition} for one in TERMS]
    return page("site/help.html", terms=terms)


@site.get("/accessibilite")
@public
def accessibility() -> Response:
    """The accessibility statement public bodies owe (RGAA)."""
    return page("site/accessibility.html")


@site.get("/mentions-legales")
@public
def legal() -> Response:
    """Who publishes, what is kept and why."""
    return page("site/legal.html")


@site.get("/licence")
@public
def licence() -> Response:
    """The licence and how to get the source."""
    return page("site/licence.html")


@site.post("/langue")
@public
def set_language() -> Response:
    """Chooses the language: on the account when there is one, else in a cookie."""
    chosen = request.form.get("locale", "")
    response = redirect(safe_path(request.form.get("next", "")) or url_for("dashboard.home"))
    if chosen in LOCALES:
        if me() is not None:
            me().language = chosen
        response.set_cookie("language", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=current_work().settings.secure_cookies)
    return response


@site.get("/boite-aux-lettres")
@public
def inbox() -> Response:
    """Every mail sent, in embedded mode only: there is no mail server, and nobody else's mail to see."""
    folder = _mailbox_or_404()
    mails = [{"key": one.key, "to": one.to, "subject": one.subject, "at": one.at} for one in mailbox.received(folder)]
    return page("site/mailbox.html", mails=mails)


@site.get("/boite-aux-lettres/<key>")
@public
def read_mail(key: str) -> Response:
    """One mail: its text and its attachments."""
    found = _mail_or_404(key)
    body = found.message.get_body(("plain",))
    attachments = [{"index": index, "name": part.get_filename() or "?"} for index, part in enumerate(found.message.iter_attachments())]
    text = body.get_content() if isinstance(body, EmailMessage) else ""
    return page(
        "site/mail.html",
        mail={"key": found.key, "to": found.to, "subject": found.subject, "at": found.at, "text": text, "attachments": attachments},
    )


@site.get("/boite-aux-lettres/<key>/piece/<int:index>")
@public
def mail_attachment(key: str, index: int) -> Response:
    """One attachment, always as a download."""
    parts = list(_mail_or_404(key).message.iter_attachments())
    if index >= len(parts):
        abort(404)
    response = make_response(parts[index].get_payload(decode=True))
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers.set("Content-Disposition", "attachment", filename=parts[index].get_filename() or "piece")
    return response


def _mailbox_or_404() -> Path:
    settings = current_work().settings
    # Whoever reads this page can sign in as anybody: it answers to this service's own names only (a page elsewhere may make its own name
    # lead to this machine), and not through a proxy nobody declared.
    named = urlsplit(f"//{request.host}").hostname in LOOPBACK | {urlsplit(settings.public_url).hostname}
    relayed = not settings.trusted_proxies and "X-Forwarded-For" in request.headers
    if not settings.mailbox or not named or relayed:
        abort(404)
    return settings.mailbox_dir


def _mail_or_404(key: str) -> mailbox.Received:
    found = mailbox.find(_mailbox_or_404(), key)
    if found is None:
        abort(404)
    return found
