"""From a Markdown source of ours to the blocks the editor works on.

A source is a text file with a TOML front matter between two `+++` lines, then a body in a small part of Markdown:
paragraphs, headings of level 3 and 4, bullet and numbered lists, strong, emphasis, links, hard breaks. The body
may hold Jinja placeholders, rendered in a sandbox.

The value of a placeholder is text, never Markdown nor HTML: it enters the blocks after the Markdown has been read,
so nothing a user typed can become a heading, a link or a tag.

Blocks are ProseMirror nodes as JSON-able dictionaries (`{"type": "paragraph", "content": [...]}`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node = dict[str, Any]
Mark = dict[str, Any]

_FENCE = "+++"
# Two private-use characters carry the index of a value through the Markdown parser; they are removed from values.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_SAFE_LINK = re.compile(r"^(https?://|mailto:)", re.IGNORECASE)
_NO_BREAK, _NARROW = "\u00a0", "\u202f"


class SourceError(ValueError):
    """A source file of ours is wrong: bad front matter, unknown placeholder, unsupported Markdown."""


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file: `meta` from the front matter, `body` the Markdown below it."""

    name: str
    meta: Mapping[str, Any]
    body: str


def parse_source(name: str, text: str) -> Source:
    """Split front matter and body. Raises `SourceError` when the front matter is absent or is not TOML."""
    if not text.startswith(_FENCE + "\n") or f"\n{_FENCE}\n" not in text[len(_FENCE) :]:
        raise SourceError(f"{name}: no front matter between two +++ lines")
    head, body = text[len(_FENCE) + 1 :].split(f"\n{_FENCE}\n", 1)
    try:
        meta = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{name}: {error}") from error
    return Source(name=name, meta=meta, body=body.strip() + "\n")


def plain(value: object) -> str:
    """A user's value as inert text: NFC, no control or private-use character, line ends kept as "\\n"."""
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Co", "Cs"}).strip(" \n\t")


def french_spaces(text: str) -> str:
    """No-break spaces where French typography wants them: before ; : ! ? » % €, after «."""
    text = re.sub(r" (?=[;!?])", _NARROW, text)
    text = re.sub(r" (?=[:»%€])", _NO_BREAK, text)
    return text.replace("« ", "«" + _NO_BREAK)


def fill(source: Source, context: Mapping[str, Any]) -> list[Node]:
    """Render the placeholders of `source` with `context`, then read the Markdown.

    `context` holds strings, numbers, dataclasses and tuples of them, and functions of ours. Raises `SourceError` on an
    unknown name, an attribute the sandbox forbids, or Markdown outside the supported part.
    """
    values: list[str] = []

    def keep(value: object) -> str:
        values.append(plain(value))
        return f"{_OPEN}{len(values) - 1}{_CLOSE}"

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=keep, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.globals.clear()
    try:
        markdown = environment.from_string(source.body).render(context)
    except TemplateError as error:
        raise SourceError(f"{source.name}: {error}") from error
    return _Reader(source.name, values).blocks(SyntaxTreeNode(_parser().parse(markdown)).children)


def text_of(nodes: Iterable[Mapping[str, Any]]) -> str:
    """The bare text of blocks, one line a block: for search, previews and tests."""
    return "\n".join(filter(None, (_text(node).strip() for node in nodes)))


def _text(node: Mapping[str, Any]) -> str:
    if node["type"] == "text":
        return str(node["text"])
    if node["type"] == "hard_break":
        return "\n"
    parts = [_text(child) for child in node.get("content", ())]
    inline = node["type"] in {"paragraph", "heading"}
    return "".join(parts) if inline else "\n".join(parts)


def _parser() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False}).enable(["emphasis", "link", "list", "heading", "newline", "escape", "entity"])


class _Reader:
    """Walks the syntax tree of one file and puts the values back where their slots stand."""

    def __init__(self, name: str, values: list[str]) -> None:
        self._name = name
        self._values = values

    def blocks(self, children: Iterable[SyntaxTreeNode]) -> list[Node]:
        found = (self._block(child) for child in children)
        return [node for node in found if node is not None]

    def _block(self, node: SyntaxTreeNode) -> Node | None:
        if node.type == "paragraph":
            content = self._inlines(node)
            return {"type": "paragraph", "content": content} if content else None
        if node.type == "heading":
            return self._heading(node)
        if node.type in {"bullet_list", "ordered_list", "list_item"}:
            return {"type": node.type, "content": self.blocks(node.children)}
        raise SourceError(f"{self._name}: unsupported block {node.type}")

    def _heading(self, node: SyntaxTreeNode) -> Node:
        level = int(node.tag[1:])
        if level not in {3, 4}:
            raise SourceError(f"{self._name}: headings are of level 3 or 4")
        return {"type": "heading", "attrs": {"level": level}, "content": self._inlines(node)}

    def _inlines(self, block: SyntaxTreeNode) -> list[Node]:
        out: list[Node] = []
        for inline in block.children:
            for child in inline.children:
                self._inline(child, [], out)
        return _merged(out)

    def _inline(self, node: SyntaxTreeNode, marks: list[Mark], out: list[Node]) -> None:
        if node.type == "text":
            self._text(node.content, marks, out)
        elif node.type == "softbreak":
            out.append(_text_node(" ", marks))
        elif node.type == "hardbreak":
            out.append({"type": "hard_break"})
        elif node.type in {"strong", "em", "link"}:
            for child in node.children:
                self._inline(child, [*marks, self._mark(node)], out)
        else:
            raise SourceError(f"{self._name}: unsupported inline {node.type}")

    def _mark(self, node: SyntaxTreeNode) -> Mark:
        if node.type != "link":
            return {"type": node.type}
        href = str(node.attrs.get("href", ""))
        if not _SAFE_LINK.match(href) or _OPEN in href or "%EE%80%80" in href:
            raise SourceError(f"{self._name}: a link goes to a fixed http, https or mailto address")
        return {"type": "link", "attrs": {"href": href}}

    def _text(self, content: str, marks: list[Mark], out: list[Node]) -> None:
        # Odd pieces are the indexes captured by the pattern. Spaces are set on our own words only, never inside a value.
        for position, piece in enumerate(_SLOT.split(french_spaces(content))):
            if position % 2 == 0:
                out.append(_text_node(piece, marks))
                continue
            for line_number, line in enumerate(self._values[int(piece)].split("\n")):
                if line_number:
                    out.append({"type": "hard_break"})
                out.append(_text_node(line, marks))


def _text_node(text: str, marks: list[Mark]) -> Node:
    node: Node = {"type": "text", "text": text}
    if marks:
        node["marks"] = marks
    return node


def _merged(nodes: list[Node]) -> list[Node]:
    """Adjacent text of the same marks becomes one node, as the editor's schema requires; empty text goes."""
    out: list[Node] = []
    for node in nodes:
        if node["type"] == "text" and not node["text"]:
            continue
        if out and node["type"] == out[-1]["type"] == "text" and node.get("marks") == out[-1].get("marks"):
            out[-1] = {**out[-1], "text": out[-1]["text"] + node["text"]}
        else:
            out.append(node)
    return out
