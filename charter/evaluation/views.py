"""What the evaluation's pages show: the timeline, and the shared answers with their spread. Plain data only."""

from __future__ import annotations

from datetime import date
from typing import Any

from charter.alliances.models import Alliance, Party
from charter.evaluation import report, schedule
from charter.evaluation.models import Answer, Checkpoint
from charter.evaluation.questionnaire import NO_OPINION, SCALE, SCALE_LABELS, VERDICT_LABELS
from charter.i18n import format_day, gettext
from workflows.base import N_
from workflows.calendar import PRESETS

WIDE, WIDEST = 2, 3
"""From which gap between parties an axis calls for a talk; how many such axes the page names."""


def scale_options() -> list[tuple[str, str]]:
    """The scale, best last, then « sans avis »."""
    return [(str(value), f"{value} – {gettext(SCALE_LABELS[value])}") for value in SCALE] + [
        (NO_OPINION, gettext(SCALE_LABELS[NO_OPINION]))
    ]


def verdict_options() -> list[tuple[str, str, str]]:
    """Poursuivre, réorienter, arrêter, each with what it means."""
    return [(verdict.value, gettext(label), gettext(meaning)) for verdict, (label, meaning) in VERDICT_LABELS.items()]


def preset_options(alliance: Alliance, start: Any) -> list[tuple[str, str, str]]:
    """The presets, each with its dates."""
    found = []
    for key, one in PRESETS.items():
        days = list(schedule.suggestion(alliance, key, start).values())
        note = gettext(
            N_("%(hint)s Du %(first)s au %(last)s."), hint=gettext(one.hint), first=format_day(days[0]), last=format_day(days[-1])
        )
        found.append((key, gettext(one.title), note))
    return found


def checkpoint_view(alliance: Alliance, row: Checkpoint, mine: Party | None) -> dict[str, Any]:
    """A checkpoint on the timeline: who answered, never what."""
    answered = row.answered_party_ids
    parties = [party for party in alliance.parties if party.id in answered or party in alliance.accepted_parties]
    return {
        "ref": row.ref,
        "title": gettext(row.title),
        "due": row.due_on,
        "closes_on": row.closes_on,
        "status": row.status.value,
        "sequence": row.sequence,
        "verdict": gettext(VERDICT_LABELS[row.verdict][0]) if row.verdict else "",
        "verdict_key": row.verdict.value if row.verdict else "",
        "meaning": gettext(VERDICT_LABELS[row.verdict][1]) if row.verdict else "",
        "verdict_reason": row.verdict_reason,
        "closed_at": row.closed_at,
        "document": bool(row.document),
        "failed": bool(row.render_error),
        "followed": row.followed,
        "mine": mine is not None and mine.id not in answered and mine in alliance.accepted_parties,
        "parties": [{"name": one.name, "initials": one.initials, "color": one.color, "answered": one.id in answered} for one in parties],
        "answered": len(answered),
        "next_steps": [{**step, "due": date.fromisoformat(step["due"])} for step in row.next_steps],
    }


def shared_view(alliance: Alliance, row: Checkpoint, answers: list[Answer]) -> dict[str, Any]:
    """The shared answers for the review's page: stories, then figures with their spread, then words and wishes."""
    key = report.questionnaire_of(row).story.key
    concerned = report.concerned(alliance, answers)
    axes = report.axes(row, concerned, answers)
    return {
        "stories": [{"party": answer.party.name, "text": answer.texts[key]} for answer in answers if answer.texts.get(key)],
        "axes": [{**axis, "cells": _cells(axis)} for axis in axes],
        "widest": [axis["label"] for axis in sorted(axes, key=lambda axis: -(axis["gap"] or 0)) if (axis["gap"] or 0) >= WIDE][:WIDEST],
        "comments": report.comments(row, answers),
        "words": report.words(row, answers),
        "wishes": report.wishes(answers),
        "suppliers": report.suppliers(row, answers),
    }


def _cells(axis: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The parties of an axis by column: 1 to 5, then without opinion or answer."""
    columns: list[list[dict[str, Any]]] = [[] for _ in range(len(SCALE) + 1)]
    for one in axis["answers"]:
        columns[len(SCALE) if one["value"] is None else round(one["value"]) - 1].append(one)
    return columns
