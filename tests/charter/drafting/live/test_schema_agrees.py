"""The editor's schema and the server's take and refuse the same documents, and bear the same version."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from charter.drafting.live.canonical import content_from_nodes
from charter.drafting.live.schema import MAX_COLUMNS, MAX_NOTE, MAX_ROWS, VERSION, OutOfSchema

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = json.loads(Path(__file__).with_name("schema_samples.json").read_text())
SCRIPT = """
import { readFileSync } from "node:fs"
import { schema, SCHEMA_VERSION, LONGEST_NOTE } from "./assets/editor/schema.ts"
import { MOST_COLUMNS, MOST_ROWS } from "./assets/editor/tables.ts"
const taken = (content) => { try { schema.nodeFromJSON({ type: "doc", content }).check(); return true } catch { return false } }
const samples = JSON.parse(readFileSync(0, "utf8"))
const said = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, list.map(taken)]))
process.stdout.write(JSON.stringify({ ...said, version: SCHEMA_VERSION, note: LONGEST_NOTE, columns: MOST_COLUMNS, rows: MOST_ROWS }))
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the editor's own schema says of the samples."""
    built = tmp_path_factory.mktemp("schema") / "schema.mjs"
    bundle = ["node_modules/.bin/esbuild", "--bundle", "--format=esm", "--platform=node", "--log-level=error", f"--outfile={built}"]
    subprocess.run(bundle, cwd=ROOT, input=SCRIPT, text=True, check=True)
    answer = subprocess.run(["node", built], input=json.dumps(SAMPLES), text=True, capture_output=True, check=True)
    return json.loads(answer.stdout)


def test_both_bear_the_same_version_and_bounds(editor: Any) -> None:
    assert editor["version"] == VERSION
    assert editor["note"] == MAX_NOTE
    assert editor["columns"] <= MAX_COLUMNS and editor["rows"] <= MAX_ROWS


@pytest.mark.parametrize("place", range(len(SAMPLES["accepted"])))
def test_both_take(editor: Any, place: int) -> None:
    assert editor["accepted"][place]
    content_from_nodes(SAMPLES["accepted"][place])


@pytest.mark.parametrize("place", range(len(SAMPLES["refused"])))
def test_both_refuse(editor: Any, place: int) -> None:
    assert not editor["refused"][place]
    with pytest.raises(OutOfSchema):
        content_from_nodes(SAMPLES["refused"][place])
