from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import SandboxedEnvironment

from charter.adapters.pdf import PdfEngine, Rendering
from charter.adapters.pdf.templates import document_environment, signature_fields
from tests.documents.sample import WHEN

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "node_modules" / "@expo-google-fonts"
DOCUMENTS = ROOT / "templates" / "documents"
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


def gettext(msgid: str, **params: object) -> str:
    return msgid % params if params else msgid


def day(value: Any) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    return f"{day(value)} à {value:%H:%M} (UTC)"


def money(value: Any) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") + "\u00a0€"


def words(values: list[str]) -> str:
    return " et ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


@pytest.fixture(scope="session")
def environment() -> SandboxedEnvironment:
    return document_environment(DOCUMENTS, gettext=gettext, day=day, moment=moment, money=money, words=words)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdfEngine]:
    engine = PdfEngine(fonts_dir=FONTS, documents_dir=DOCUMENTS, cache_dir=tmp_path_factory.mktemp("pdf"))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def request_for(environment: SandboxedEnvironment) -> Callable[[str, dict[str, Any]], Rendering]:
    def make(name: str, document: dict[str, Any]) -> Rendering:
        html = environment.get_template(f"{name}.html").render(document=document)
        return Rendering(
            html=html,
            title=f"{document['title']} — {document['alliance']}",
            created=WHEN,
            author="Maison des alliances",
            signature_fields=signature_fields(document.get("signatures", [])),
        )

    return make


def page(body: str, **options: Any) -> Rendering:
    """A bare document around a fragment."""
    html = f'<html lang="fr"><head><title>t</title></head><body>{body}</body></html>'
    return Rendering(html=html, title="Essai", created=WHEN, **options)
