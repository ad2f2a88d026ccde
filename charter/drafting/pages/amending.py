"""Proposing an amendment: what one proposes, the words, the difference before sending."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.drafting import plain_words, services
from charter.drafting.live.canonical import Node
from charter.drafting.models import Amendment, Article
from charter.drafting.pages.blueprint import charter, here, pages
from charter.drafting.schemas.amendments import AMENDMENT_KINDS, AmendmentForm, KindForm, amendment_kinds
from charter.drafting.shown_amendments import difference_of
from charter.errors import Invalid, NotFound
from charter.i18n import gettext
from workflows.amendments import AmendmentKind
from workflows.base import N_

UNREADABLE = N_("Ce texte n’a pas pu être lu : simplifiez ses listes et ses tableaux")
TOO_LONG = N_("Écrivez %(most)s caractères au plus")


@pages.get("/articles/<article_ref>/amendement")
@inside("amendment.propose")
def amend(alliance_ref: str, article_ref: str) -> Response:
    """Asks what one proposes to do to the article."""
    services.check_amendments_open(current_work(), charter())
    return _kind(here(article_ref), Form(KindForm(), {"kind": AmendmentKind.wording.value}))


@pages.post("/articles/<article_ref>/amendement")
@inside("amendment.propose")
def choose_amendment(alliance_ref: str, article_ref: str) -> Response:
    """Goes where it is written."""
    article, form = here(article_ref), Form(KindForm())
    if not form.read():
        return _kind(article, form, 422)
    return redirect(url_for("drafting.write_amendment", alliance_ref=alliance_ref, article_ref=article_ref, kind=form.data["kind"].value))


@pages.get("/articles/<article_ref>/amendement/<kind>")
@inside("amendment.propose")
def write_amendment(alliance_ref: str, article_ref: str, kind: str) -> Response:
    """The words to change; those of a former amendment of the same party when it is taken up again (`reprise`)."""
    article, what, work = here(article_ref), _of(kind), current_work()
    services.check_amendments_open(work, charter())
    former = _former(request.args.get("reprise", ""))
    base = _base(article, what)
    title = former.title if former else article.title if what == AmendmentKind.wording else ""
    nodes = former.nodes if former else base
    reason, ref = (former.reason, former.ref) if former else ("", "")
    values = {"title": title, "words": plain_words.written(nodes), "reason": reason, "replaces": ref}
    return _write(article, what, Form(AmendmentForm(), values), nodes)


@pages.post("/articles/<article_ref>/amendement/<kind>")
@inside("amendment.propose")
def send_amendment(alliance_ref: str, article_ref: str, kind: str) -> Response:
    """Shows what would change, then proposes it; comes back to the words with all that was typed when something is to mend."""
    article, what, form = here(article_ref), _of(kind), Form(AmendmentForm())
    good = form.read()
    try:
        nodes = _typed(form, article, what)
    except Invalid as error:
        form.refuse(error)
        return _write(article, what, form, [], 422)
    if not good or form.data["step"] == "ecrire":
        return _write(article, what, form, nodes, 200 if good else 422)
    where, after = (article.text, article) if what == AmendmentKind.insertion else (article, None)
    given = {"title": form.data["title"], "nodes": nodes, "after": after, "reason": form.data["reason"]}
    try:
        if form.data["step"] == "apercu":
            return _preview(article, form, services.draft_amendment(current_work(), where, me(), standing().party, what, **given), nodes)
        former = _former(form.data["replaces"])
        made = services.propose_amendment(current_work(), where, me(), standing().party, what, **given, replaces=former)
    except Invalid as error:
        form.refuse(error)
        return _write(article, what, form, nodes, 422)
    flash(gettext(N_("L’amendement est proposé. Les autres parties en sont averties.")), "success")
    return redirect(url_for("drafting.amendment", alliance_ref=alliance_ref, amendment_ref=made.ref))


def _of(kind: str) -> AmendmentKind:
    if kind not in set(AmendmentKind):
        raise NotFound
    return AmendmentKind(kind)


def _former(ref: str) -> Amendment | None:
    if not ref:
        return None
    found = services.amendment_of(current_work(), charter(), ref)
    return found if standing().party is not None and found.party_id == standing().party.id else None


def _base(article: Article, kind: AmendmentKind) -> list[Node]:
    if kind != AmendmentKind.wording:
        return []
    words = services.article_words(current_work(), article.text)
    return next(one.nodes for one in words if one.ref == article.ref)


def _typed(form: Form, article: Article, kind: AmendmentKind) -> list[Node]:
    """The words: the editor's when a script wrote them, else those of the text area."""
    if kind == AmendmentKind.removal:
        return []
    try:
        if form.value("nodes"):
            nodes = json.loads(form.value("nodes"))
            if not isinstance(nodes, list) or not all(isinstance(one, dict) for one in nodes):
                raise ValueError
            return nodes
        typed, base = form.value("words"), _base(article, kind)
        if len(typed) > plain_words.MOST:
            raise Invalid({"words": [gettext(TOO_LONG, most=plain_words.MOST)]})
        # Reading may take a while: nobody waits for this transaction meanwhile.
        current_work().pause()
        return plain_words.read(typed, base)
    except (ValueError, RecursionError) as error:
        raise Invalid({"words": [gettext(UNREADABLE)]}) from error


def _about(article: Article, kind: AmendmentKind) -> dict[str, Any]:
    number = services.number_of(article)
    return {
        "kind": kind.value,
        "kind_label": gettext(AMENDMENT_KINDS[kind]),
        "article": {"ref": article.ref, "number": number, "title": article.title},
    }


def _kind(article: Article, form: Form, status: int = 200) -> Response:
    about = {"ref": article.ref, "number": services.number_of(article), "title": article.title}
    return page("drafting/amend.html", status, form=form, article=about, options=amendment_kinds())


def _write(article: Article, kind: AmendmentKind, form: Form, nodes: list[Node], status: int = 200) -> Response:
    # A field that has both ways of writing shows its errors once, beside the words.
    if form.errors("nodes"):
        form.refuse(Invalid({"words": form.errors("nodes")}))
    return page("drafting/amendment_words.html", status, form=form, nodes=nodes, words=_words(form, nodes), **_about(article, kind))


def _words(form: Form, nodes: list[Node]) -> str:
    """What the text area shows: what was typed there, or what the editor wrote."""
    try:
        return plain_words.written(nodes) if form.value("nodes") else str(form.value("words"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(form.value("words"))


def _preview(article: Article, form: Form, draft: Amendment, nodes: list[Node]) -> Response:
    work = current_work()
    return page(
        "drafting/amendment_preview.html",
        form=form,
        words=_words(form, nodes),
        difference_shown=difference_of(work, draft),
        draft={"title": draft.title, "reason": draft.reason, "replaces": form.data["replaces"]},
        **_about(article, draft.kind),
    )
