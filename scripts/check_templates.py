"""Every template parses, names filters, templates and pages that exist, and pages hold nothing our Content-Security-Policy refuses."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, meta, nodes

from charter.app import make_app
from charter.config import TEMPLATES, Settings
from scripts.steps import ROOT

SUFFIXES = {".html", ".txt", ".svg"}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
DATA_SCRIPTS = {"application/json", "application/ld+json"}


class PageReader(HTMLParser):
    """Collects what a page may not hold: inline styles and scripts, event attributes, addresses elsewhere for code."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        given = dict(attrs)
        for name, value in given.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name) or name.startswith("hx-on"):
                self._fault(f"attribute {name}= is refused by our Content-Security-Policy")
            if name in {"href", "action", "formaction"} and (value or "").strip().lower().startswith("javascript:"):
                self._fault("javascript: address")
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA_SCRIPTS):
            self._fault(f"inline <{tag}>")
        if tag in {"script", "link", "img"} and re.match(r"(https?:)?//", given.get("src") or given.get("href") or ""):
            self._fault(f"<{tag}> from elsewhere")
        if tag == "img" and "alt" not in given:
            self._fault("<img> without alt")

    def _fault(self, text: str) -> None:
        self.faults.append((self.getpos()[0], text))


def main() -> int:
    """Prints every fault; returns 1 when there is one."""
    plain = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True)
    paths = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in SUFFIXES)
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Settings(Path(folder), f"sqlite:///{folder}/check.sqlite3", secret_key="x" * 64))
    faults = [fault for path in paths for fault in _faults(path, plain, app)]
    print("\n".join(faults) or f"{len(paths)} templates looked at")
    return int(bool(faults))


def _faults(path: Path, plain: Environment, app: Flask) -> Iterator[str]:
    name, source = path.relative_to(ROOT), path.read_text()
    try:
        tree = plain.parse(source)
    except TemplateSyntaxError as error:
        yield f"{name}:{error.lineno}: {error.message}"
        return
    for other in meta.find_referenced_templates(tree):
        if other is not None and not any((root / other).is_file() for root in (TEMPLATES, TEMPLATES / "documents")):
            yield f"{name}: no template {other}"
    if path.relative_to(TEMPLATES).parts[0] == "pages":
        yield from (f"{name}:{line}: {text}" for line, text in [*_unknown(tree, app), *_html(source)])


def _unknown(tree: nodes.Template, app: Flask) -> Iterator[tuple[int, str]]:
    for node in tree.find_all(nodes.Filter):
        if node.name not in app.jinja_env.filters:
            yield node.lineno, f"no filter {node.name}"
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and call.args and isinstance(call.args[0], nodes.Const):
            endpoint = call.args[0].value
            if endpoint not in app.view_functions:
                yield call.lineno, f"no page {endpoint}"


def _html(source: str) -> list[tuple[int, str]]:
    """Faults of the HTML, the template's own marks blanked out but for their line breaks."""
    reader = PageReader()
    reader.feed(JINJA.sub(lambda match: "x" + "\n" * match[0].count("\n"), source))
    reader.close()
    return reader.faults


if __name__ == "__main__":
    sys.exit(main())
