"""What changed between two texts, as people read it: block by block, then word by word. Pure: nodes in, pieces out."""

from charter.drafting.comparison.blocks import Block, Span, blocks_of
from charter.drafting.comparison.pieces import Difference, Piece, difference
from charter.drafting.comparison.words import Run

__all__ = ["Block", "Difference", "Piece", "Run", "Span", "blocks_of", "difference"]
