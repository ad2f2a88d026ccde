"""The articles a signed charter carries in itself (`charte-articles.json`), hashed anew: what was signed, whatever the database says."""

from __future__ import annotations

import json

import rfc8785

from charter.adapters.pdf.reading import attached
from charter.adapters.signer import first_signed
from charter.contracts.documents import ARTICLES_FILE
from charter.signing.evidence.plain import sha256


def carried(pdf: bytes) -> dict[int, str]:
    """By article number, the SHA-256 of the canonical text in the file as it is, provided it is the same as under the first signature.

    Empty for a file that carries no articles. Raises what the readers raise on bytes that are no PDF.
    """
    now = _hashes(attached(pdf, ARTICLES_FILE))
    then = _hashes(attached(first_signed(pdf), ARTICLES_FILE)) if now else {}
    return {number: digest for number, digest in now.items() if then.get(number) == digest}


def _hashes(data: bytes | None) -> dict[int, str]:
    """The canonical text of an article: docs/canonical-text.md."""
    articles = json.loads(data)["articles"] if data else []
    return {int(one["number"]): sha256(rfc8785.dumps({"title": one["title"], "content": one["content"]})) for one in articles}
