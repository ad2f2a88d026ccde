"""From the documents' data to PDF: templates, the process's one PDF engine, and the progress told on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from charter.adapters.pdf import Attachment, Rendering
from charter.adapters.pdf.process import DIRECTORY, environment, pdf_engine
from charter.adapters.pdf.templates import signature_fields
from charter.adapters.progress import paced
from charter.contracts import documents, services
from charter.contracts.models import CHARTER
from charter.i18n import gettext, speaking
from charter.work import Engine
from workflows.base import N_


def request_of(kind: str, data: Mapping[str, Any], created: datetime) -> Rendering:
    """What the engine is asked for one document. The charter carries its articles as canonical JSON (promise 3)."""
    with speaking("fr"):
        html = environment().get_template(f"{kind}.html").render(document=data)
        about = gettext(N_("Les articles de la charte dans leur forme canonique, pour recalculer leurs empreintes"))
    return Rendering(
        html=html,
        title=f"{data['title']} — {data['alliance']}",
        created=created,
        attachments=(_articles(dict(data), created, about),) if kind == CHARTER else (),
        signature_fields=signature_fields(data["signatures"]),
        author=", ".join(party["name"] for party in data["parties"]),
        subject=f"{data['reference']}, {data['version']}",
    )


def _articles(data: dict[str, Any], created: datetime, about: str) -> Attachment:
    return Attachment(documents.ARTICLES_FILE, documents.charter_articles(data), about, "Data", created)


def reporter(engine: Engine, contract_id: int, attempt: int, kind: str) -> Callable[[str, int], None]:
    """A progress function that notes stages, and pages now and then, in short transactions of its own; one that fails is lost."""
    return paced(engine, lambda work, stage, page: services.tell_progress(work, contract_id, attempt, kind, stage, page))


__all__ = ["DIRECTORY", "environment", "pdf_engine", "reporter", "request_of"]
