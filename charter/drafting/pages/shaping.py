"""Cutting an article in two, joining two, adding one of the library: pages, which the live text shows in a dialog."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page
from charter.drafting import services
from charter.drafting.live import content, moving
from charter.drafting.live.moving import Place
from charter.drafting.models import Article
from charter.drafting.pages.blueprint import charter, done, here, pages, places
from charter.drafting.schemas import CutForm, MergeForm, OptionalForm, html, place_value, read_place
from charter.errors import Conflict, Invalid
from charter.i18n import gettext, locale
from workflows.base import N_

SHOWN = 70


@pages.get("/articles/<article_ref>/coupe")
@inside("drafting.edit")
def cutting(alliance_ref: str, article_ref: str) -> Response:
    """Asks where to cut, unless the live text says it (`place`), and for the title of what follows."""
    return _cutting(Form(CutForm(), {"place": request.args.get("place", "")}), here(article_ref))


@pages.post("/articles/<article_ref>/coupe")
@inside("drafting.edit")
def cut(alliance_ref: str, article_ref: str) -> Response:
    """Cuts."""
    form, found = Form(CutForm()), here(article_ref)
    if form.read():
        try:
            made = services.split_article(current_work(), found, read_place(form.data["place"]), form.data["title"])
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.refuse(Invalid({"place": [gettext(error.message, **error.params)]}))
        else:
            said = gettext(N_("La fin de l’article est devenue l’article %(number)s, « %(title)s »."), **_named(made))
            return done(said, made.ref, url_for("drafting.editor", alliance_ref=alliance_ref, _anchor=f"article-{made.ref}"))
    return _cutting(form, found, 422)


@pages.get("/articles/<article_ref>/reunion")
@inside("drafting.edit")
def merging(alliance_ref: str, article_ref: str) -> Response:
    """Asks which neighbour to join."""
    found = here(article_ref)
    others = _neighbours(found)
    return _merging(Form(MergeForm(), {"other": others[-1].ref if others else "", "heading": "yes"}), found)


@pages.post("/articles/<article_ref>/reunion")
@inside("drafting.edit")
def merge(alliance_ref: str, article_ref: str) -> Response:
    """Joins them."""
    form, found = Form(MergeForm()), here(article_ref)
    if form.read():
        other = services.article_of(current_work(), charter(), form.data["other"])
        kept = services.merge_articles(current_work(), found, other, heading=form.data["heading"])
        said = gettext(N_("Les deux articles n’en font plus qu’un : l’article %(number)s, « %(title)s »."), **_named(kept))
        return done(said, kept.ref, url_for("drafting.editor", alliance_ref=alliance_ref, _anchor=f"article-{kept.ref}"))
    return _merging(form, found, 422)


@pages.get("/articles/bibliotheque")
@inside("drafting.edit")
def library(alliance_ref: str) -> Response:
    """The articles one may add, each with why, when, and its words."""
    return _library(Form(OptionalForm(), {"after": request.args.get("apres", "")}))


@pages.post("/articles/bibliotheque")
@inside("drafting.edit")
def take(alliance_ref: str) -> Response:
    """Adds one."""
    form, text = Form(OptionalForm()), charter()
    if form.read():
        after = services.article_of(current_work(), text, form.data["after"]) if form.data["after"] else None
        try:
            made = services.add_optional(current_work(), text, form.data["key"], after=after)
        except Invalid as error:
            form.refuse(error)
        else:
            said = gettext(N_("L’article « %(title)s » est ajouté : changez-y ce que vous voulez."), title=made.title)
            return done(said, made.ref, url_for("drafting.editor", alliance_ref=alliance_ref, _anchor=f"article-{made.ref}"))
    return _library(form, 422)


def _named(article: Article) -> dict[str, Any]:
    return {"number": services.number_of(article), "title": article.title}


def _cutting(form: Form, found: Article, status: int = 200) -> Response:
    tree = content.tree(current_work().session, found)
    texts = [moving.plain(moving.lifted(child)) for child in tree.children]
    choices = [
        (place_value(Place(index, 0, "", text[:SHOWN])), gettext(N_("Avant « %(words)s »"), words=_short(text)))
        for index, text in enumerate(texts)
        if index and text.strip()
    ]
    sides = _sides(tree, str(form.value("place")))
    return page("drafting/cut.html", status, form=form, article={"ref": found.ref, **_named(found)}, choices=choices, sides=sides)


def _sides(tree: Any, value: str) -> dict[str, str] | None:
    """The words on both sides of a place that was given, None when there is none, or it is gone."""
    try:
        block, offset = moving.found(tree, read_place(value))
    except (Invalid, moving.Nowhere):
        return None
    text = moving.plain(moving.lifted(tree.children[block]))
    return {"before": _short(text[:offset], end=True), "after": _short(text[offset:])}


def _short(text: str, *, end: bool = False) -> str:
    if len(text) <= SHOWN:
        return text.strip()
    return f"… {text[-SHOWN:].strip()}" if end else f"{text[:SHOWN].strip()} …"


def _neighbours(found: Article) -> list[Article]:
    order = charter().present_articles
    rank = order.index(found)
    return [order[near] for near in (rank - 1, rank + 1) if 0 <= near < len(order)]


def _merging(form: Form, found: Article, status: int = 200) -> Response:
    others = [(one.ref, gettext(N_("L’article %(number)s, « %(title)s »"), **_named(one))) for one in _neighbours(found)]
    return page("drafting/merge.html", status, form=form, article={"ref": found.ref, **_named(found)}, others=others)


def _library(form: Form, status: int = 200) -> Response:
    english = locale() == "en"
    shown = []
    for one in services.optional_articles():
        title, nodes = services.optional_words(one)
        help_ = one.article
        shown.append(
            {
                "key": one.key,
                "title": title,
                "title_en": help_.title_en if english else "",
                "why": help_.why_en if english else help_.why,
                "when": one.when_en if english else one.when,
                "html": html(nodes),
                "there": any(article.title == title for article in charter().present_articles),
            }
        )
    return page("drafting/library.html", status, form=form, articles=shown, places=places())
