"""Where the alliance acts: a search, and a list one adds to; each choice is saved at once. Works without script."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, partial, standing
from charter.alliances import territories
from charter.alliances.territories import KIND_LABELS, Territory
from charter.errors import Invalid
from charter.i18n import gettext
from charter.proposals import services
from charter.proposals.pages.blueprint import in_journey, onward, pages, place
from charter.proposals.schemas import SearchForm, TerritoryView, chosen_territories
from workflows.base import N_

FOUND = 8


@pages.get("/alliances/<alliance_ref>/proposition/territoire")
@inside("proposal.need")
def territory(alliance_ref: str) -> Response:
    """The territories chosen, and those a search finds."""
    wanted = request.args.get("q", "").strip()
    form = Form(SearchForm(), {"q": wanted})
    found = _found(wanted)
    if wanted and not found:
        form.refuse(Invalid({"q": [_unknown(wanted)]}))
    return _territory(form, found)


@pages.get("/alliances/<alliance_ref>/proposition/territoire/recherche")
@inside("proposal.need")
def find_territory(alliance_ref: str) -> Response:
    """The same search as a fragment, while one types."""
    wanted = request.args.get("q", "").strip()
    return partial("proposals/_territories.html", found=_found(wanted), wanted=wanted, unknown=_unknown(wanted), journey=in_journey())


@pages.post("/alliances/<alliance_ref>/proposition/territoire")
@inside("proposal.need")
def set_territory(alliance_ref: str) -> Response:
    """Adds one, removes one, or goes on."""
    alliance, form = standing().alliance, Form(SearchForm())
    added, removed = request.form.get("add", ""), request.form.get("remove", "")
    refs = [str(ref) for ref in alliance.territory_codes if ref != removed]
    refs += [added] if added and added not in refs else []
    if not added and not removed:
        if refs:
            return onward("territory", alliance_ref)
        form.refuse(Invalid({"q": [gettext(N_("Cherchez un territoire, puis choisissez-le dans la liste"))]}))
        return _territory(form, [], 422)
    try:
        services.set_territories(current_work(), alliance, [_pair(ref) for ref in refs])
    except Invalid as error:
        form.refuse(Invalid({"q": [gettext(text) for texts in error.fields.values() for text in texts]}))
        return _territory(form, [], 422)
    return redirect(url_for("proposals.territory", alliance_ref=alliance_ref, parcours=1 if in_journey() else None))


def _pair(ref: str) -> tuple[str, str]:
    kind, _, code = ref.partition("-")
    return kind, code


def _found(wanted: str) -> list[dict[str, Any]]:
    chosen = set(standing().alliance.territory_codes)
    found = territories.search(current_work().session, wanted, FOUND) if wanted else []
    return [_shown(one, one.ref in chosen) for one in found]


def _shown(one: Territory, chosen: bool) -> dict[str, Any]:
    return {**TerritoryView().dump(one), "kind_label": gettext(KIND_LABELS[one.kind]), "chosen": chosen}


def _unknown(wanted: str) -> str:
    text = N_("Aucun territoire ne répond à « %(wanted)s » : vérifiez l’orthographe, ou cherchez par code postal")
    return gettext(text, wanted=wanted)


def _territory(form: Form, found: list[dict[str, Any]], status: int = 200) -> Response:
    chosen = chosen_territories(standing().alliance)
    wanted = str(form.value("q"))
    return page(
        "proposals/territory.html",
        status,
        form=form,
        found=found,
        chosen=chosen,
        wanted=wanted,
        unknown="",
        journey=in_journey(),
        **place("territory"),
    )
