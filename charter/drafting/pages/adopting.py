"""Adopting the charter, and reading the adopted one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, page, standing
from charter.drafting import reading, remembered, services, shown
from charter.drafting.models import AdoptedArticle
from charter.drafting.pages.blueprint import being_written, charter, not_begun, pages, rights
from charter.drafting.schemas import TextView, html
from charter.drafting.services import AdoptedCharter
from charter.errors import NotFound
from charter.i18n import gettext
from workflows.base import N_, Blocked


@pages.get("/adoption")
@inside("alliance.see")
def adopt(alliance_ref: str) -> Response:
    """What is missing, or the solemn button."""
    if services.find_charter(current_work(), standing().alliance) is None:
        return not_begun()
    if not being_written(charter()):
        return redirect(url_for("drafting.adopted", alliance_ref=alliance_ref))
    return _adopt()


@pages.post("/adoption")
@inside("drafting.adopt")
def make_it_so(alliance_ref: str) -> Response:
    """Adopts; refused with the list of what is missing and from whom when the words or the voices changed (409)."""
    try:
        services.adopt(current_work(), charter())
    except Blocked:
        return _adopt(409)
    flash(gettext(N_("La charte est adoptée. Ses mots ne changent plus.")), "success")
    return redirect(url_for("drafting.adopted", alliance_ref=alliance_ref))


@pages.get("/adoptee")
@inside("alliance.see", parties=("accepted", "left"))
def adopted(alliance_ref: str) -> Response:
    """The charter in force, or the version asked for: its words, their hashes, and how each article came to be agreed."""
    work, alliance = current_work(), standing().alliance
    try:
        found = _version(request.args.get("version", default=0, type=int))
    except NotFound:
        return page("drafting/not_begun.html", text=gettext(N_("Aucune charte n’est encore adoptée dans cette alliance.")))
    versions = [TextView().dump(one) for one in services.texts_of(work, alliance) if one.frozen and standing().may_read(one.frozen_at)]
    text = services.text_of(work, alliance, found.text_ref)
    path = remembered.road(work, text, [one.article for one in found.articles], {one.article_id: one.sha256 for one in found.articles})
    defined = reading.terms_of(work, alliance, found.adopted_at)
    articles = [reading.read(_article(one, path[one.article_id]), defined) for one in found.articles]
    terms = [one for one in defined if any(one in article["words"] for article in articles)]
    whole = {"ref": found.text_ref, "title": found.title, "version": found.version, "adopted_at": found.adopted_at, "sha256": found.sha256}
    return page("drafting/adopted.html", charter=whole, articles=articles, versions=versions, terms=terms)


def _version(number: int) -> AdoptedCharter:
    work, alliance = current_work(), standing().alliance
    if not number and not standing().gone:
        return services.adopted(work, alliance)
    readable = [one for one in services.texts_of(work, alliance) if one.frozen and standing().may_read(one.frozen_at)]
    text = next((one for one in readable if number in (0, one.version)), None)
    if text is None:
        raise NotFound
    return services.adopted_version(work, text)


def _adopt(status: int = 200) -> Response:
    work, alliance, text = current_work(), standing().alliance, charter()
    rows = shown.rows(work, alliance, text)
    return page(
        "drafting/adopt.html",
        status,
        text=TextView().dump(text),
        missing=shown.missing(services.missing(work, text)),
        refused=status == 409,
        articles=[{**row, "reservations": [one for one in row["voices"] if one["kind"] == "reservation"]} for row in rows],
        parties=[shown.party_mark(party) for party in alliance.accepted_parties],
        may=rights(text),
    )


def _article(one: AdoptedArticle, path: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "html": html(one.nodes, str(one.number)),
        "sha256": one.sha256,
        "reservations": one.reservations,
        "path": path,
    }
