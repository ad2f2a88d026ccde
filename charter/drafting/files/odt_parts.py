"""The parts of an ODT that do not depend on its words: styles, page, manifest."""

from __future__ import annotations

from charter.drafting.files.odt_names import APART, APART_TITLE, DECLARATIONS, MEDIA, RESERVATION, SPACES, TABLE_HEADING

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
VERSION = 'office:version="1.3"'
_ACCENT, _INK, _GREY = "#1f5d5b", "#1d2327", "#56616a"
_LEVELS = 10
_STEP = 0.8  # centimetres a level

MANIFEST = (
    DECLARATION
    + f'<manifest:manifest xmlns:manifest="{SPACES["manifest"]}" manifest:version="1.3">'
    + f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>' for name in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)

AUTOMATIC = (
    "<office:automatic-styles>"
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="T3" style:family="text"><style:text-properties fo:font-weight="bold" fo:font-style="italic"/></style:style>'
    '<style:style style:name="Cell" style:family="table-cell">'
    '<style:table-cell-properties fo:padding="0.12cm" fo:border="0.5pt solid #b9c6c2"/>'
    "</style:style>"
    '<style:style style:name="Grid" style:family="table">'
    '<style:table-properties style:width="16cm" table:align="margins" fo:margin-bottom="0.3cm"/>'
    "</style:style></office:automatic-styles>"
)


def _style(name: str, shown: str, text: str = "", block: str = "", *, parent: str = "Standard", after: str = "", level: int = 0) -> str:
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="paragraph"'
        + (f' style:parent-style-name="{parent}"' if parent else "")
        + (f' style:next-style-name="{after}"' if after else "")
        + (f' style:default-outline-level="{level}"' if level else "")
        + f"><style:paragraph-properties {block}/><style:text-properties {text}/></style:style>"
    )


def _sans(size: float, more: str = "") -> str:
    return f'style:font-name="Sans" fo:font-size="{size}pt" {more}'


def _heading(level: int, size: float, before: float, color: str) -> str:
    return _style(
        f"Heading_20_{level}",
        f"Heading {level}",
        f'fo:font-size="{size}pt" fo:font-weight="bold" fo:color="{color}"',
        f'fo:margin-top="{before}cm" fo:margin-bottom="0.18cm" fo:keep-with-next="always"',
        after="Standard",
        level=level,
    )


def _list_style(name: str, kind: str, more: str) -> str:
    levels = "".join(
        f'<text:list-level-style-{kind} text:level="{level}" {more}><style:list-level-properties'
        f' text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab"'
        f' text:list-tab-stop-position="{_STEP * level:.2f}cm" fo:text-indent="-0.6cm" fo:margin-left="{_STEP * level:.2f}cm"/>'
        f"</style:list-level-properties></text:list-level-style-{kind}>"
        for level in range(1, _LEVELS + 1)
    )
    return f'<text:list-style style:name="{name}">{levels}</text:list-style>'


STYLES = (
    "<office:font-face-decls>"
    '<style:font-face style:name="Serif" svg:font-family="Georgia" style:font-family-generic="roman"/>'
    '<style:font-face style:name="Sans" svg:font-family="Arial" style:font-family-generic="swiss"/></office:font-face-decls>'
    '<office:styles><style:default-style style:family="paragraph">'
    '<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.25cm" fo:line-height="120%" fo:orphans="2" fo:widows="2"/>'
    f'<style:text-properties style:font-name="Serif" fo:font-size="11pt" fo:color="{_INK}" fo:language="fr" fo:country="FR"/>'
    "</style:default-style>"
    '<style:style style:name="Standard" style:family="paragraph"/>'
    + _style("Title", "Title", f'fo:font-size="22pt" fo:font-weight="bold" fo:color="{_ACCENT}"',
             'fo:margin-bottom="0.2cm"', after="Subtitle")
    + _style("Subtitle", "Subtitle", _sans(10, f'fo:color="{_GREY}"'), 'fo:margin-bottom="0.6cm"')
    + _heading(1, 15, 0.75, _ACCENT) + _heading(2, 12.5, 0.42, _INK) + _heading(3, 11, 0.35, _INK)
    + _style("List_20_Contents", "List Contents", block='fo:margin-bottom="0.14cm"')
    + _style("Table_20_Contents", "Table Contents", _sans(9.5), 'fo:margin-bottom="0cm"')
    + _style(TABLE_HEADING, "Table Heading", 'fo:font-weight="bold"', parent="Table_20_Contents")
    + _style("Footnote", "Footnote", 'fo:font-size="9pt"',
             'fo:margin-bottom="0.05cm" fo:margin-left="0.5cm" fo:text-indent="-0.5cm"')
    + _style("Header", "Header", _sans(8.5, f'fo:color="{_GREY}"')) + _style("Footer", "Footer", _sans(8.5, f'fo:color="{_GREY}"'))
    + _style("Draft", "Projet", _sans(8.5, 'fo:color="#8a3b12" fo:font-weight="bold"'), 'fo:text-align="end"', parent="Header")
    + _style(APART, "Charte a part", _sans(9.5, f'fo:color="{_GREY}"'), 'fo:margin-bottom="0.15cm"')
    + _style(APART_TITLE, "Charte a part titre", _sans(11, f'fo:color="{_ACCENT}" fo:font-weight="bold"'),
             'fo:margin-top="0.5cm" fo:keep-with-next="always"', parent=APART, after=APART)
    + _style(RESERVATION, "Charte a part reserve", 'fo:font-style="italic"',
             f'fo:margin-left="0.5cm" fo:padding-left="0.25cm" fo:border-left="1.5pt solid {_ACCENT}"', parent=APART)
    + '<style:style style:name="Strong_20_Emphasis" style:display-name="Strong Emphasis" style:family="text">'
    + '<style:text-properties fo:font-weight="bold"/></style:style>'
    + '<style:style style:name="Emphasis" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    + f'<style:style style:name="Internet_20_link" style:display-name="Internet link" style:family="text">'
      f'<style:text-properties fo:color="{_ACCENT}"'
    + ' style:text-underline-style="solid" style:text-underline-width="auto" style:text-underline-color="font-color"/></style:style>'
    + '<style:style style:name="Footnote_20_anchor" style:display-name="Footnote anchor" style:family="text">'
    + '<style:text-properties style:text-position="super 58%"/></style:style>'
    + _list_style("Bullets", "bullet", 'text:bullet-char="–"')
    + _list_style("Numbers", "number", 'style:num-format="1" style:num-suffix="."')
    + '<text:notes-configuration text:note-class="footnote" text:citation-body-style-name="Footnote_20_anchor" style:num-format="1"'
    + ' text:start-value="0" text:footnotes-position="page" text:start-numbering-at="document"/></office:styles>'
)  # fmt: skip


def styles(header: str, footer: str) -> str:
    """The styles part; `header` and `footer` are paragraphs already written."""
    return (
        f"{DECLARATION}<office:document-styles {DECLARATIONS} {VERSION}>{STYLES}<office:automatic-styles>"
        '<style:page-layout style:name="A4">'
        '<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="1.5cm"'
        ' fo:margin-bottom="1.5cm" fo:margin-left="2.5cm" fo:margin-right="2.5cm"/>'
        '<style:header-style><style:header-footer-properties fo:min-height="1cm" fo:margin-bottom="0.4cm"/></style:header-style>'
        '<style:footer-style><style:header-footer-properties fo:min-height="1cm" fo:margin-top="0.4cm"/></style:footer-style>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        f'<style:master-page style:name="Standard" style:page-layout-name="A4"><style:header>{header}</style:header>'
        f"<style:footer>{footer}</style:footer></style:master-page></office:master-styles></office:document-styles>"
    )
