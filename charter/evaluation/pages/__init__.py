"""The evaluation's pages: the timeline and its calendar, answering, the review and what is decided."""

from charter.evaluation.pages import answering, reviewing, timeline
from charter.evaluation.pages.blueprint import pages

__all__ = ["answering", "reviewing", "timeline"]
BLUEPRINTS = (pages,)
