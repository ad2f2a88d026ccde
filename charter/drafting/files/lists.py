"""Lists from paragraphs that only say their list and level, as word processors write them."""

from __future__ import annotations

from dataclasses import dataclass

from charter.drafting.files.understood import Node


@dataclass(slots=True)
class _Open:
    list_id: str
    level: int
    node: Node


class Lists:
    """The lists open at this point of the document, outermost first."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def close(self) -> None:
        """Something else than a list was met."""
        self._open.clear()

    def item(self, list_id: str, level: int, paragraph: Node, *, ordered: bool, start: int) -> Node | None:
        """Adds an item; gives the list when it is a new one that stands in no other."""
        while self._open and (self._open[-1].level > level or (self._open[-1].level == level and self._open[-1].list_id != list_id)):
            self._open.pop()
        item = {"type": "list_item", "content": [paragraph]}
        if self._open and self._open[-1].level == level:
            self._open[-1].node["content"].append(item)
            return None
        node: Node = {"type": "ordered_list" if ordered else "bullet_list", "content": [item]}
        if ordered and start != 1:
            node["attrs"] = {"order": start}
        outer = self._open[-1].node if self._open else None
        self._open.append(_Open(list_id, level, node))
        if outer is None:
            return node
        outer["content"][-1]["content"].append(node)
        return None

    def follow(self, level: int, paragraph: Node) -> bool:
        """Adds a paragraph to the last item of the list open at that level; False when there is none."""
        while self._open and self._open[-1].level > level:
            self._open.pop()
        if not self._open:
            return False
        self._open[-1].node["content"][-1]["content"].append(paragraph)
        return True
