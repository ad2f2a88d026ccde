"""The API's blueprint and what its views share."""

from __future__ import annotations

from flask_smorest import Blueprint

from charter.adapters.http import current_work, standing
from charter.signing import services
from charter.signing.answers import limiting_party
from charter.signing.models import Envelope
from workflows.roles import may

api = Blueprint(
    "api_signing",
    __name__,
    url_prefix="/api/v1/alliances/<alliance_ref>/signature",
    description="The envelope: who signs, the ceremony of each signatory, signed files and evidence",
)


def the_envelope() -> Envelope:
    """The newest envelope of this address's alliance that is open to the caller. Raises NotFound."""
    return services.the_current(current_work(), standing().alliance, limiting_party())


def leads() -> bool:
    """Whether the caller is among those who lead the alliance."""
    here = standing()
    return may("signing.prepare", here.roles, facilitator=here.facilitator, leading=here.leading)
