"""A charter as PDF: the data its template reads (JSON-able, kept while it is laid out), and what the engine is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785

from charter.adapters.pdf import Attachment, Rendering
from charter.adapters.pdf.process import environment
from charter.drafting.files.charter import ExportedCharter
from charter.i18n import gettext, speaking
from workflows.base import N_

Data = dict[str, Any]
ARTICLES_FILE = "charte-articles.json"
PURPOSE = 280


def document(charter: ExportedCharter, parties: Sequence[Mapping[str, str]], need: str) -> Data:
    """The data of `templates/documents/export.html`. `parties`: {name, kind, identity, initials}; `need`: what the alliance is for."""
    return {
        "lang": "fr",
        "title": gettext(N_("Charte du faire alliance")),
        "alliance": charter.alliance,
        # At the foot of each page: which state of the text this is.
        "reference": charter.state,
        "version": "" if charter.draft else gettext(N_("version %(number)s"), number=charter.version),
        "version_number": charter.version,
        "draft": charter.draft,
        "state": charter.state,
        "at": charter.at.isoformat(),
        "purpose": _short(need),
        "adopted_on": "",
        "preamble": "",
        "parties": [
            {
                "name": one["name"],
                "short": "",
                "initial": one["initials"],
                "kind": one["kind"],
                "identity": one["identity"],
                "representative": None,
            }
            for one in parties
        ],
        "facilitator": {"name": charter.facilitator} if charter.facilitator else None,
        "place_and_date": "",
        "signatures": [],
        "sha256": charter.sha256,
        "journal_head": "",
        "articles": [
            {
                "number": one.number,
                "title": one.title,
                "content": list(one.nodes),
                "hash": one.sha256,
                "reservations": [{"party": party, "reason": reason} for party, reason in one.reservations],
            }
            for one in charter.articles
        ],
    }


def request(data: Data) -> Rendering:
    """What the engine is asked. The articles travel in the file in the form their hashes are computed on."""
    created = datetime.fromisoformat(data["at"])
    with speaking("fr"):
        html = environment().get_template("export.html").render(document=data)
        about = gettext(N_("Les articles de la charte dans leur forme canonique, pour recalculer leurs empreintes"))
    return Rendering(
        html=html,
        title=f"{data['title']} — {data['alliance']}",
        created=created,
        attachments=(Attachment(ARTICLES_FILE, _articles(data), about, "Data", created),),
        author=", ".join(party["name"] for party in data["parties"]),
        subject=data["state"],
    )


def _articles(data: Data) -> bytes:
    articles = [{"number": a["number"], "title": a["title"], "content": a["content"], "sha256": a["hash"]} for a in data["articles"]]
    whole = {"title": data["title"], "version": data["version_number"], "draft": data["draft"], "articles": articles}
    return rfc8785.dumps(whole | ({"sha256": data["sha256"]} if data["sha256"] else {}))


def _short(words: str) -> str:
    """The beginning of a text, cut between two words, fit for a cover."""
    whole = " ".join(words.split())
    return whole if len(whole) <= PURPOSE else whole[:PURPOSE].rsplit(" ", 1)[0] + "…"
