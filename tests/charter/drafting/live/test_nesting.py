"""An update whose values are nested so deep that reading them would end the process is refused before it is read."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pycrdt import Doc

from charter.drafting.live import nesting
from charter.drafting.live.canonical import content_from_nodes, fragment
from charter.drafting.live.document import LiveDocument, Unacceptable

LEVELS = 200_000


def bomb(levels: int) -> bytes:
    """One structure: lists within lists, under a root called « c »."""
    return bytes([1, 1, 1, 0, 8, 1, 1]) + b"c" + bytes([1]) + b"\x75\x01" * levels + b"\x7e\x00"


def test_reading_a_nested_update_ends_a_process() -> None:
    """What we guard against: when the library one day refuses by itself, the guard may go."""
    code = "import sys; from pycrdt import Doc; Doc().apply_update(sys.stdin.buffer.read())"
    assert subprocess.run([sys.executable, "-c", code], input=bomb(LEVELS), check=False).returncode < 0


@pytest.mark.parametrize("levels", [17, 1000, LEVELS])
def test_nested_updates_are_refused_and_leave_no_trace(levels: int) -> None:
    document = LiveDocument(content_from_nodes([{"type": "paragraph", "content": [{"type": "text", "text": "Intact."}]}]))
    with pytest.raises(Unacceptable):
        document.apply(bomb(levels))
    assert document.nodes()[0]["content"][0]["text"] == "Intact."


def test_a_long_article_passes() -> None:
    link = {"type": "link", "attrs": {"href": "https://exemple.test/é"}}
    marked = [{"type": "text", "text": "lien", "marks": [{"type": "strong"}, link]}, {"type": "hard_break"}]
    nodes: list[dict[str, Any]] = [
        {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "Œuvrer ensemble 🌍"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "uvuvu" * 50}, *marked]},
        {"type": "ordered_list", "attrs": {"order": 4}, "content": [{"type": "list_item", "content": [{"type": "paragraph"}]}]},
    ] * 60
    update = content_from_nodes(nodes)
    assert len(update) > nesting.HARMLESS
    LiveDocument().apply(update)


def test_a_long_history_with_deletions_passes() -> None:
    doc: Doc[Any] = Doc()
    doc.apply_update(content_from_nodes([{"type": "paragraph", "content": [{"type": "text", "text": "mot"}]}] * 400))
    other: Doc[Any] = Doc()
    other.apply_update(doc.get_update())
    for place in range(150, 0, -1):
        del fragment(doc).children[place]
        del fragment(other).children[place + 150]
    doc.apply_update(other.get_update())
    assert len(doc.get_update()) > nesting.HARMLESS
    nesting.check(doc.get_update())


def test_a_long_update_that_cannot_be_followed_is_refused() -> None:
    with pytest.raises(nesting.TooDeep):
        nesting.check(b"\xff" * (nesting.HARMLESS + 1))
    with pytest.raises(nesting.TooDeep):
        nesting.check(bytes([1, 1, 1, 0, 31]) + bytes(nesting.HARMLESS))
