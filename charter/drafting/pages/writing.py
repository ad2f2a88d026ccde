"""The text written together: the whole charter, readable without script, live with it."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from charter.accounts import services as accounts
from charter.adapters.http import allowed, current_work, engine, inside, me, page, standing
from charter.adapters.http.render import partial
from charter.adapters.http.requests import SESSION_COOKIE
from charter.drafting import reading, services, shown
from charter.drafting.live import tokens
from charter.drafting.live.schema import VERSION
from charter.drafting.models import Text
from charter.drafting.pages.blueprint import being_written, charter, here, not_begun, pages, rights
from charter.drafting.schemas import TextView
from charter.errors import Refused
from charter.i18n import gettext, locale
from workflows.base import N_

FACILITATOR = N_("Tiers de confiance")


@pages.get("/texte")
@inside("alliance.see")
def editor(alliance_ref: str) -> Response:
    """The whole charter: to read, and to write live for who may."""
    work, alliance = current_work(), standing().alliance
    text = services.find_charter(work, alliance)
    if text is None:
        return not_begun()
    articles = [_article(row) for row in shown.rows(work, alliance, text)]
    live = {
        "live_url": live_url(text),
        "token_url": url_for("drafting.live_token", alliance_ref=alliance_ref),
        "section_url": url_for("drafting.section", alliance_ref=alliance_ref, article_ref="REF"),
        "person": me().id,
        "written": being_written(text),
        "articles": articles,
        "terms": reading.terms_of(work, alliance),
    }
    return page(
        "drafting/editor.html",
        editor=live,
        text=TextView().dump(text),
        may=rights(text),
        live=being_written(text),
        proposed=sum(services.open_amendments(work, text).values()),
        deadlines=shown.deadlines(work, alliance, text),
    )


@pages.get("/texte/jeton")
@inside("alliance.see")
def live_token(alliance_ref: str) -> Response:
    """JSON: `token`, good for a minute, and `url` of the live text. A reader gets one too, who may not write with it.

    `schema` says which editor the page loaded: another than ours would delete what it does not know, and gets a 409."""
    text = charter()
    if request.args.get("schema") != str(VERSION):
        raise Refused(gettext(N_("Rechargez la page : l’éditeur a changé depuis que vous l’avez ouverte.")))
    visitor, party = me(), standing().party
    who = shown.identity(visitor, party, gettext(FACILITATOR))
    identity = tokens.Identity(text=text.ref, can_write=rights(text)["edit"], session=_session_id(), **who)
    response = jsonify(token=tokens.sign(engine().settings.secret_key, identity), url=live_url(text))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/articles/<article_ref>/section")
@inside("alliance.see")
def section(alliance_ref: str, article_ref: str) -> Response:
    """An article as the whole text shows it, alone: what the live text asks for when it gains one."""
    article = here(article_ref)
    row = next(one for one in shown.rows(current_work(), standing().alliance, article.text) if one["ref"] == article_ref)
    return partial("drafting/section.html", article=_article(row), may=rights(article.text))


@pages.get("/articles/<article_ref>/etat")
@inside("alliance.see")
def state(alliance_ref: str, article_ref: str) -> Response:
    """An article's voices and talk, alone: what the live text refreshes."""
    article = here(article_ref)
    row = next(one for one in shown.rows(current_work(), standing().alliance, article.text) if one["ref"] == article_ref)
    return partial("drafting/_state.html", article=_article(row), may=rights(article.text))


def _session_id() -> str:
    """The browser's session, which the live server goes on checking; empty when it ended between two lines."""
    session = accounts.session_of(current_work(), request.cookies.get(SESSION_COOKIE, ""))
    return str(session.id) if session else ""


def live_url(text: Text) -> str:
    """Where the browser connects: the live process's own address when it has one, else this site."""
    base = engine().settings.live_public_url.rstrip("/").replace("http", "ws", 1)
    return f"{base}/live/{text.ref}"


def _article(row: dict[str, Any]) -> dict[str, Any]:
    mine = standing().party.ref if standing().party else ""
    own = next((one["kind"] for one in row["voices"] if one["party"] == mine), "")
    help_ = services.guidance(row["title"]) if allowed("drafting.edit") else None
    return {**row, "settled": shown.settled(row), "own": own, "guidance": _guidance(help_)}


def _guidance(found: Any) -> dict[str, Any] | None:
    """The template's help in the reader's language."""
    if found is None:
        return None
    english = locale() == "en"
    return {"why": found.why_en if english else found.why, "questions": list(found.guidance_en if english else found.guidance)}
