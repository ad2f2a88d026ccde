"""The charter's pages: the board, the text written together, one article, adopting, the adopted charter."""

from charter.drafting.pages import adopting, articles, board, consenting, talk, writing
from charter.drafting.pages.blueprint import pages

__all__ = ["adopting", "articles", "board", "consenting", "talk", "writing"]
BLUEPRINTS = (pages,)
