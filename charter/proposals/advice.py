"""The advice on a partnership model and the bill's indicator, said in the reader's language, for pages and API."""

from __future__ import annotations

from typing import Any

from charter.i18n import gettext, locale
from charter.proposals import bill_indicator
from charter.proposals.catalogue import CATEGORIES, by_key
from charter.proposals.recommendation import Advice, Ranked


def advice_view(advice: Advice) -> dict[str, Any]:
    """The advice, said."""
    return {
        "first": _ranked(advice.first) if advice.first else None,
        "clear": advice.clear,
        "ranking": [_ranked(one) for one in advice.ranking],
        "caveats": [gettext(text) for text in advice.caveats],
        "changes": [{"text": gettext(one.text), "model": one.model.said(locale())} for one in advice.changes],
    }


def bill_view(points: tuple[bill_indicator.Point, ...]) -> dict[str, Any]:
    """The indicator, said, with its warning."""
    said = [{"key": one.key, "text": gettext(one.text), "why": gettext(one.why), "met": one.met} for one in points]
    return {"label": gettext(bill_indicator.LABEL), "notice": gettext(bill_indicator.NOTICE), "points": said}


def _ranked(one: Ranked) -> dict[str, Any]:
    return {
        "key": one.model.key,
        "number": one.model.number,
        "label": one.model.said(locale()),
        "definition": one.model.explained(locale()),
        "category": by_key(CATEGORIES)[one.model.category].said(locale()),
        "score": one.score,
        "reasons": [{"text": gettext(reason.text, **reason.params), "points": reason.points} for reason in one.reasons],
    }
