"""The blueprint the evaluation's pages hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint

from charter.adapters.http import current_work, standing
from charter.evaluation import services
from charter.evaluation.files import readable
from charter.evaluation.models import Checkpoint

pages = Blueprint("evaluation", __name__, url_prefix="/alliances/<alliance_ref>/evaluation")


def checkpoint_here(ref: str) -> Checkpoint:
    """The checkpoint of the address. Raises NotFound, also to a party that left before it was concluded (promise 7)."""
    return readable(services.checkpoint_of(current_work(), standing().alliance, ref))
