"""The two documents as plain data, in the shapes `templates/documents/charter.html` and `contract.html` read.

Pure: the same alliance, charter and contract give the same data, whose hash tells whether documents made earlier still are it. Always in
French, the language of the texts people sign. Dates are ISO 8601 so that the data can be kept as JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from charter.alliances.models import KIND_LABELS, Alliance, Party
from charter.contracts.assembly import AssembledContract, ContractArticle
from charter.contracts.clauses import LIBRARY_VERSION
from charter.contracts.facts import AssemblyFacts
from charter.contracts.gathering import signs_for
from charter.contracts.models import CHARTER, CONTRACT, Contract
from charter.drafting.services import AdoptedCharter
from charter.i18n import gettext, speaking
from workflows.base import N_

Data = dict[str, Any]
ARTICLES_FILE = "charte-articles.json"
PURPOSE = 280

SECTIONS: tuple[tuple[int, str], ...] = (
    (6, N_("Le cadre de l’alliance")),
    (10, N_("Objectifs et apports")),
    (18, N_("Décider ensemble")),
    (31, N_("Dons et subventions")),
    (35, N_("Connaissances et résultats")),
    (99, N_("La vie du contrat")),
)
"""Titles the articles are gathered under: the last clause number of each, by rank in the library."""


def documents(alliance: Alliance, contract: Contract, charter: AdoptedCharter, facts: AssemblyFacts, text: AssembledContract) -> Data:
    """`{"charter": …, "contract": …, "library": …}`, JSON-able."""
    with speaking("fr"):
        common = _common(alliance)
        agreement = _contract(common, contract, charter, facts, text)
        return {CHARTER: _charter(common, alliance, charter), CONTRACT: agreement, "library": LIBRARY_VERSION}


def fingerprint(data: Data) -> str:
    """SHA-256 (hexadecimal) of the RFC 8785 JSON of the documents' data."""
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()


def charter_articles(charter: Data) -> bytes:
    """The file carried inside the charter's PDF, RFC 8785 JSON: each article's canonical text is `{"content", "title"}` of its entry, so
    that anybody can recompute what the parties consented to (promise 3)."""
    articles = [{"number": a["number"], "title": a["title"], "content": a["content"], "sha256": a["hash"]} for a in charter["articles"]]
    whole = {"title": charter["title"], "version": charter["version_number"], "sha256": charter["sha256"], "articles": articles}
    return rfc8785.dumps(whole)


def field_of(party: Party) -> str:
    """The name of the party's signature field in both documents."""
    return f"sig-{party.ref}"


def _common(alliance: Alliance) -> Data:
    facilitator = next((one for one in alliance.facilitators if one.ended_at is None), None)
    parties = alliance.accepted_parties
    return {
        "lang": "fr",
        "alliance": alliance.title,
        "draft": False,
        "parties": [_party(party) for party in parties],
        "facilitator": {"name": facilitator.person.display_name} if facilitator else None,
        "place_and_date": "",
        "signatures": [_signature(party) for party in parties],
    }


def _party(party: Party) -> Data:
    organisation, member = party.organisation, signs_for(party)
    address = gettext(N_("dont l’adresse est %(address)s"), address=organisation.address) if organisation.address else ""
    parts = [organisation.legal_form or _kind(party), _numbers(party), address]
    capacity = (member.title if member else "") or gettext(N_("en qualité de représentant habilité"))
    return {
        "name": party.name,
        "short": "",
        "initial": party.initials,
        "kind": _kind(party).lower(),
        "identity": ", ".join(part for part in parts if part),
        "representative": {"name": member.person.display_name, "capacity": capacity} if member else None,
    }


def _kind(party: Party) -> str:
    return gettext(KIND_LABELS[party.organisation.kind])


def _numbers(party: Party) -> str:
    organisation = party.organisation
    if organisation.siren:
        return gettext(N_("numéro SIREN %(number)s"), number=" ".join(organisation.siren[at : at + 3] for at in (0, 3, 6)))
    return gettext(N_("numéro RNA %(number)s"), number=organisation.rna) if organisation.rna else ""


def _signature(party: Party) -> Data:
    member = signs_for(party)
    return {
        "field": field_of(party),
        "organisation": party.name,
        "name": member.person.display_name if member else "",
        "capacity": member.title if member else "",
        "label": gettext(N_("Signature de %(party)s"), party=party.name),
    }


def _charter(common: Data, alliance: Alliance, charter: AdoptedCharter) -> Data:
    return {
        **common,
        "title": gettext(N_("Charte du faire alliance")),
        "reference": charter.text_ref,
        "version": gettext(N_("version %(number)s"), number=charter.version),
        "version_number": charter.version,
        "purpose": _short(alliance.need),
        "adopted_on": charter.adopted_at.astimezone(ZoneInfo(alliance.zone)).date().isoformat(),
        "preamble": "",
        "sha256": charter.sha256,
        "articles": [
            {
                "number": one.number,
                "title": one.title,
                "content": one.nodes,
                "hash": one.sha256,
                "reservations": [{"party": said["party"], "reason": said["reason"]} for said in one.reservations],
            }
            for one in charter.articles
        ],
    }


def _contract(common: Data, contract: Contract, charter: AdoptedCharter, facts: AssemblyFacts, text: AssembledContract) -> Data:
    annex = gettext(N_("Version %(number)s. Son empreinte SHA-256, que portent aussi ses propres pages :"), number=charter.version)
    return {
        **common,
        "title": gettext(N_("Contrat d’alliance")),
        "reference": contract.ref,
        "version": gettext(N_("version %(number)s"), number=contract.version),
        "version_number": contract.version,
        "purpose": "",
        "recitals": "",
        "sha256": text.sha256,
        "sections": _sections(text.articles),
        "contributions": _contributions(facts),
        "annexes": [{"title": gettext(N_("Charte du faire alliance")), "description": annex, "sha256": charter.sha256}],
    }


def _sections(articles: Sequence[ContractArticle]) -> list[Data]:
    found, start = [], 0
    for last, title in SECTIONS:
        clauses = [_clause(article) for article in articles if start < article.clause <= last]
        if clauses:
            found.append({"title": gettext(title), "clauses": clauses})
        start = last
    return found


def _clause(article: ContractArticle) -> Data:
    names = ("number", "key", "title", "title_en", "why", "why_en")
    return {**{name: getattr(article, name) for name in names}, "content": list(article.content), "special": False}


def _contributions(facts: AssemblyFacts) -> list[Data]:
    return [
        {"party": party.name, "nature": one.kind, "description": one.label, "when": "", "amount": one.cents}
        for party in facts.parties
        for one in party.contributions
    ]


def _short(words: str) -> str:
    """The beginning of a text, cut between two words, fit for a cover."""
    line = " ".join(words.split())
    return line if len(line) <= PURPOSE else line[:PURPOSE].rsplit(" ", 1)[0] + "…"


def reading(data: Mapping[str, Any], journal_seq: int, journal_hash: str, date: str) -> Data:
    """The document's data with what is only known when it is laid out: the journal's head and the day."""
    return {**data, "journal_seq": journal_seq, "journal_head": journal_hash, "date": date}
