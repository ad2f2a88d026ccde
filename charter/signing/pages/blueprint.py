"""The blueprint and what its views share."""

from __future__ import annotations

from flask import Blueprint

from charter.adapters.http import current_work, standing
from charter.adapters.signer import EIDAS_CLAIM, EIDAS_LABEL, PROCUREMENT
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import limiting_party
from charter.signing.models import Envelope
from workflows.roles import may

pages = Blueprint("signing", __name__, url_prefix="/alliances/<alliance_ref>/signature")


@pages.app_context_processor
def level() -> dict[str, object]:
    """The level the product reaches, in the same words on every page."""
    return {"eidas": {"label": gettext(EIDAS_LABEL), "claim": gettext(EIDAS_CLAIM), "procurement": gettext(PROCUREMENT)}}


def the_envelope() -> Envelope:
    """The newest envelope of this address's alliance that is open to the visitor. Raises NotFound."""
    return services.the_current(current_work(), standing().alliance, limiting_party())


def allowed(action: str) -> bool:
    """Whether the visitor may do `action` here."""
    here = standing()
    return may(action, here.roles, facilitator=here.facilitator, leading=here.leading)
