#!/usr/bin/env python3
"""Build charter/data/build/territories.json.gz from the npm package @etalab/decoupage-administratif.

Standard library only, same input, same bytes. Rows are lists to keep the file small, in the order of FIELDS:

    kind        country | region | department | epci | commune
    code        INSEE code (COG), or SIREN for an EPCI; "FR" for the country
    name        as published
    department  INSEE code, or ""  (an EPCI's is that of its most populated member)
    region      INSEE code, or ""
    epci        SIREN of a commune's EPCI, or ""
    population  municipal population, 0 when unknown
    postcodes   postal codes of a commune
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "node_modules" / "@etalab" / "decoupage-administratif"
TARGET = ROOT / "charter" / "data" / "build" / "territories.json.gz"
FIELDS = ("kind", "code", "name", "department", "region", "epci", "population", "postcodes")

Row = list[Any]
Item = Mapping[str, Any]


def compact(communes: Iterable[Item], epcis: Iterable[Item], departments: Iterable[Item], regions: Iterable[Item]) -> list[Row]:
    """Every territory as a row; the widest first, then by code."""
    current = {c["code"]: c for c in communes if c["type"] == "commune-actuelle"}
    epci_of: dict[str, str] = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    by_department, by_region = _sums(current.values(), "departement"), _sums(current.values(), "region")
    rows: list[Row] = [["country", "FR", "France entière", "", "", "", sum(by_department.values()), []]]
    rows += [["region", r["code"], r["nom"], "", "", "", by_region[r["code"]], []] for r in _sorted(regions)]
    rows += [["department", d["code"], d["nom"], "", d.get("region", ""), "", by_department[d["code"]], []] for d in _sorted(departments)]
    rows += [_epci(epci, current) for epci in _sorted(epcis)]
    rows += [_commune(commune, epci_of) for commune in _sorted(current.values())]
    return rows


def _sorted(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: str(item["code"]))


def _sums(communes: Iterable[Item], field: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for commune in communes:
        sums[commune.get(field, "")] += commune.get("population", 0)
    return sums


def _epci(epci: Item, communes: Mapping[str, Item]) -> Row:
    largest = max(epci["membres"], key=lambda member: (member.get("populationMunicipale") or 0, member["code"]))
    seat = communes.get(largest["code"], {})
    return [
        "epci",
        epci["code"],
        epci["nom"],
        seat.get("departement", ""),
        seat.get("region", ""),
        "",
        epci["populationMunicipale"] or 0,
        [],
    ]


def _commune(commune: Item, epci_of: Mapping[str, str]) -> Row:
    code = commune["code"]
    population, postcodes = commune.get("population", 0), sorted(commune.get("codesPostaux", []))
    return [
        "commune",
        code,
        commune["nom"],
        commune.get("departement", ""),
        commune.get("region", ""),
        epci_of.get(code, ""),
        population,
        postcodes,
    ]


def main() -> None:
    """Read the package, write the file."""
    version = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    names = ("communes", "epci", "departements", "regions")
    rows = compact(*(json.loads((PACKAGE / "data" / f"{name}.json").read_text("utf-8")) for name in names))
    content = {"source": f"@etalab/decoupage-administratif {version}", "fields": FIELDS, "rows": rows}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    TARGET.write_bytes(gzip.compress(raw, mtime=0))
    print(f"{len(rows)} territories, {TARGET.stat().st_size // 1024} kB: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
