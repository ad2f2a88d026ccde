"""« Où ça bloque » : the articles by tension, the parties nobody heard of, and what may be done next."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import allowed, current_work, inside, page, standing
from charter.alliances import days
from charter.alliances.services import party_of
from charter.drafting import services, shown
from charter.drafting.pages.blueprint import being_written, charter, not_begun, pages, rights
from charter.drafting.services import ArticleTension, PartySilence
from charter.errors import Refused
from charter.i18n import gettext
from workflows.base import N_


@pages.get("/ou-ca-bloque")
@inside("alliance.see")
def tension(alliance_ref: str) -> Response:
    """Where the charter blocks, open to all; the facilitator and the leading party may write to a party from here."""
    work, alliance = current_work(), standing().alliance
    text = services.find_charter(work, alliance)
    if text is None:
        return not_begun()
    found = services.tension(work, text)
    heavy = [_article(alliance_ref, one) for one in found.articles if one.weight]
    return page(
        "drafting/tension.html",
        articles=heavy,
        calm=len(found.articles) - len(heavy),
        parties=[_party(one) for one in found.parties],
        state=shown.round_state(work, text),
        deadlines=shown.deadlines(work, alliance, text),
        may_nudge=being_written(text) and allowed("drafting.nudge"),
        written=being_written(text),
        may=rights(text),
    )


@pages.post("/relances/<party_ref>")
@inside("drafting.nudge")
def nudge(alliance_ref: str, party_ref: str) -> Response:
    """Writes to those who speak for a party; refused with a word when it was written to today, or is awaited for nothing."""
    party = party_of(standing().alliance, party_ref)
    try:
        services.nudge(current_work(), charter(), party)
    except Refused as refusal:
        flash(gettext(refusal.message, **refusal.params), "error")
    else:
        flash(gettext(N_("Un message part à ceux qui parlent pour %(party)s."), party=party.name), "success")
    return redirect(url_for("drafting.tension", alliance_ref=alliance_ref))


def _article(alliance_ref: str, one: ArticleTension) -> dict[str, Any]:
    names = ("ref", "number", "title", "locked", "objections", "reservations", "died", "amendments", "threads", "writers")
    read = url_for("drafting.article", alliance_ref=alliance_ref, article_ref=one.ref)
    return {**{name: getattr(one, name) for name in names}, "url": read}


def _party(one: PartySilence) -> dict[str, Any]:
    now = current_work().now()
    today = days.today(standing().alliance, now)
    return {
        **shown.party_mark(one.party),
        "awaited": one.awaited,
        "spoke_at": one.spoke_at,
        "seen_at": one.seen_at,
        "silent": one.silent(now),
        "nudged_on": one.nudged_on,
        "nudged_today": one.nudged_on == today,
    }
