"""From the nodes of an article to Markdown: CommonMark, with pipe tables and footnotes (GitHub's and Pandoc's ways of writing them).

Read again by a Markdown parser, the result has the same words, structure and marks, except what Markdown has no place for: empty
paragraphs go, a row's own header is an ordinary cell, a table without a row of headers gets an empty one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any
from urllib.parse import quote

from charter.adapters.richtext import safe_href

Node = Mapping[str, Any]

# What could be read as Markdown anywhere; brackets for links and notes, < and & for HTML and entities, ~ and ^ for dialects.
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~^]")
# What counts at the start of a line only: a title, a list, a quotation, the underline of a title, a definition.
_START = re.compile(r"(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|[=-]+$|:(?=\s))")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
# A note where a line would be read as its definition, a ! that would make an image of a link.
_MISREAD = re.compile(r"(\[\^[^\]]+\])(?=:)|!(?=\[)")
_DELIMITERS = {"strong": "**", "em": "_"}
_HEADINGS = {3: "### ", 4: "#### "}
_Mark = tuple[str, str]
_Piece = tuple[str, frozenset[_Mark]]


class Unwritable(ValueError):
    """A node outside the schema: leaving it out would change what people wrote."""


def to_markdown(nodes: Sequence[Node], *, notes: str = "") -> str:
    """The nodes as Markdown, ending with one line end ("" when there are no words). Raises Unwritable.

    `notes` begins the labels of footnotes: give each article of one document its own ("3-"), as labels are the whole document's."""
    writer = _Writer(notes)
    blocks = [*writer.blocks(nodes), *writer.footnotes()]
    return "\n\n".join(blocks) + "\n" if blocks else ""


class _Writer:
    def __init__(self, label: str) -> None:
        self._label = label
        self._notes: list[str] = []

    def footnotes(self) -> Iterator[str]:
        """The definitions of the notes met so far."""
        for number, text in enumerate(self._notes, start=1):
            yield f"[^{self._label}{number}]: {_escaped(text.strip())}"

    def blocks(self, nodes: Sequence[Node]) -> Iterator[str]:
        """Each block that holds something; a list after another takes the other sign, or both would be read as one."""
        former, other = "", False
        for node in nodes:
            other = not other if node["type"] == former and former.endswith("_list") else False
            if block := self._block(node, other):
                yield block
                former = node["type"]

    def _block(self, node: Node, other: bool) -> str:
        content: Sequence[Node] = node.get("content") or ()
        match node["type"]:
            case "paragraph":
                return _lines(self._inline(content))
            case "heading":
                text = _lines(self._inline(content, line_break=" "))
                return _HEADINGS.get((node.get("attrs") or {}).get("level", 3), "### ") + _closing(text) if text else ""
            case "bullet_list" | "ordered_list":
                return self._list(node, content, other)
            case "table":
                return self._table(content)
        raise Unwritable(str(node["type"]))

    def _list(self, node: Node, items: Sequence[Node], other: bool) -> str:
        written = []
        for number, item in enumerate(items, start=int((node.get("attrs") or {}).get("order", 1))):
            if item["type"] != "list_item":
                raise Unwritable(str(item["type"]))
            sign = ("*" if other else "-") if node["type"] == "bullet_list" else f"{number}{')' if other else '.'}"
            blocks = list(self.blocks(item.get("content") or ()))
            children = item.get("content") or ()
            loose = sum(child["type"] == "paragraph" for child in children) > 1 or not all(map(_may_follow, children))
            inside = ("\n\n" if loose else "\n").join(blocks)
            written.append(((f"{sign} " + inside.replace("\n", "\n" + " " * (len(sign) + 1))).rstrip(), loose))
        separator = "\n\n" if any(loose for _, loose in written) else "\n"
        return re.sub(r"\n[ ]+\n", "\n\n", separator.join(text for text, _ in written))

    def _table(self, rows: Sequence[Node]) -> str:
        lines = [[self._cell(cell) for cell in row.get("content") or ()] for row in rows]
        width = max(map(len, lines), default=0)
        if not width:
            return ""
        if not all(cell["type"] == "table_header" for cell in rows[0].get("content") or ()):
            lines.insert(0, [])
        filled = [line + [""] * (width - len(line)) for line in lines]
        return "\n".join(f"| {' | '.join(line)} |" for line in [filled[0], ["---"] * width, *filled[1:]])

    def _cell(self, cell: Node) -> str:
        if cell["type"] not in ("table_header", "table_cell"):
            raise Unwritable(str(cell["type"]))
        paragraphs = (self._inline(child.get("content") or (), line_break="<br>") for child in cell.get("content") or ())
        return "<br>".join(filter(None, paragraphs))

    def _inline(self, nodes: Sequence[Node], line_break: str = "\\\n") -> str:
        lines: list[list[_Piece]] = [[]]
        for node in nodes:
            marks = frozenset(_marks(node))
            if node["type"] == "hard_break":
                lines.append([])
            elif node["type"] == "note":
                self._notes.append(str(node["attrs"]["text"]))
                lines[-1].append((f"[^{self._label}{len(self._notes)}]", marks))
            elif node["type"] == "text":
                lines[-1].append((_escaped(str(node["text"])), marks))
            else:
                raise Unwritable(str(node["type"]))
        while lines and not "".join(text for text, _ in lines[-1]).strip():
            lines.pop()
        written = line_break.join(_marked(_spaced(line)) for line in lines)
        return _MISREAD.sub(lambda match: f"{match[1]}\\" if match[1] else "\\!", written)


def _may_follow(node: Node) -> bool:
    """A list follows a paragraph without a blank line only when it begins at 1 with words (CommonMark 0.31, 5.3)."""
    if node["type"] != "ordered_list" and node["type"] != "bullet_list":
        return True
    items: Sequence[Node] = node.get("content") or ()
    blocks: Sequence[Node] = items[0].get("content") or () if items else ()
    begun = bool(blocks and blocks[0].get("content"))
    return begun and int((node.get("attrs") or {}).get("order", 1)) == 1


def _marks(node: Node) -> Iterator[_Mark]:
    for mark in node.get("marks") or ():
        if mark["type"] in _DELIMITERS:
            yield mark["type"], ""
        elif mark["type"] == "link":
            if href := safe_href((mark.get("attrs") or {}).get("href")):
                yield "link", href
        elif mark["type"] != "comment":
            raise Unwritable(str(mark["type"]))


def _spaced(line: Sequence[_Piece]) -> list[_Piece]:
    """Spaces keep the marks of the words on both their sides only: emphasis may not begin nor end with one."""
    pieces = [(part, marks) for text, marks in line for part in re.findall(r"\s+|\S+", text)]
    words = [marks if text.strip() else None for text, marks in pieces]
    before = list(accumulate(words, _last))
    after = list(accumulate(reversed(words), _last))[::-1]
    kept = zip((text for text, _ in pieces), before, after, strict=True)
    return [(text, (left or frozenset()) & (right or frozenset())) for text, left, right in kept]


def _last(known: frozenset[_Mark] | None, marks: frozenset[_Mark] | None) -> frozenset[_Mark] | None:
    return known if marks is None else marks


def _marked(pieces: Sequence[_Piece], around: frozenset[_Mark] = frozenset()) -> str:
    """The mark that lasts longest around its run, the others inside; a link before all, so that it stays in one piece."""
    out, at, closing = "", 0, ""
    while at < len(pieces):
        inner = pieces[at][1] - around if pieces[at][0].strip() else frozenset()
        ends = {mark: _end(pieces, at, mark) for mark in inner}
        mark = max(sorted(inner), key=lambda mark: (mark[0] == "link", ends[mark]), default=None)
        end = ends[mark] if mark else at + 1
        inside = _marked(pieces[at:end], around | {mark}) if mark else pieces[at][0]
        sign = _DELIMITERS.get(mark[0], "") if mark else ""
        if closing:
            inside = _apart(inside, closing, start=True) if not sign else inside
        if sign:
            out = _apart(out, sign + inside[:1])
        closing = inside[-1:] + sign if sign else ""
        out += f"[{inside}]({_address(mark[1])})" if mark and mark[0] == "link" else sign + inside + sign
        at = end
    return out


def _end(pieces: Sequence[_Piece], at: int, mark: _Mark) -> int:
    end = next((place for place in range(at, len(pieces)) if mark not in pieces[place][1]), len(pieces))
    while not pieces[end - 1][0].strip():
        end -= 1
    return end


def _apart(outside: str, edge: str, *, start: bool = False) -> str:
    """A letter touching emphasis from outside is written as an entity where the emphasis would not be seen (CommonMark 0.31, 6.2):
    always for _, for ** when the emphasised words begin or end with a sign."""
    touching = outside[:1] if start else outside[-1:]
    if not touching or _is_sign(touching) or touching.isspace() or not ("_" in edge or _is_sign(edge.strip("*") or "*")):
        return outside
    entity = f"&#{ord(touching)};"
    return entity + outside[1:] if start else outside[:-1] + entity


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(lambda match: "\\" + match.group(), text)
    return re.sub(r"[\n\r\t\v\f\x85\u2028\u2029]", lambda match: f"&#{ord(match.group())};", text)


def _lines(text: str) -> str:
    return "\\\n".join(map(_line, text.split("\\\n")))


def _line(line: str) -> str:
    """What a parser would strip or take for a sign of structure, at the start and at the end of a line, kept as words."""
    line = re.sub(r"^\s+|\s+$", lambda match: "".join(f"&#{ord(space)};" for space in match.group()), line)
    line = _START.sub(lambda match: "\\" + match.group(), line, count=1) if _START.match(line) else line
    return _NUMBER.sub(r"\1\\\2", line, count=1) if _NUMBER.match(line) else line


def _closing(heading: str) -> str:
    """A title may end with # signs, which would be taken for its closing."""
    return re.sub(r"#(?=#*$)", r"\\#", heading, count=1)


def _address(href: str) -> str:
    return f"<{quote(href, safe=':/?#[]@!$&' + chr(39) + '()*+,;=%~-._')}>"
