"""The consent board: who consents to what, what is missing and from whom. It stays true while one looks at it."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, me, page, standing
from charter.adapters.http.render import partial
from charter.drafting import services, shown
from charter.drafting.models import Text
from charter.drafting.pages.blueprint import charter, here, not_begun, pages, rights
from charter.drafting.schemas import KIND_LABELS, TextView
from charter.errors import NotFound
from charter.i18n import gettext, locale


@pages.get("")
@inside("alliance.see", parties=("accepted", "left"))
def board(alliance_ref: str) -> Response:
    """The whole charter at a glance; those who left keep the charter of their time."""
    work, alliance = current_work(), standing().alliance
    if standing().gone:
        return redirect(url_for("drafting.adopted", alliance_ref=alliance_ref))
    text = services.find_charter(work, alliance)
    if text is None:
        return not_begun()
    return page(
        "drafting/board.html",
        **_board(alliance_ref, text),
        stamp=_stamp(text),
        versions=[TextView().dump(one) for one in services.texts_of(work, alliance) if one.frozen],
        deadlines=shown.deadlines(work, alliance, text),
        proposed=sum(services.open_amendments(work, text).values()),
    )


@pages.get("/tableau")
@inside("alliance.see")
def board_now(alliance_ref: str) -> Response:
    """The part of the board that moves, for the page that shows it; 304 while nothing of it did."""
    text = charter()
    stamp = _stamp(text)
    if stamp in request.if_none_match:
        response: Response = make_response("", 304)
    else:
        response = partial("drafting/_board.html", **_board(alliance_ref, text))
    response.set_etag(stamp)
    return response


@pages.get("/articles/<article_ref>/avis/<party_ref>/ecart")
@inside("alliance.see")
def changes(alliance_ref: str, article_ref: str, party_ref: str) -> Response:
    """What changed in an article since a party said its word: the words it read, against those of today."""
    work, article = current_work(), here(article_ref)
    said = next(
        (one for one in services.standing_consents(work, article.text) if one.article_id == article.id and one.party.ref == party_ref), None
    )
    if said is None:
        raise NotFound
    words = next(one for one in services.article_words(work, article.text) if one.ref == article.ref)
    return page(
        "drafting/changes.html",
        article={"ref": words.ref, "number": words.number, "title": words.title},
        party=shown.party_mark(said.party),
        label=gettext(KIND_LABELS[said.kind]),
        reason=said.reason,
        at=said.at,
        same=said.sha256 == words.sha256,
        changes=services.since(work, said, words.title, words.nodes),
    )


def _board(alliance_ref: str, text: Text) -> dict[str, Any]:
    work, alliance, may = current_work(), standing().alliance, rights(text)
    rows = shown.board_rows(work, alliance, text)
    mine = standing().party.ref if standing().party else ""
    return {
        "text": TextView().dump(text),
        "articles": [_line(alliance_ref, row, mine if may["consent"] else "") for row in rows],
        "parties": [shown.party_mark(party) for party in alliance.accepted_parties],
        "counts": {"articles": len(rows), "settled": sum(shown.settled(row) for row in rows)},
        "missing": shown.missing(services.missing(work, text)),
        "mine": _mine(alliance_ref, rows, mine if may["consent"] else ""),
        "state": shown.round_state(work, text),
        "may": may,
        "others_speak": shown.others_speak(work, standing().party, me()),
    }


def _stamp(text: Text) -> str:
    """What the answer depends on: the board, its reader, and the day that dates are told from."""
    roles = sorted(standing().roles) if standing().party else []
    seen = (services.board_stamp(current_work(), text), me().id, roles, locale(), current_work().now().date().isoformat())
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]


def _line(alliance_ref: str, row: dict[str, Any], mine: str) -> dict[str, Any]:
    """A row of the board; the visitor's own cells lead to the page where they say their party's word."""
    say = url_for("drafting.consent", alliance_ref=alliance_ref, article_ref=row["ref"])
    read = url_for("drafting.article", alliance_ref=alliance_ref, article_ref=row["ref"])
    cells = {one["party"]: _cell(alliance_ref, row, one, say if one["party"] == mine else "") for one in row["voices"]}
    return {
        "number": row["number"],
        "title": row["title"],
        "url": read,
        "settled": shown.settled(row),
        "locked": row["locked"],
        "reopened": row["reopened"],
        "cells": cells,
    }


def _cell(alliance_ref: str, row: dict[str, Any], said: dict[str, Any], say: str) -> dict[str, Any]:
    stale = said["kind"] == "stale"
    gap = url_for("drafting.changes", alliance_ref=alliance_ref, article_ref=row["ref"], party_ref=said["party"]) if stale else ""
    return {"kind": said["kind"], "note": said["reason"], "url": say, "changes": gap}


def _mine(alliance_ref: str, rows: list[dict[str, Any]], mine: str) -> dict[str, Any]:
    """Where the visitor's party goes next: the first article awaiting its word, those put to consent first, and how many do."""
    awaited = [row for row in rows for one in row["voices"] if one["party"] == mine and one["kind"] in {"none", "stale"}]
    awaited.sort(key=lambda row: not row["locked"])
    if not awaited:
        return {"url": "", "left": 0}
    return {"url": url_for("drafting.consent", alliance_ref=alliance_ref, article_ref=awaited[0]["ref"]), "left": len(awaited)}
