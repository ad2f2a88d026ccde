"""The frames and macros drawn with made-up data, outside any application: what the look promises is checked on these pages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "charter" / "static" / "build"
ERROR_CODES = (400, 403, 404, 409, 410, 422, 429, 500, 503)


class FilledForm:
    """A form as templates read it: answers and errors by field name."""

    def __init__(self, answers: Mapping[str, list[str]], problems: Mapping[str, tuple[str, str]]) -> None:
        self.answers, self.problems = answers, problems

    def value(self, name: str) -> str:
        return next(iter(self.answers.get(name, [])), "")

    def values(self, name: str) -> list[str]:
        return self.answers.get(name, [])

    def errors(self, name: str) -> list[str]:
        return [self.problems[name][1]] if name in self.problems else []

    @property
    def all_errors(self) -> list[tuple[str, str, str]]:
        return [(name, label, message) for name, (label, message) in self.problems.items()]


NAMES = ("Vélo Drôme", "Commune de Die", "Transports Rhodan", "Fondation des Cols", "Université de Valence")
PARTIES = [
    {"ref": str(n), "name": name, "initials": initials, "color": n}
    for n, (name, initials) in enumerate(zip(NAMES, ("VD", "CD", "TR", "FC", "UV"), strict=True))
]
KINDS = ("agree", "agree", "reservation", "objection", "stale", "none")
ARTICLES = [
    {"number": n + 1, "title": title, "url": "#", "settled": n == 0, "cells": {
        p["ref"]: {"kind": "agree" if n == 0 else KINDS[(n * 2 + k) % 6], "note": "si bilan à un an" if (n, k) == (1, 0) else ""}
        for k, p in enumerate(PARTIES)
    }} for n, title in enumerate(("Notre vision", "Le besoin que nous servons", "Ce que chacun engage", "Nos différences de poids"))
]  # fmt: skip
LINE = [
    {"key": "proposal", "title": "Proposition", "state": "done", "note": "", "url": "#1"},
    {"key": "drafting", "title": "Charte", "state": "current", "note": "7 articles sur 10 acceptés par tous", "url": "#2"},
    {"key": "contract", "title": "Contrat", "state": "todo", "note": ""},
    {"key": "signature", "title": "Signature", "state": "todo", "note": ""},
    {"key": "evaluation", "title": "Évaluation", "state": "todo", "note": ""},
]
SITUATION = {
    "line": LINE,
    "todos": [
        {"text": "Donnez votre avis sur l’article 3", "url": "#3", "due": dt.date(2026, 3, 3), "why": "Son texte a changé hier."},
        {"text": "Répondez au commentaire de la Commune de Die", "url": "#4"},
    ],
    "waiting": [{"who": ["Fondation des Cols"], "what": "doit dire oui ou non à la proposition.", "since": dt.date(2026, 2, 9)}],
    "blocks": [
        {"what": "Un accord manque sur l’article 3, « Ce que chacun engage ».", "who": ["Commune de Die", "Transports Rhodan"]},
        {"what": "Une objection tient sur l’article 4.", "who": "Université de Valence"},
    ],
}
ERROR = {
    "message": "", "missing": SITUATION["blocks"], "back_url": "/back", "request_id": "7f3c-21", "retry_after": 90,
    "fields": [{"name": "siren", "label": "SIREN", "messages": ["il compte neuf chiffres"]}], "who": "Amina Diallo",
}  # fmt: skip


def form(*, wrong: bool) -> FilledForm:
    """A form half filled in, with or without errors."""
    problems = {"email": ("Adresse électronique", "il manque l’arobase (@)."), "kind": ("Votre organisation", "choisissez une réponse.")}
    return FilledForm({"title": ["Mobilité <douce>"], "email": ["amina.example.fr"], "levers": ["time"]}, problems if wrong else {})


def _gettext(text: str, **params: object) -> str:
    return text % params if params else text


def _ngettext(one: str, many: str, num: int, **params: object) -> str:
    return (one if num == 1 else many) % {"num": num, **params}


def environment() -> Environment:
    """A bare Jinja environment with the globals and filters pages count on; undefined names are errors."""
    manifest = json.loads((BUILD / "manifest.json").read_text())
    loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)])
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"])
    env.trim_blocks = env.lstrip_blocks = True
    env.install_gettext_callables(_gettext, _ngettext, newstyle=False)  # type: ignore[attr-defined]
    env.filters |= {"day": lambda d: "mardi 3 mars", "moment": lambda d: "mardi 3 mars à 14 h", "relative_day": lambda d: "dans 12 jours"}
    env.globals |= {"_": _gettext}
    env.globals |= {
        "me": {"name": "Amina Diallo", "initials": "AD", "email": "amina@example.org"}, "csrf_token": lambda: "t0k3n", "locale": "fr",
        "asset": lambda name: f"/static/{manifest[name]}", "url_for": lambda endpoint, **kw: f"/{endpoint}", "mailbox_url": "/mailbox",
        "get_flashed_messages": lambda with_categories: [("success", "Votre avis est enregistré.")],
    }  # fmt: skip
    return env


def pages() -> dict[str, str]:
    """Every page of the guide, path to HTML."""
    env = environment()
    alliance: dict[str, Any] = {"title": "Mobilité douce en vallée de la Drôme", "url": "/a", "territory": "Drôme", "parties": PARTIES}
    nav = [
        {"title": title, "url": f"#{title}", "current": title == "Charte"}
        for title in ("Vue d’ensemble", "Charte", "Parties", "Documents", "Journal")
    ]
    common = {"situation": SITUATION, "parties": PARTIES, "articles": ARTICLES, "due": dt.date(2026, 3, 3)}
    made = {"/guide": env.get_template("guide.html").render(alliance=alliance, alliance_nav=nav, **common)}
    for path, wrong in (("/question", False), ("/question-wrong", True)):
        made[path] = env.get_template("question.html").render(form=form(wrong=wrong), back_url="/b", step=2, steps=4, cancel_url="/c")
    for code in ERROR_CODES:
        made[f"/errors/{code}"] = env.get_template(f"pages/errors/{code}.html").render(error=_Lenient(ERROR))
    made["/mail"] = env.get_template("mail.html").render(
        reason="Vous recevez ce message parce qu’une invitation vous nomme.", site_url="https://alliance.example"
    )
    return made


class _Lenient(dict[str, Any]):
    """The error mapping: what a page does not find is empty, as with Flask's default undefined."""

    def __missing__(self, key: str) -> str:
        return ""
