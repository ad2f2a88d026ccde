"""Territories: what one types finds them, on both databases; loading again changes nothing."""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from charter.alliances import territories
from charter.alliances.territories import Territory, TerritoryKind, TerritoryName, find, find_refs, load, normalised, search
from charter.errors import Invalid
from charter.work import Work

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "build_territories.py"
FIELDS = ["kind", "code", "name", "department", "region", "epci", "population", "postcodes"]
ROWS: list[list[Any]] = [
    ["country", "FR", "France entière", "", "", "", 68_000_000, []],
    ["region", "32", "Hauts-de-France", "", "", "", 6_000_000, []],
    ["department", "59", "Nord", "", "32", "", 2_600_000, []],
    ["department", "93", "Seine-Saint-Denis", "", "11", "", 1_600_000, []],
    ["epci", "200093201", "Métropole Européenne de Lille", "59", "32", "", 1_200_000, []],
    ["commune", "59350", "Lille", "59", "32", "200093201", 236_000, ["59000", "59160"]],
    ["commune", "59386", "Marquette-lez-Lille", "59", "32", "200093201", 10_000, ["59520"]],
    ["commune", "76346", "Lillebonne", "76", "28", "", 9_000, ["76170"]],
    ["commune", "93066", "Saint-Denis", "93", "11", "", 149_000, ["93200"]],
    ["commune", "11339", "Saint-Denis", "11", "76", "", 400, ["11310"]],
    ["commune", "94038", "L'Haÿ-les-Roses", "94", "11", "", 31_000, ["94240"]],
    ["commune", "57058", "Bœrsch", "67", "44", "", 2_500, ["67530"]],
]

Write = Callable[[list[list[Any]]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Writes rows as a data file and returns its path."""

    def write(rows: list[list[Any]]) -> Path:
        path = tmp_path / "territories.json.gz"
        path.write_bytes(gzip.compress(json.dumps({"source": "test", "fields": FIELDS, "rows": rows}).encode()))
        return path

    return write


def labels(work: Work, text: str, limit: int = 10) -> list[str]:
    return [territory.label for territory in search(work.session, text, limit)]


def test_what_one_types_finds_it(work: Work, written: Write) -> None:
    assert load(work.session, written(ROWS)) == len(ROWS)
    assert labels(work, "lille") == ["Lille (59)", "Métropole Européenne de Lille", "Marquette-lez-Lille (59)", "Lillebonne (76)"]
    assert labels(work, "LILL")[:1] == ["Lille (59)"]
    assert labels(work, "st denis") == ["Saint-Denis (93)", "Saint-Denis (11)", "Seine-Saint-Denis"]
    assert labels(work, "l'hay") == labels(work, "hay") == labels(work, "  HAŸ les ROSES ") == ["L'Haÿ-les-Roses (94)"]
    assert labels(work, "boersch") == labels(work, "bœr") == ["Bœrsch (67)"]
    assert labels(work, "59160") == ["Lille (59)"]
    assert labels(work, "59")[0] == "Nord"
    assert labels(work, "france") == ["France entière", "Hauts-de-France"]


@pytest.mark.parametrize("text", ["", " ", "l", "%", "_", "a%", "zz", "'; drop table territories; --", "~~", "é" * 500])
def test_odd_words_find_nothing_and_break_nothing(work: Work, written: Write, text: str) -> None:
    load(work.session, written(ROWS))
    assert labels(work, text) == []


def test_the_limit_holds(work: Work, written: Write) -> None:
    load(work.session, written(ROWS))
    assert len(labels(work, "li", 2)) == 2


def test_loading_again_changes_nothing_and_a_new_file_updates(work: Work, written: Write) -> None:
    load(work.session, written(ROWS))
    names = work.session.scalar(select(func.count()).select_from(TerritoryName))
    assert load(work.session, written(ROWS)) == 0
    assert work.session.scalar(select(func.count()).select_from(TerritoryName)) == names
    renamed = [[*row[:2], "Lille-sur-Deûle", *row[3:]] if row[1] == "59350" else row for row in ROWS if row[1] != "76346"]
    assert load(work.session, written(renamed)) == 1
    assert labels(work, "deule") == ["Lille-sur-Deûle (59)"]
    assert labels(work, "lillebonne") == []
    assert find(work.session, "76346", "commune").name == "Lillebonne"


def test_find_by_code_and_kind(work: Work, written: Write) -> None:
    load(work.session, written(ROWS))
    assert find(work.session, "59", TerritoryKind.department).name == "Nord"
    assert [t.name for t in find_refs(work.session, ["commune-59350", "country-FR"])] == ["Lille", "France entière"]
    assert find_refs(work.session, []) == []
    for code, kind in (("59", "commune"), ("59350", "planet"), ("", "commune")):
        with pytest.raises(Invalid) as refused:
            find(work.session, code, kind)
        assert list(refused.value.fields) == ["territory"]
    for refs in (["commune-59350", "commune-00000"], ["planet-1"], ["59350"]):
        with pytest.raises(Invalid) as refused:
            find_refs(work.session, refs)
        assert list(refused.value.fields) == ["territories"]


@pytest.mark.parametrize(
    ("text", "bare"), [("L'Haÿ-les-Roses", "l hay les roses"), ("Ste Œuvre", "sainte oeuvre"), ("  Île—d’Yeu ", "ile d yeu"), ("東京", "")]
)
def test_normalised(text: str, bare: str) -> None:
    assert normalised(text) == bare


def test_the_build_keeps_what_search_needs() -> None:
    spec = importlib.util.spec_from_file_location("build_territories", SCRIPT)
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    communes = [
        {
            "code": "59350",
            "nom": "Lille",
            "type": "commune-actuelle",
            "departement": "59",
            "region": "32",
            "population": 9,
            "codesPostaux": ["59800", "59000"],
        },
        {"code": "59355", "nom": "Lomme", "type": "commune-associee", "departement": "59", "region": "32"},
        {"code": "98832", "nom": "Yaté", "type": "commune-actuelle", "departement": "988", "region": "988"},
    ]
    epcis = [{"code": "200093201", "nom": "MEL", "populationMunicipale": 9, "membres": [{"code": "59350", "populationMunicipale": 9}]}]
    rows = script.compact(communes, epcis, [{"code": "59", "nom": "Nord", "region": "32"}], [{"code": "32", "nom": "Hauts-de-France"}])
    assert rows == [
        ["country", "FR", "France entière", "", "", "", 9, []],
        ["region", "32", "Hauts-de-France", "", "", "", 9, []],
        ["department", "59", "Nord", "", "32", "", 9, []],
        ["epci", "200093201", "MEL", "59", "32", "", 9, []],
        ["commune", "59350", "Lille", "59", "32", "200093201", 9, ["59000", "59800"]],
        ["commune", "98832", "Yaté", "988", "988", "", 0, []],
    ]
    assert list(script.FIELDS) == FIELDS


@pytest.mark.skipif(not territories.DATA_FILE.exists(), reason="the data file is built by set-up")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_real_country(work: Work) -> None:
    assert load(work.session) > 35_000
    communes = work.session.scalar(select(func.count()).where(Territory.kind == TerritoryKind.commune))
    assert communes and communes > 34_000
    assert labels(work, "marseille", 1) == ["Marseille (13)"]
