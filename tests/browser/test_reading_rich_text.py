"""Tables, notes, lists and links where they are only read: by an observer, in a version, a difference, once adopted, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from charter.drafting import services
from charter.drafting.live import content
from tests.browser.conftest import Running, assert_accessible, shoot
from tests.browser.test_drafting import charter_alliance, charter_of, two_people
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def words(said: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": said, **({"marks": list(marks)} if marks else {})}


def cell(kind: str, said: str) -> dict[str, Any]:
    return {"type": kind, "content": [made.paragraph(said)]}


def row(kind: str, *said: str) -> dict[str, Any]:
    return {"type": "table_row", "content": [cell(kind, one) for one in said]}


RICH: list[dict[str, Any]] = [
    {"type": "heading", "attrs": {"level": 3}, "content": [words("Qui fait quoi")]},
    {
        "type": "paragraph",
        "content": [
            words("Chaque partie "),
            words("tient", {"type": "strong"}),
            words(" sa part"),
            {"type": "note", "attrs": {"text": "Décidé à l’atelier de mars."}},
            words(", comme le dit "),
            words("la loi", {"type": "link", "attrs": {"href": "https://exemple.fr/loi"}}),
            words("."),
        ],
    },
    {
        "type": "table",
        "content": [
            row("table_header", "Qui", "Quoi", "Quand"),
            row("table_cell", "La ville", "Un local de cent vingt mètres carrés", "En mars"),
            row("table_cell", "L’association", "L’accueil des familles", "Chaque mercredi"),
        ],
    },
    {"type": "bullet_list", "content": [{"type": "list_item", "content": [made.paragraph("Accueillir")]}]},
]


def test_rich_text_is_read_well_wherever_it_is_only_read(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    with running_app.engine.work() as work:
        text = charter_of(work, path)
        before = services.name_version(work, text, "Avant").ref
        content.replace(work.session, text.present_articles[0], RICH, at=work.now(), author=lea.id)
        after = services.name_version(work, text, "Après").ref
        charter_alliance(work, path).parties[1].members[0].roles = ["observer"]
    reads = page_as(tom, f"{path}/charte/texte")
    expect(reads.locator("[data-article] .article-text").first).to_have_attribute("aria-readonly", "true")
    expect(reads.locator("[data-article] table").first).to_be_visible()
    seen(reads, "read-only")
    for name, where in (("version", after), ("compared", f"comparaison?avant={before}"), ("authors", f"{after}/auteurs")):
        reads.goto(f"{running_app.url}{path}/charte/versions/{where}")
        expect(reads.get_by_role("main")).to_contain_text("cent vingt mètres")
        seen(reads, name)
    with running_app.engine.work() as work:
        charter_alliance(work, path).parties[1].members[0].roles = ["signatory", "referent"]
        text = charter_of(work, path)
        made.consents(work, text, ConsentKind.reservation, "Nous ferons le point.")
        services.adopt(work, text)
    reads.goto(f"{running_app.url}{path}/charte/adoptee")
    expect(reads.get_by_role("columnheader", name="Qui")).to_be_visible()
    expect(reads.get_by_text("Décidé à l’atelier de mars.")).to_be_visible()
    seen(reads, "adopted")


def seen(page: Page, name: str) -> None:
    """axe finds nothing, a phone shows it whole."""
    assert_accessible(page)
    shoot(page, f"rich-{name}")
