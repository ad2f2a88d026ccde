"""Documents of ours, really laid out and really signed: what the attacks begin with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from charter.adapters.pdf import PdfEngine, Rendering
from charter.adapters.pdf.request import Attachment
from charter.adapters.pdf.templates import document_environment, signature_fields
from charter.adapters.signer import LocalAuthority, SealingService, SignerIdentity
from charter.config import TEMPLATES, Settings
from tests.charter.adapters.signer_samples import font
from tests.documents.conftest import day, gettext, moment, money, words
from tests.documents.sample import WHEN, paragraph

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ARTICLES_FILE = "charte-articles.json"
ARTICLE = "Les parties mettent ensemble leurs moyens et décident ensemble."


def people(count: int) -> dict[str, SignerIdentity]:
    """Who signs, by field."""
    return {
        f"sig-{n:02d}": SignerIdentity(f"Camille Nom{n}", f"c{n}@exemple.test", f"Organisation {n}", "présidence") for n in range(count)
    }


@cache
def original(count: int, articles: int = 3) -> bytes:
    """A charter of `count` parties, laid out by the product's own engine and template, with its canonical articles attached. A page or two
    and one more for every ten articles."""
    environment = document_environment(TEMPLATES / "documents", gettext=gettext, day=day, moment=moment, money=money, words=words)
    document = _document(count, articles)
    with TemporaryDirectory(prefix="originals-") as folder:
        engine = PdfEngine(fonts_dir=Settings.fonts_dir, documents_dir=TEMPLATES / "documents", cache_dir=Path(folder))
        try:
            return engine.render(_asked(environment.get_template("charter.html").render(document=document), document))
        finally:
            engine.close()


def _asked(html: str, document: dict[str, Any]) -> Rendering:
    return Rendering(
        html=html,
        title="Charte du faire alliance",
        created=WHEN,
        signature_fields=signature_fields(document["signatures"]),
        attachments=(Attachment(ARTICLES_FILE, b'{"articles":[{"number":1}]}', "Articles", "Data", WHEN),),
    )


def signed(service: SealingService, count: int, *, made: int | None = None, articles: int = 3) -> list[bytes]:
    """Every state of a charter of `count` parties: certified, then signed by `made` of them (all by default); the last, archived."""
    states = [service.certify(original(count, articles), when=NOW, reason="Certification").pdf]
    for number, (field, person) in enumerate(list(people(count).items())[:made], start=1):
        when = NOW + timedelta(minutes=number)
        sealed = service.sign(states[-1], field=field, identity=person, when=when, reason="Lu et approuvé", final=number == count)
        states.append(sealed.pdf)
    return states


def stranger(directory: Path, name: str) -> SealingService:
    """A sealing service of somebody else's, whose authority bears that name."""
    return SealingService(LocalAuthority.open(directory, NOW, name=name), font())


def _document(count: int, articles: int) -> dict[str, Any]:
    parties: Sequence[dict[str, Any]] = [
        {
            "name": person.organisation,
            "short": "",
            "initial": "O",
            "kind": "association",
            "identity": "association déclarée",
            "representative": {"name": person.name, "capacity": person.capacity},
        }
        for person in people(count).values()
    ]
    signatures = [
        {
            "field": field,
            "organisation": person.organisation,
            "name": person.name,
            "capacity": person.capacity,
            "label": f"Signature de {person.organisation}",
        }
        for field, person in people(count).items()
    ]
    return {
        "lang": "fr",
        "title": "Charte du faire alliance",
        "alliance": "Rive vivante",
        "reference": "c1",
        "version": "version 1",
        "version_number": 1,
        "purpose": "Que chacun puisse aller où sa vie l’appelle.",
        "draft": False,
        "adopted_on": NOW.date(),
        "parties": parties,
        "facilitator": None,
        "place_and_date": "",
        "preamble": "",
        "sha256": "0" * 64,
        "articles": [
            {"number": n, "title": f"Article {n}", "content": [paragraph(ARTICLE)], "hash": f"{n:064d}", "reservations": []}
            for n in range(1, articles + 1)
        ],
        "signatures": signatures,
        "journal_head": "0" * 64,
        "journal_seq": 1,
    }
