"""The blueprint of the charter's pages, and what they share."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect
from werkzeug.wrappers import Response

from charter.adapters.http import allowed, current_work, me, standing
from charter.adapters.http.render import page, wants_partial
from charter.drafting import services
from charter.drafting.models import Article, Text
from charter.i18n import gettext
from workflows.base import N_
from workflows.drafting import TextStatus
from workflows.lifecycle import AllianceStatus

RIGHTS = ("edit", "comment", "consent", "adopt", "calendar", "round", "voice", "nudge")

pages = Blueprint("drafting", __name__, url_prefix="/alliances/<alliance_ref>/charte")


def charter() -> Text:
    """The charter of the alliance of this address. Raises NotFound before drafting begins."""
    return services.charter_of(current_work(), standing().alliance)


def here(article_ref: str) -> Article:
    """The article of this address. Raises NotFound."""
    return services.article_of(current_work(), charter(), article_ref)


def being_written(text: Text) -> bool:
    """True while the charter's words may change."""
    return text.status == TextStatus.drafting and standing().alliance.status == AllianceStatus.drafting


def rights(text: Text) -> dict[str, bool]:
    """What the visitor may do on the charter now. `consent` is for those who speak for their party."""
    live = being_written(text)
    found = {name: live and allowed(f"drafting.{name}") for name in RIGHTS}
    party = standing().party
    found["consent"] = found["consent"] and party is not None and services.may_speak(current_work(), party, me())
    found["amend"] = live and allowed("amendment.propose")
    return found


def not_begun() -> Response:
    """The page of a charter that does not exist yet: what must happen first."""
    return page("drafting/not_begun.html", text=gettext(N_("La charte s’écrit à l’étape de co-rédaction.")))


def done(said: str, article: str, address: str) -> Response:
    """The answer to a gesture that shaped the text: `said` is shown where one goes next, or by the live text that asked."""
    if wants_partial():
        response: Response = jsonify(said=said, article=article)
        return response
    flash(said, "success")
    return redirect(address)


def places() -> list[tuple[str, str]]:
    """Where an article may go: after each of the others."""
    said = N_("Après l’article %(number)s, « %(title)s »")
    return [(one.ref, gettext(said, number=number, title=one.title)) for number, one in enumerate(charter().present_articles, start=1)]
