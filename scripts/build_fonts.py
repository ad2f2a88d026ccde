"""Make the web fonts: WOFF2 subsets (Latin, Latin Extended, punctuation, arrows) of the full TTFs installed by npm.

Usage: build_fonts.py <node_modules directory> <output directory>

Writes `<name>.<hash>.woff2` and `fonts.json`, {logical name: file name}. Four variants, two families, which is what the
French eco-design reference (RGESN 2024, criterion 4.9) asks for at most. Deterministic: same TTFs, same names.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

VARIANTS = {
    "source-sans-3-400": "source-sans-3/400Regular/SourceSans3_400Regular.ttf",
    "source-sans-3-600": "source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf",
    "source-serif-4-400": "source-serif-4/400Regular/SourceSerif4_400Regular.ttf",
    "source-serif-4-600": "source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf",
}

# Basic Latin to Latin Extended-B, combining accents, Latin Extended Additional, punctuation, superscripts, euro, №, ™, arrows,
# minus, ≈ ≠ ≤ ≥.
RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02B0, 0x02DF), (0x0300, 0x036F), (0x1E00, 0x1EFF), (0x2000, 0x206F),
    (0x2070, 0x209F), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2265),
)  # fmt: skip

FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "case", "sups", "ordn"]


def subset_font(source: Path) -> bytes:
    """The WOFF2 bytes of `source` cut down to RANGES and FEATURES."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.drop_tables += ["DSIG"]
    options.recalc_timestamp = False
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    cutter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main(node_modules: Path, target: Path) -> None:
    """Write every variant and its index under `target`, dropping files of former builds."""
    target.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for name, path in VARIANTS.items():
        data = subset_font(node_modules / "@expo-google-fonts" / path)
        names[f"{name}.woff2"] = f"{name}.{hashlib.sha256(data).hexdigest()[:10]}.woff2"
        (target / names[f"{name}.woff2"]).write_bytes(data)
    for stale in target.glob("*.woff2"):
        if stale.name not in names.values():
            stale.unlink()
    (target / "fonts.json").write_text(json.dumps(names, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
