"""The charter's pages: the board, the text written together, one article, adopting, the adopted charter."""

from charter.drafting.pages import adopting, articles, board, calendar, consenting, discussions, shaping, talk, terms, writing
from charter.drafting.pages.blueprint import pages
from charter.drafting.pages.mailing import mailing

__all__ = [
    "adopting",
    "articles",
    "board",
    "calendar",
    "consenting",
    "discussions",
    "shaping",
    "talk",
    "terms",
    "writing",
]
BLUEPRINTS = (pages, mailing)
