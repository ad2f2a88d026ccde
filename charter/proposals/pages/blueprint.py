"""The blueprint of the proposal's pages, and the way from one screen to the next."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

pages = Blueprint("proposals", __name__)

JOURNEY = ("start", "organisation", "yourself", "territory", "purpose", "invite")
"""The screens of somebody who proposes an alliance, in order."""


def in_journey() -> bool:
    """True while one goes from screen to screen, rather than mending one answer."""
    return request.args.get("parcours") == "1"


def place(screen: str) -> dict[str, int]:
    """`step` and `steps` for the progress of a screen of the journey; nothing outside it."""
    return {"step": JOURNEY.index(screen) + 1, "steps": len(JOURNEY)} if in_journey() or screen in JOURNEY[:2] else {}


def onward(screen: str, alliance_ref: str) -> Response:
    """The next screen of the journey, or back to the proposal."""
    following = JOURNEY.index(screen) + 1
    if in_journey() and following < len(JOURNEY):
        return redirect(url_for(f"proposals.{JOURNEY[following]}", alliance_ref=alliance_ref, parcours=1))
    return redirect(url_for("proposals.show", alliance_ref=alliance_ref))
