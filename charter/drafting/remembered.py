"""What is remembered of a text, as its pages and its API show it: versions by day, who wrote what, roads, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting.comparison import Block, Span
from charter.drafting.models import Article, Text, Version
from charter.drafting.schemas.versions import VersionView
from charter.drafting.services import Authored, Step, roads
from charter.drafting.shown import party_mark
from charter.i18n import ZONE, gettext
from charter.work import Work
from workflows.base import N_

FATES = {
    "withdrawn": N_("retiré depuis"),
    "replaced": N_("remplacé depuis"),
    "stale": N_("le texte a changé ensuite : cet avis ne compte plus"),
}


def by_day(versions: Sequence[Version]) -> list[dict[str, Any]]:
    """Days, newest first; in each, versions somebody should see alone, and those kept by the product in a row together."""
    return [
        {"day": day, "groups": [{"alone": alone, "versions": list(row)} for alone, row in _groups(inside)]}
        for day, inside in groupby(versions, key=lambda one: one.at.astimezone(ZONE).date())
    ]


def _groups(versions: Iterable[Version]) -> Iterable[tuple[bool, Iterable[dict[str, Any]]]]:
    for alone, row in groupby(versions, key=stands_out):
        yield alone, (VersionView().dump(one) for one in row)


def stands_out(version: Version) -> bool:
    """False for those kept by the product after a pause or in the day: there are many."""
    return bool(version.name) or version.why not in {"quiet", "daily"}


def title(version: Version | None) -> str:
    """« Avant l’atelier », or why it was kept; « Aujourd’hui » for none."""
    if version is None:
        return gettext(N_("Le texte d’aujourd’hui"))
    return version.name or str(VersionView().dump(version)["label"])


def authored(work: Work, alliance: Alliance, articles: Sequence[Authored]) -> dict[str, Any]:
    """Articles as blocks of runs with their party and its number among `parties`; shares in words, by article and in all."""
    marks = {party.id: party_mark(party) for party in alliance.parties}
    people = _names(work, articles)
    shown = [_article(one, marks, people) for one in articles]
    whole: dict[int | None, int] = {}
    for one in articles:
        for party, words in one.words.items():
            whole[party] = whole.get(party, 0) + words
    return {"articles": shown, "shares": _shares(whole, marks)}


def _article(one: Authored, marks: dict[int, dict[str, Any]], people: dict[int, str]) -> dict[str, Any]:
    blocks = [_block(block, marks, people) for block in one.blocks]
    return {"ref": one.ref, "number": one.number, "title": one.title, "blocks": blocks, "shares": _shares(one.words, marks)}


def _block(block: Block, marks: dict[int, dict[str, Any]], people: dict[int, str]) -> dict[str, Any]:
    runs: list[dict[str, Any]] = []
    for author, row in groupby(block.spans, key=lambda span: span.author or (None, None)):
        spans: list[Span] = list(row)
        runs.append(
            {
                "party": marks.get(author[1]) if author[1] else None,
                "person": people.get(author[0], "") if author[0] else "",
                "spans": [{"text": span.text, "marks": [name for name, _ in span.marks]} for span in spans],
            }
        )
    initials = {run["party"]["ref"]: run["party"] for run in runs if run["party"]}
    return {"kind": block.kind, "label": block.label, "depth": block.depth, "runs": runs, "parties": list(initials.values())}


def _shares(words: Any, marks: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Greatest first, the starting text last; percents add up to about a hundred."""
    total = sum(words.values()) or 1
    rows = [{"party": marks.get(party), "words": count, "percent": round(100 * count / total)} for party, count in words.items() if count]
    return sorted(rows, key=lambda row: (row["party"] is None, -row["words"]))


def _names(work: Work, articles: Sequence[Authored]) -> dict[int, str]:
    ids = {span.author[0] for one in articles for block in one.blocks for span in block.spans if span.author and span.author[0]}
    return {one.id: one.display_name for one in work.session.scalars(select(Person).where(Person.id.in_(ids)))}


def road(work: Work, text: Text, articles: Sequence[Article], hashes: dict[int, str]) -> dict[int, list[dict[str, Any]]]:
    """Each article's steps by its id; `hashes`: of its words now, which tell the consents that count."""
    return {key: [_step(one, hashes.get(key, "")) for one in steps] for key, steps in roads(work, text, articles).items()}


def _step(step: Step, sha256: str) -> dict[str, Any]:
    fate = _fate(step, sha256)
    return {
        "at": step.at,
        "kind": step.kind,
        "label": step.label,
        "actor": step.actor,
        "party": party_mark(step.party) if step.party else None,
        "reason": step.reason,
        "ref": step.ref,
        "word": step.said.kind.value if step.said else "",
        "fate": gettext(FATES[fate]) if fate else "",
    }


def _fate(step: Step, sha256: str) -> str:
    said = step.said
    if said is None:
        return ""
    if said.withdrawn:
        return "withdrawn"
    if said.ended_at is not None:
        return "replaced"
    return "" if said.sha256 == sha256 else "stale"
