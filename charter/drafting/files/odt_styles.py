"""What the styles of an ODT say of its paragraphs, its words and its lists."""

from __future__ import annotations

from lxml import etree

from charter.drafting.files.odt_names import q

_CHAIN = 12
_BOLD = {"bold", "600", "700", "800", "900"}


class Styles:
    """The styles by family and name, those of the content (automatic) before the document's own."""

    def __init__(self, content: etree._Element, styles: etree._Element | None) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        for root in [*([styles] if styles is not None else []), content]:
            for style in root.iter(q("style:style")):
                self._styles[style.get(q("style:family"), ""), style.get(q("style:name"), "")] = style
            for listed in root.iter(q("text:list-style")):
                self._lists[listed.get(q("style:name"), "")] = listed

    def names(self, paragraph: etree._Element) -> list[str]:
        """The names of a paragraph's style and of those it is based on."""
        return [style.get(q("style:name"), "") for style in self._chain("paragraph", paragraph.get(q("text:style-name"), ""))]

    def marks(self, family: str, name: str) -> tuple[bool | None, bool | None]:
        """Whether a style is bold, and italic; None when it does not say."""
        bold = italic = None
        for style in self._chain(family, name):
            properties = style.find(q("style:text-properties"))
            if properties is None:
                continue
            weight, slant = properties.get(q("fo:font-weight")), properties.get(q("fo:font-style"))
            bold = weight in _BOLD if bold is None and weight else bold
            italic = slant in ("italic", "oblique") if italic is None and slant else italic
        return bold, italic

    def list_of(self, name: str, level: int) -> tuple[bool, int]:
        """Whether a list is numbered at that level (from 1), and its first number."""
        for found in self._lists.get(name, ()):
            if found.get(q("text:level")) == str(level):
                start = found.get(q("text:start-value"), "1")
                numbered = found.tag == q("text:list-level-style-number") and bool(found.get(q("style:num-format")))
                return numbered, int(start) if start.isdigit() and len(start) < 7 else 1
        return False, 1

    def _chain(self, family: str, name: str) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while (family, name) in self._styles and len(chain) < _CHAIN:
            chain.append(self._styles[family, name])
            name = chain[-1].get(q("style:parent-style-name"), "")
        return chain
