"""Every word a person reads goes through gettext, and has its English: nothing missing, fuzzy or with other placeholders."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Message

from scripts.steps import ROOT
from scripts.translations import LANGUAGES, catalogue_path, extract, read

MARKERS = {"_", "_l", "_n", "N_", "gettext", "ngettext", "lazy_gettext", "say"}
FRENCH = re.compile(r"[àâçéèêëîïôûùœÀÂÇÉÈÊÔ«»’].* |\s.*[àâçéèêëîïôûùœÀÂÇÉÈÊÔ«»’]", re.DOTALL)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdr]")
PATTERN = re.compile(r"\(\?|\[\^|\\[sdSw]")  # a regular expression, not a sentence
WORD = re.compile(r"[^\W\d_]{2,}")
EXCUSE = "# french:"


def main() -> int:
    """Prints every fault; returns 1 when there is one."""
    faults = [*_catalogue_faults(), *_literal_faults()]
    print("\n".join(faults) or "every word is translated")
    return int(bool(faults))


def _catalogue_faults() -> Iterator[str]:
    words = extract()
    for language in LANGUAGES:
        known, path = read(language), catalogue_path(language).relative_to(ROOT)
        for message in words:
            if message.id:
                yield from (f"{path}: {fault}: {_short(message)}" for fault in _faults(message, known.get(message.id, message.context)))
        for message in known:
            if message.id and words.get(message.id, message.context) is None:
                yield f"{path}: said nowhere any more: {_short(message)}"


def _faults(message: Message, translated: Message | None) -> Iterator[str]:
    if translated is None:
        yield "missing (run `python -m scripts.translations`, then translate)"
        return
    if translated.fuzzy:
        yield "fuzzy"
    strings = [text or "" for text in ([translated.string] if isinstance(translated.string, str) else translated.string or [""])]
    if not all(strings):
        yield "not translated"
        return
    allowed = {name for text in _texts(message.id) for name in PLACEHOLDER.findall(text)}
    if any(not allowed.issuperset(PLACEHOLDER.findall(text)) for text in strings):
        yield "other placeholders than the French"


def _texts(message: str | Iterable[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def _short(message: Message) -> str:
    place = message.locations[0][0] if message.locations else ""
    return f"{_texts(message.id)[0][:80]!r} {place}".rstrip()


def _literal_faults() -> Iterator[str]:
    exempt = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["charte"]["french"]["exempt"]
    for path in sorted([*ROOT.glob("charter/**/*.py"), *ROOT.glob("workflows/**/*.py")]):
        name = path.relative_to(ROOT).as_posix()
        if not any(name == prefix or name.startswith(f"{prefix}/") for prefix in exempt):
            yield from (f"{name}:{line}: French outside gettext: {text[:60]!r}" for line, text in _unmarked(path))


def _unmarked(path: Path) -> Iterator[tuple[int, str]]:
    source = path.read_text()
    lines, tree = source.splitlines(), ast.parse(source)
    said = {id(node) for call in ast.walk(tree) if _is_marker(call) for node in ast.walk(call)}
    said |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in said:
            continue
        if _is_french(node.value) and EXCUSE not in lines[(node.end_lineno or node.lineno) - 1]:
            yield node.lineno, node.value


def _is_french(text: str) -> bool:
    return bool(FRENCH.search(text) and WORD.search(text) and not PATTERN.search(text))


def _is_marker(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (
        (isinstance(node.func, ast.Name) and node.func.id in MARKERS)
        or (isinstance(node.func, ast.Attribute) and node.func.attr in MARKERS)
    )


if __name__ == "__main__":
    sys.exit(main())
