"""Markdown read as blocks of the schema: CommonMark with pipe tables and footnotes; HTML is never taken for more than its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from charter.drafting.files.tidy import link, plain
from charter.drafting.files.understood import Block, Met, Node, Unreadable

MAX_NESTING = 60
_FRONT = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(strong|b|em|i)>", re.IGNORECASE)
_MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
_OURS = re.compile(r"> \*\*(?:Réserve de|PROJET)\b")
_QUOTED = re.compile(r"<[^<>]*>")  # ends at the next « < »: a row of them is gone over once


def read_markdown(data: bytes) -> Met:
    """All that is in a text, Markdown or plain. Raises Unreadable (`encoding`, `deep`)."""
    return _Reader().read(decoded(data))


def decoded(data: bytes) -> str:
    """The text of a file. Raises Unreadable (`encoding`)."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error
    if "\0" in text:
        raise Unreadable("kind")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").use(footnote_plugin)
    # Addresses as they are written: what a link may point to is the schema's business.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


class _Reader:
    def __init__(self) -> None:
        self._met = Met()
        self._notes: dict[int, str] = {}

    def read(self, text: str) -> Met:
        if front := _FRONT.match(text):
            self._met.left_out["metadata"] = 1
            text = text[front.end() :]
        kept = [row for row in text.split("\n") if not _OURS.match(row)]
        self._met.left_out["around"] = int(len(kept) < text.count("\n") + 1)
        tokens = _parser().parse("\n".join(kept))
        # Beyond that depth the parser leaves words out without a word.
        if any(token.level >= MAX_NESTING - 1 for token in tokens):
            raise Unreadable("deep")
        tree = SyntaxTreeNode(tokens)
        for block in tree.children:
            if block.type == "footnote_block":
                self._notes = {int(one.meta["id"]): plain(self._flat(one)) for one in block.children}
        for block in tree.children:
            self._met.blocks.extend(self._block(block))
        self._first_title()
        return self._met

    def _first_title(self) -> None:
        """The only title of the first rank, when it comes first, is the document's."""
        ranked = [block for block in self._met.blocks if block.level]
        if (
            ranked
            and ranked[0] is self._met.blocks[0]
            and ranked[0].level == 1
            and all(block.level > 1 for block in ranked[1:])
            and ranked[1:]
        ):
            ranked[0].level, ranked[0].is_title = 0, True

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        if node.type == "heading":
            yield Block({"type": "paragraph", "content": self._inline(node)}, level=int(node.tag[1:]))
        elif node.type == "paragraph":
            content = self._inline(node)
            words = [one for one in content if one["type"] == "text" and one["text"].strip()]
            bold = bool(words) and all({"type": "strong"} in one.get("marks", []) for one in words)
            yield Block({"type": "paragraph", "content": content}, bold=bold)
        elif node.type == "blockquote":
            for child in node.children:
                yield from self._block(child)
        else:
            yield from map(Block, self._nodes(node))

    def _nodes(self, node: SyntaxTreeNode) -> Iterator[Node]:
        """What is not a title nor a paragraph of the first floor."""
        if node.type in ("bullet_list", "ordered_list"):
            start = int(node.attrs.get("start", 1))
            attributes = {"attrs": {"order": start}} if start != 1 and start < 1_000_000 else {}
            items = [
                {"type": "list_item", "content": [made for child in one.children for made in self._nodes(child)]} for one in node.children
            ]
            yield {"type": node.type, **attributes, "content": items}
        elif node.type in ("paragraph", "heading"):
            yield {"type": "paragraph", "content": self._inline(node)}
        elif node.type == "table":
            yield self._table(node)
        elif node.type in ("fence", "code_block"):
            for row in node.content.strip("\n").split("\n"):
                yield {"type": "paragraph", "content": [{"type": "text", "text": row}] if row.strip() else []}
        elif node.type == "html_block":
            self._met.left_out["html"] += not node.content.startswith("<!--")
            words = _QUOTED.sub(" ", node.content) if not node.content.startswith("<!--") else ""
            yield {"type": "paragraph", "content": [{"type": "text", "text": words}] if words.strip() else []}
        elif node.type == "hr":
            self._met.left_out["rules"] += 1
        elif node.type not in ("footnote_block", "footnote_anchor"):
            for child in node.children:
                yield from self._nodes(child)

    def _table(self, table: SyntaxTreeNode) -> Node:
        rows = [row for part in table.children for row in part.children]
        lines = [[self._cell(cell) for cell in row.children] for row in rows]
        made = [{"type": "table_row", "content": line} for line in lines]
        header = lines[0]
        # Markdown has no table without headers: one whose headers are all empty had none.
        bare = not any(block.get("content") for cell in header for block in cell["content"])
        return {"type": "table", "content": made[1:] if bare and len(made) > 1 else made}

    def _cell(self, cell: SyntaxTreeNode) -> Node:
        kind = "table_header" if cell.tag == "th" else "table_cell"
        return {"type": kind, "content": [{"type": "paragraph", "content": self._inline(cell)}]}

    def _flat(self, node: SyntaxTreeNode) -> list[Node]:
        """The words of a note's paragraphs, one after another."""
        if node.type == "inline":
            return [*self._line(node.children), {"type": "text", "text": " "}]
        return [one for child in node.children for one in self._flat(child)]

    def _inline(self, block: SyntaxTreeNode) -> list[Node]:
        return [made for inline in block.children if inline.type == "inline" for made in self._line(inline.children)]

    def _line(self, nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
        return list(_Line(self).runs(nodes, []))

    def note(self, identifier: int) -> str:
        """A note's words."""
        return self._notes.get(identifier, "")

    def count(self, kind: str) -> None:
        """One more thing left out."""
        self._met.left_out[kind] += 1


class _Line:
    """One line of inline nodes: marks opened by HTML tags hold until they are closed."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._tags: list[str] = []

    def runs(self, nodes: Iterable[SyntaxTreeNode], marks: list[Node]) -> Iterator[Node]:
        for node in nodes:
            if node.type in ("text", "code_inline", "text_special"):
                yield _run(node.content, [*marks, *({"type": kind} for kind in self._tags)])
            elif node.type in ("softbreak", "hardbreak"):
                yield {"type": "hard_break"} if node.type == "hardbreak" else _run(" ", marks)
            elif node.type in ("strong", "em"):
                yield from self.runs(node.children, [*marks, {"type": node.type}])
            elif node.type == "link":
                yield from self.runs(node.children, [*marks, *self._link(str(node.attrs.get("href", "")))])
            elif node.type == "html_inline":
                yield from self._html(node.content)
            elif node.type == "footnote_ref":
                if text := self._reader.note(int(node.meta["id"])):
                    yield {"type": "note", "attrs": {"text": text}}
            elif node.type == "image":
                self._reader.count("images")

    def _link(self, address: str) -> list[Node]:
        href = link(address)
        if href is None:
            self._reader.count("links")
        return [{"type": "link", "attrs": {"href": href}}] if href else []

    def _html(self, tag: str) -> Iterator[Node]:
        if _BREAK.fullmatch(tag):
            yield {"type": "hard_break"}
        elif match := _TAG.fullmatch(tag):
            kind = _MARKS[match[2].lower()]
            if not match[1]:
                self._tags.append(kind)
            elif kind in self._tags:
                self._tags.remove(kind)
        else:
            self._reader.count("html")


def _run(text: str, marks: list[Node]) -> Node:
    unique = [mark for place, mark in enumerate(marks) if mark["type"] not in {other["type"] for other in marks[:place]}]
    return {"type": "text", "text": text, **({"marks": unique} if unique else {})}
