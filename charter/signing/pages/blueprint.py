"""The blueprint and what its views share."""

from __future__ import annotations

from flask import Blueprint

from charter.adapters.signer import EIDAS_CLAIM, EIDAS_LABEL, PROCUREMENT
from charter.i18n import gettext

pages = Blueprint("signing", __name__, url_prefix="/alliances/<alliance_ref>/signature")


@pages.app_context_processor
def level() -> dict[str, object]:
    """The level the product reaches, in the same words on every page."""
    return {"eidas": {"label": gettext(EIDAS_LABEL), "claim": gettext(EIDAS_CLAIM), "procurement": gettext(PROCUREMENT)}}
