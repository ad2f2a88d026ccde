"""The proposal's pages, one question a screen."""

from charter.proposals.pages import answering, choosing, declaring, proposing, territory
from charter.proposals.pages.blueprint import pages

__all__ = ["answering", "choosing", "declaring", "proposing", "territory"]
BLUEPRINTS = (pages,)
