"""The charter's pages: the board, the text written together, one article, adopting, the adopted charter."""

from charter.drafting.pages import (
    adopting,
    amending,
    amendments,
    articles,
    authors,
    board,
    bringing,
    calendar,
    consenting,
    discussions,
    downloads,
    rounds,
    shaping,
    talk,
    tension,
    terms,
    versions,
    voice,
    writing,
)
from charter.drafting.pages.blueprint import pages
from charter.drafting.pages.mailing import mailing

__all__ = [
    "adopting",
    "amending",
    "amendments",
    "articles",
    "authors",
    "board",
    "bringing",
    "calendar",
    "consenting",
    "discussions",
    "downloads",
    "rounds",
    "shaping",
    "talk",
    "tension",
    "terms",
    "versions",
    "voice",
    "writing",
]
BLUEPRINTS = (pages, mailing)
