"""The parts of a DOCX that do not depend on its words: styles, numbering, settings, the package's own lists."""

from __future__ import annotations

from collections.abc import Sequence

from charter.drafting.files.docx_names import (
    APART,
    APART_NAME,
    APART_TITLE,
    LIST_LEVELS,
    OFFICE,
    RELATIONSHIPS,
    RESERVATION,
    RESERVATION_NAME,
    TABLE_HEADING,
    R,
    W,
)

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_STEP = 567  # twentieths of a point: one centimetre a level
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_SERIF = '<w:rFonts w:ascii="Georgia" w:hAnsi="Georgia" w:cs="Georgia" w:eastAsia="Georgia"/>'
_SANS = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/>'
_ACCENT, _INK, _GREY = "1F5D5B", "1D2327", "56616A"

CONTENT_TYPES = (
    DECLARATION
    + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    + '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{kind}+xml"/>'
        for name, kind in (
            ("document", "document.main"), ("styles", "styles"), ("numbering", "numbering"), ("settings", "settings"),
            ("footnotes", "footnotes"), ("header1", "header"), ("footer1", "footer"),
        )
    )
    + '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    + '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    + "</Types>"
)  # fmt: skip

PACKAGE_RELATIONSHIPS = (
    DECLARATION
    + f'<Relationships xmlns="{RELATIONSHIPS}">'
    + f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    + '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"'
    + ' Target="docProps/core.xml"/>'
    + f'<Relationship Id="rId3" Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/>'
    + "</Relationships>"
)

APP = (
    DECLARATION
    + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    + "<Application>Charte du faire alliance</Application></Properties>"
)

SETTINGS = (
    DECLARATION
    + f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="{_STEP}"/><w:autoHyphenation w:val="false"/>'
    + '<w:characterSpacingControl w:val="doNotCompress"/>'
    + '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
    + '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    + '<w:themeFontLang w:val="fr-FR"/></w:settings>'
)


def _paragraph_style(key: str, name: str, run: str = "", block: str = "", *, based: str = "Normal", after: str = "") -> str:
    return (
        f'<w:style w:type="paragraph"{"" if name[0].islower() or name in BUILT_IN else " w:customStyle=" + chr(34) + "1" + chr(34)}'
        f' w:styleId="{key}"><w:name w:val="{name}"/>'
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + (f'<w:next w:val="{after}"/>' if after else "")
        + f"<w:qFormat/><w:pPr>{block}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


BUILT_IN = frozenset({"Normal", "Title", "Subtitle", "List Paragraph", "List Continue", *(f"List Continue {n}" for n in range(2, 6))})


def _heading(level: int, size: int, before: int) -> str:
    return _paragraph_style(
        f"Heading{level}",
        f"heading {level}",
        f'{_SERIF}<w:b/><w:bCs/><w:color w:val="{_ACCENT if level == 1 else _INK}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
        f'<w:keepNext/><w:keepLines/><w:spacing w:before="{before}" w:after="100"/><w:outlineLvl w:val="{level - 1}"/>',
        after="Normal",
    )


def _continue(level: int) -> str:
    name = "List Continue" if level == 1 else f"List Continue {level}"
    key = "ListContinue" if level == 1 else f"ListContinue{level}"
    return _paragraph_style(key, name, block=f'<w:spacing w:after="80"/><w:ind w:left="{_STEP * level}"/>')


STYLES = (
    DECLARATION
    + f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{_SERIF}<w:color w:val="{_INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
    + '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    + '<w:pPrDefault><w:pPr><w:spacing w:after="140" w:line="288" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    + '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>'
    + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
      '<w:tblInd w:w="0" w:type="dxa"/>'
    + '<w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    + _paragraph_style("Title", "Title", f'<w:b/><w:bCs/><w:color w:val="{_ACCENT}"/><w:sz w:val="44"/><w:szCs w:val="44"/>',
                       '<w:keepNext/><w:spacing w:after="120" w:line="252" w:lineRule="auto"/>', after="Subtitle")
    + _paragraph_style("Subtitle", "Subtitle", f'{_SANS}<w:color w:val="{_GREY}"/><w:sz w:val="20"/><w:szCs w:val="20"/>',
                       '<w:spacing w:after="360"/>', after="Normal")
    + _heading(1, 30, 420) + _heading(2, 25, 240) + _heading(3, 22, 200)
    + _paragraph_style("ListParagraph", "List Paragraph", block='<w:spacing w:after="80"/>')
    + "".join(map(_continue, range(1, LIST_LEVELS + 1)))
    + _paragraph_style(TABLE_HEADING, "Table Heading", f'{_SANS}<w:b/><w:bCs/><w:sz w:val="19"/><w:szCs w:val="19"/>',
                       '<w:spacing w:before="40" w:after="40"/>')
    + _paragraph_style("TableText", "Table Text", f'{_SANS}<w:sz w:val="19"/'
      f'><w:szCs w:val="19"/>', '<w:spacing w:before="40" w:after="40"/>')
    + _paragraph_style(APART, APART_NAME, f'{_SANS}<w:color w:val="{_GREY}"/><w:sz w:val="19"/><w:szCs w:val="19"/>')
    + _paragraph_style(APART_TITLE, f"{APART_NAME} titre", f'{_SANS}<w:b/><w:bCs/><w:color w:val="{_ACCENT}"/><w:sz w:val="22"/>',
                       '<w:keepNext/><w:spacing w:before="300" w:after="100"/>', based=APART, after=APART)
    + _paragraph_style(RESERVATION, RESERVATION_NAME, "<w:i/><w:iCs/>",
                       f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{_ACCENT}"/></w:pBdr>'
                       f'<w:ind w:left="284"/>', based=APART)
    + _paragraph_style("Header", "header", f'{_SANS}<w:color w:val="{_GREY}"/><w:sz w:val="17"/><w:szCs w:val="17"/>',
                       '<w:tabs><w:tab w:val="right" w:pos="9070"/></w:tabs><w:spacing w:after="0"/>')
    + _paragraph_style("Footer", "footer", f'{_SANS}<w:color w:val="{_GREY}"/><w:sz w:val="17"/><w:szCs w:val="17"/>',
                       '<w:tabs><w:tab w:val="right" w:pos="9070"/></w:tabs><w:spacing w:after="0"/>')
    + _paragraph_style("FootnoteText", "footnote text", '<w:sz w:val="18"/><w:szCs w:val="18"/>', '<w:spacing w:after="40"/>')
    + '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
    + '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    + f'<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="{_ACCENT}"/'
      f'><w:u w:val="single"/></w:rPr>'
    + "</w:style>"
    + '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="B9C6C2"/>' for side in _SIDES)
    + "</w:tblBorders></w:tblPr></w:style></w:styles>"
)  # fmt: skip


def numbering(lists: Sequence[tuple[bool, int, int]]) -> str:
    """The numbering part: (ordered, level from 0, first number) of each list, numbered from 1 in the text."""
    made = (
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{int(ordered)}"/><w:lvlOverride w:ilvl="{level}">'
        f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for number, (ordered, level, start) in enumerate(lists, start=1)
    )
    return DECLARATION + f'<w:numbering xmlns:w="{W}">{_abstract(False)}{_abstract(True)}{"".join(made)}</w:numbering>'


def _abstract(ordered: bool) -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{"decimal" if ordered else "bullet"}"/>'
        f'<w:lvlText w:val="{f"%{level + 1}." if ordered else "–"}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{_STEP * (level + 1)}" w:hanging="{_STEP * 2 // 3}"/></w:pPr></w:lvl>'
        for level in range(LIST_LEVELS)
    )
    return f'<w:abstractNum w:abstractNumId="{int(ordered)}"><w:multiLevelType w:val="hybridMultilevel"/>{levels}</w:abstractNum>'


def document_relationships(links: Sequence[str]) -> str:
    """The relationships of the document's part; `links` are `rIdL1`, `rIdL2`…, already escaped."""
    own = ("styles", "numbering", "settings", "footnotes")
    parts = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for n, name in enumerate(own, start=1))
    edges = "".join(f'<Relationship Id="rId{name}" Type="{OFFICE}/{name}" Target="{name}1.xml"/>' for name in ("header", "footer"))
    return DECLARATION + f'<Relationships xmlns="{RELATIONSHIPS}">{parts}{edges}{link_relationships(links)}</Relationships>'


def link_relationships(links: Sequence[str]) -> str:
    """The relationships of links alone."""
    return "".join(
        f'<Relationship Id="rIdL{n}" Type="{OFFICE}/hyperlink" Target="{href}" TargetMode="External"/>'
        for n, href in enumerate(links, start=1)
    )


__all__ = ["APP", "CONTENT_TYPES", "DECLARATION", "PACKAGE_RELATIONSHIPS", "SETTINGS", "STYLES", "R", "document_relationships", "numbering"]
