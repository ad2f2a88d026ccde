"""French spacing, the stamp's font, and the chart's stacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from charter.adapters.pdf.fonts import FontsMissing, locate
from charter.adapters.pdf.templates import grouped, rich, spread
from charter.adapters.pdf.typography import french


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Pourquoi ? Parce que !", "Pourquoi\u202f? Parce que\u202f!"),
        ("ceci ; cela : fin", "ceci\u202f; cela\u00a0: fin"),
        ("dit « oui »", "dit «\u202foui\u202f»"),
        ("18 000 € et 12 %", "18\u202f000\u202f€ et 12\u202f%"),
        ("l'alliance d'ici", "l’alliance d’ici"),
        ("voir https://exemple.fr:80/?a=1;b", "voir https://exemple.fr:80/?a=1;b"),
        ("le 3 mars, n° 4", "le 3\u00a0mars, n°\u00a04"),
    ],
)
def test_french_spacing(typed: str, set_: str) -> None:
    assert french(typed) == set_


def test_french_spacing_changes_spaces_and_apostrophes_only() -> None:
    typed = "« Qui ? » : 3 000 € pour l'année ; soit 12 % !"
    assert "".join(french(typed).split()).replace("’", "'") == "".join(typed.split())


def test_plain_text_becomes_escaped_paragraphs() -> None:
    assert rich("a <b>\n\nc") == "<p>a &lt;b&gt;</p><p>c</p>"


def test_a_hash_may_break_between_groups() -> None:
    assert grouped("0123456789abcdef") == "01234567<wbr>89abcdef"


def test_close_answers_are_stacked_and_silent_ones_left_out() -> None:
    points = spread([{"value": 4.0}, {"value": None}, {"value": 2.0}, {"value": 4.1}])
    assert [(point["value"], point["among"], point["rise"]) for point in points] == [(2.0, 1, 0.0), (4.0, 2, -0.5), (4.1, 2, 0.5)]


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="SourceSerif4_400Regular"):
        locate(tmp_path)
