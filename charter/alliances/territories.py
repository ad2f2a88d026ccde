"""French territories: communes, groupings of communes (EPCI), départements, regions, and the country.

Two tables. `territories` holds each once, by kind and code. `territory_names` holds what one may type to find it: its
name from each of its words on, its postal codes and its code, without accents nor capitals, so that a search is one
range over one index on every database.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Index, String, case, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from charter.adapters.db import Base, StrEnumType
from charter.config import DATA_BUILD
from charter.errors import Invalid
from workflows.base import N_

DATA_FILE = DATA_BUILD / "territories.json.gz"
BATCH = 5_000
SHORTEST = 2

# Ranges compare bytes: PostgreSQL's own collations would sort by language and miss prefixes.
_Key = String(160).with_variant(String(160, collation="C"), "postgresql")


class TerritoryKind(StrEnum):
    """From the widest to the smallest."""

    country = "country"
    region = "region"
    department = "department"
    epci = "epci"
    commune = "commune"


KIND_LABELS = {
    TerritoryKind.country: N_("Pays"),
    TerritoryKind.region: N_("Région"),
    TerritoryKind.department: N_("Département"),
    TerritoryKind.epci: N_("Intercommunalité"),
    TerritoryKind.commune: N_("Commune"),
}
_KINDS = tuple(TerritoryKind)
_RANK = {kind: rank for rank, kind in enumerate(_KINDS)}
# Words nobody starts a search with; they stay inside the names.
_SMALL_WORDS = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sous", "sur", "cc", "ca", "cu"])


class Territory(Base):
    """One territory. `department`, `region` and `epci` are the codes of those it lies in, or empty."""

    __tablename__ = "territories"

    kind: Mapped[TerritoryKind] = mapped_column(StrEnumType(TerritoryKind), primary_key=True)
    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    department: Mapped[str] = mapped_column(String(3), default="")
    region: Mapped[str] = mapped_column(String(3), default="")
    epci: Mapped[str] = mapped_column(String(9), default="")
    population: Mapped[int] = mapped_column(default=0)

    @property
    def ref(self) -> str:
        """« commune-59350 »: kind and code in one word, for forms and addresses."""
        return f"{self.kind.value}-{self.code}"

    @property
    def label(self) -> str:
        """The name, with what tells it from its namesakes: « Saint-Denis (93) »."""
        return f"{self.name} ({self.department})" if self.kind is TerritoryKind.commune and self.department else self.name


class TerritoryName(Base):
    """One thing to type. `place` is 0 for the whole name, 1 for a later word, a postal code or a code; `rank` is the kind's."""

    __tablename__ = "territory_names"
    __table_args__ = (Index("ix_territory_names_key", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(_Key)
    code: Mapped[str] = mapped_column(String(9))
    place: Mapped[int]
    rank: Mapped[int]
    population: Mapped[int]


class TerritoryLoad(Base):
    """Which data file the two tables hold: one row, the SHA-256 of the file."""

    __tablename__ = "territory_loads"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


def normalised(text: str) -> str:
    """Without accents, capitals nor punctuation: « L'Haÿ-les-Roses » → « l hay les roses », « St » → « saint »."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae"))
    words = re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c)).lower()).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def keys_of(kind: TerritoryKind, name: str, code: str, postcodes: Sequence[str] = ()) -> tuple[tuple[str, int], ...]:
    """What one may type to find a territory, each with its place. Only a département is known by its code."""
    words = normalised(name).split()
    keys = dict.fromkeys(postcodes, 1)
    if kind is TerritoryKind.department:
        keys[code.lower()] = 1
    keys.update({" ".join(words[start:]): 1 for start in range(len(words) - 1, 0, -1) if words[start] not in _SMALL_WORDS})
    keys[" ".join(words)] = 0
    return tuple(keys.items())


def search(session: Session, text: str, limit: int = 10) -> list[Territory]:
    """Territories whose name, or one word of it, starts with `text`; also by postal code or code.

    Exact names come first, then names that start so, then the widest kind, then the most populated. Fewer than two
    characters find nothing.
    """
    wanted = normalised(text)
    if len(wanted) < SHORTEST:
        return []
    exact = case((TerritoryName.key == wanted, 0), else_=1)
    keys = (TerritoryName.rank, TerritoryName.code)
    found = session.execute(
        select(*keys)
        .where(TerritoryName.key >= wanted, TerritoryName.key < wanted + "~")  # "~" sorts after every letter and digit
        .group_by(*keys)
        .order_by(func.min(exact + TerritoryName.place), TerritoryName.rank, func.max(TerritoryName.population).desc(), TerritoryName.code)
        .limit(limit)
    ).all()
    return _in_order(session, [(_KINDS[rank], code) for rank, code in found])


def find(session: Session, code: str, kind: TerritoryKind | str) -> Territory:
    """The territory of this kind and code. Raises `Invalid` naming the field `territory`."""
    try:
        territory = session.get(Territory, (TerritoryKind(kind), code))
    except ValueError:
        territory = None
    if territory is None:
        raise Invalid({"territory": [N_("Ce territoire n’est pas connu : choisissez-en un dans la liste.")]})
    return territory


def find_refs(session: Session, refs: Iterable[str]) -> list[Territory]:
    """The territories of these refs, in the order given, in one query. Raises `Invalid` naming the field `territories`."""
    pairs = [_pair(ref) for ref in refs]
    found = _in_order(session, pairs)
    if len(found) != len(pairs):
        raise Invalid({"territories": [N_("Un de ces territoires n’est pas connu : choisissez-les dans la liste.")]})
    return found


def load(session: Session, path: Path = DATA_FILE) -> int:
    """Bring the tables in line with the data file; returns how many territories were added or changed.

    A territory that left the file stays, since an alliance may name it, and is found no more. Loading the same file
    again reads one row and does nothing. Raises `FileNotFoundError` when the file was not built.
    """
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if session.get(TerritoryLoad, digest) is not None:
        return 0
    content = json.loads(gzip.decompress(raw))
    rows = [dict(zip(content["fields"], row, strict=True)) for row in content["rows"]]
    changed = _store(session, rows)
    for table in (TerritoryName, TerritoryLoad):
        session.execute(delete(table))
    _in_batches(session, TerritoryName, [name for row in rows for name in _names(row)])
    session.add(TerritoryLoad(sha256=digest))
    session.flush()
    session.expire_all()
    return changed


_COLUMNS = ("kind", "code", "name", "department", "region", "epci", "population")


def _store(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    known = {(row.kind, row.code): tuple(row) for row in session.execute(select(*(getattr(Territory, name) for name in _COLUMNS)))}
    wanted = [tuple(row[name] for name in _COLUMNS) for row in rows]
    added = [values for values in wanted if values[:2] not in known]
    altered = [values for values in wanted if known.get(values[:2], values) != values]
    _in_batches(session, Territory, [dict(zip(_COLUMNS, values, strict=True)) for values in added])
    if altered:
        session.execute(update(Territory), [dict(zip(_COLUMNS, values, strict=True)) for values in altered])
    return len(added) + len(altered)


def _names(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = TerritoryKind(row["kind"])
    for key, place in keys_of(kind, row["name"], row["code"], row["postcodes"]):
        yield {"key": key, "code": row["code"], "place": place, "rank": _RANK[kind], "population": row["population"]}


def _in_batches(session: Session, model: type[Base], values: Sequence[dict[str, Any]]) -> None:
    # The Core table, not the class: the unit of work has nothing to learn from these rows and costs a third of the time.
    connection, table = session.connection(), model.metadata.tables[model.__tablename__]
    for start in range(0, len(values), BATCH):
        connection.execute(insert(table), values[start : start + BATCH])


def _pair(ref: str) -> tuple[TerritoryKind | None, str]:
    kind, _, code = ref.partition("-")
    return (TerritoryKind(kind), code) if kind in set(TerritoryKind) else (None, code)


def _in_order(session: Session, pairs: Sequence[tuple[TerritoryKind | None, str]]) -> list[Territory]:
    wanted = [(kind, code) for kind, code in pairs if kind is not None]
    if not wanted:
        return []
    found = session.scalars(select(Territory).where(tuple_(Territory.kind, Territory.code).in_(wanted)))
    by_pair = {(territory.kind, territory.code): territory for territory in found}
    return [by_pair[pair] for pair in wanted if pair in by_pair]
