"""An article's words as somebody without script writes them: simple Markdown in a text area, there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from charter.drafting.files.markdown_in import read_markdown
from charter.drafting.files.tidy import tidy
from charter.drafting.files.understood import Block, Unreadable
from charter.drafting.live.canonical import Node, normalise
from charter.drafting.markdown_out import to_markdown

DEEPEST_HEADING = 4
MOST = 30_000
"""Characters: what an article may be typed in without script, and what is read while a visitor waits."""


def written(nodes: Sequence[Node]) -> str:
    """The words as Markdown."""
    return to_markdown(normalise(nodes)).rstrip("\n")


def read(text: str, base: Sequence[Node] = ()) -> list[Node]:
    """The nodes of what was typed. A block nobody touched stays that of `base`, to the space: Markdown has no place for all of it.

    Raises ValueError when it is nested too deep, or longer than MOST."""
    if len(text) > MOST:
        raise ValueError("too long")
    known = {json.dumps(_nodes(written([node])), sort_keys=True): node for node in normalise(base)}
    return [known.get(json.dumps([node], sort_keys=True), node) for node in _nodes(text)]


def _nodes(text: str) -> list[Node]:
    try:
        met = read_markdown(text.encode())
    except Unreadable as error:
        raise ValueError(error.reason) from error
    return tidy([_node(block) for block in met.blocks])


def _node(block: Block) -> Node:
    if not block.level and not block.is_title:
        return block.node
    level = DEEPEST_HEADING if block.level >= DEEPEST_HEADING else DEEPEST_HEADING - 1
    return {"type": "heading", "attrs": {"level": level}, "content": block.node.get("content", [])}
