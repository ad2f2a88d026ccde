"""The consent board: who consents to what, what is missing and from whom."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, page, standing
from charter.drafting import services, shown
from charter.drafting.models import Text
from charter.drafting.pages.blueprint import not_begun, pages, rights
from charter.drafting.schemas import TextView


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
    rows = shown.rows(work, alliance, text)
    mine = standing().party.ref if standing().party else ""
    return page(
        "drafting/board.html",
        text=TextView().dump(text),
        articles=[_line(alliance_ref, row, mine if rights(text)["consent"] else "") for row in rows],
        parties=[shown.party_mark(party) for party in alliance.accepted_parties],
        counts=_counts(rows),
        missing=shown.missing(services.missing(work, text)),
        versions=[TextView().dump(one) for one in services.texts_of(work, alliance) if one.frozen],
        mine=_mine(alliance_ref, text, rows, mine),
        deadlines=shown.deadlines(work, alliance, text),
        may=rights(text),
    )


def _line(alliance_ref: str, row: dict[str, Any], mine: str) -> dict[str, Any]:
    """A row of the board; the visitor's own cells lead to the page where they say their party's word."""
    say = url_for("drafting.consent", alliance_ref=alliance_ref, article_ref=row["ref"])
    read = url_for("drafting.article", alliance_ref=alliance_ref, article_ref=row["ref"])
    cells = {
        one["party"]: {"kind": one["kind"], "note": one["reason"], "url": say if one["party"] == mine else ""} for one in row["voices"]
    }
    return {"number": row["number"], "title": row["title"], "url": read, "settled": shown.settled(row), "cells": cells}


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {"articles": len(rows), "settled": sum(shown.settled(row) for row in rows), "talk": sum(row["talk"] for row in rows)}


def _mine(alliance_ref: str, text: Text, rows: list[dict[str, Any]], mine: str) -> dict[str, Any]:
    """Where the visitor's party goes next: the first article awaiting its word, and how many do."""
    awaited = [row["ref"] for row in rows for one in row["voices"] if one["party"] == mine and one["kind"] in {"none", "stale"}]
    if not awaited or not rights(text)["consent"]:
        return {"url": "", "left": 0}
    return {"url": url_for("drafting.consent", alliance_ref=alliance_ref, article_ref=awaited[0]), "left": len(awaited)}
