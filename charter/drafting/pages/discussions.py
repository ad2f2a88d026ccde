"""Every discussion of the charter on one page, those that outlived their words included."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, me, page, standing
from charter.drafting import remarks, services
from charter.drafting.pages.blueprint import not_begun, pages
from charter.i18n import gettext
from workflows.base import N_

STATES = {"ouvertes": N_("Ouvertes"), "closes": N_("Closes"), "toutes": N_("Toutes")}


@pages.get("/discussions")
@inside("alliance.see")
def discussions(alliance_ref: str) -> Response:
    """The discussions, open ones unless asked otherwise, article by article."""
    work = current_work()
    text = services.find_charter(work, standing().alliance)
    if text is None:
        return not_begun()
    words = services.article_words(work, text)
    state = request.args.get("etat", "") if request.args.get("etat", "") in STATES else "ouvertes"
    every = [remarks.thread(one, me()) for one in services.all_threads(work, text, words)]
    shown = [one for one in every if _wanted(one, state)]
    places = [(one.ref, one.number, one.title) for one in words] + [("", 0, gettext(N_("Articles retirés")))]
    groups: list[dict[str, Any]] = [
        {"ref": ref, "number": number, "title": title, "threads": [one for one in shown if one["article"] == ref]}
        for ref, number, title in places
    ]
    return page(
        "drafting/discussions.html",
        groups=[one for one in groups if one["threads"]],
        state=state,
        states=[(key, gettext(label), sum(_wanted(one, key) for one in every)) for key, label in STATES.items()],
    )


def _wanted(thread: dict[str, Any], state: str) -> bool:
    return state == "toutes" or thread["resolved"] == (state == "closes")
