"""The documents as one reads them on screen: the very data they were laid out from, so that page and PDF say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from charter.adapters.pdf.templates import rich
from charter.contracts.models import CONTRACT
from charter.signing.models import Envelope, EnvelopeDocument

Data = dict[str, Any]


def readings(envelope: Envelope) -> list[Data]:
    """Each document: kind, title, version, pages, sha256, `parties`, `opening` (HTML), `sections` of numbered articles (HTML),
    `contributions` and `annexes`.
    """
    assembled = envelope.contract.assembled
    return [_reading(document, assembled[document.kind]) for document in envelope.documents]


def _reading(document: EnvelopeDocument, data: Mapping[str, Any]) -> Data:
    contract = document.kind == CONTRACT
    return {
        "kind": document.kind,
        "title": document.title,
        "version": data["version"],
        "pages": document.pages,
        "sha256": document.original_sha256,
        "parties": [_party(party) for party in data["parties"]],
        "opening": rich(data["recitals"] if contract else data["preamble"]),
        "sections": _sections(data["sections"]) if contract else [{"title": "", "articles": _articles(data["articles"])}],
        "contributions": [dict(one) for one in data["contributions"]] if contract else [],
        "annexes": [dict(one) for one in data["annexes"]] if contract else [],
    }


def _party(party: Mapping[str, Any]) -> Data:
    return {"name": party["name"], "identity": party["identity"], "representative": party["representative"]}


def _sections(sections: Sequence[Mapping[str, Any]]) -> list[Data]:
    return [{"title": section["title"], "articles": _articles(section["clauses"])} for section in sections]


def _articles(articles: Sequence[Mapping[str, Any]]) -> list[Data]:
    return [{"number": one["number"], "title": one["title"], "html": rich(one["content"])} for one in articles]
