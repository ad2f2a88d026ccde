"""Shaping the charter without script: add, rename, move and remove articles."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page
from charter.drafting import services
from charter.drafting.models import Article
from charter.drafting.pages.blueprint import charter, done, here, pages, places
from charter.drafting.schemas import MoveForm, NewArticleForm, TitleForm
from charter.errors import Invalid
from charter.i18n import gettext
from workflows.base import N_


@pages.get("/articles")
@inside("drafting.edit")
def articles(alliance_ref: str) -> Response:
    """The list of articles, to put in order."""
    listed = [{"ref": one.ref, "number": number, "title": one.title} for number, one in enumerate(charter().present_articles, start=1)]
    return page("drafting/articles.html", articles=listed, frozen=charter().frozen)


@pages.get("/articles/nouveau")
@inside("drafting.edit")
def new_article(alliance_ref: str) -> Response:
    """Asks for the title and the place of a new article."""
    last = charter().present_articles[-1].ref if charter().present_articles else ""
    return _new(Form(NewArticleForm(), {"after": request.args.get("apres", last)}))


@pages.post("/articles/nouveau")
@inside("drafting.edit")
def add_article(alliance_ref: str) -> Response:
    """Adds it, then goes where it is written."""
    form, text = Form(NewArticleForm()), charter()
    if form.read():
        after = services.article_of(current_work(), text, form.data["after"]) if form.data["after"] else None
        try:
            made = services.add_article(current_work(), text, form.data["title"], after=after)
        except Invalid as error:
            form.refuse(error)
        else:
            said = gettext(N_("L’article « %(title)s » est ajouté : écrivez-le."), title=made.title)
            return done(said, made.ref, url_for("drafting.editor", alliance_ref=alliance_ref, _anchor=f"article-{made.ref}"))
    return _new(form, 422)


@pages.get("/articles/<article_ref>/titre")
@inside("drafting.edit")
def title(alliance_ref: str, article_ref: str) -> Response:
    """Asks for another title."""
    found = here(article_ref)
    return _title(Form(TitleForm(), {"title": found.title}), found)


@pages.post("/articles/<article_ref>/titre")
@inside("drafting.edit")
def retitle(alliance_ref: str, article_ref: str) -> Response:
    """Renames the article."""
    form, found = Form(TitleForm()), here(article_ref)
    if form.read():
        try:
            services.retitle_article(current_work(), found, form.data["title"])
        except Invalid as error:
            form.refuse(error)
        else:
            said = gettext(N_("L’article s’appelle maintenant « %(title)s »."), title=found.title)
            return done(said, found.ref, url_for("drafting.articles", alliance_ref=alliance_ref))
    return _title(form, found, 422)


@pages.post("/articles/<article_ref>/place")
@inside("drafting.edit")
def move(alliance_ref: str, article_ref: str) -> Response:
    """Moves the article to another number."""
    form, found = Form(MoveForm()), here(article_ref)
    if not form.read():
        raise Invalid({"to": form.errors("to")})
    number = services.number_of(found)
    services.move_article(current_work(), found, form.data.get("to", number + form.data.get("by", 0)))
    said = gettext(N_("« %(title)s » est maintenant l’article %(number)s."), title=found.title, number=services.number_of(found))
    return done(said, found.ref, url_for("drafting.articles", alliance_ref=alliance_ref, _anchor=f"rang-{found.ref}"))


@pages.get("/articles/<article_ref>/retrait")
@inside("drafting.edit")
def removal(alliance_ref: str, article_ref: str) -> Response:
    """Asks whether the article really goes."""
    found = here(article_ref)
    return page("drafting/remove.html", article={"ref": found.ref, "number": services.number_of(found), "title": found.title})


@pages.post("/articles/<article_ref>/retrait")
@inside("drafting.edit")
def remove(alliance_ref: str, article_ref: str) -> Response:
    """Removes it."""
    found = here(article_ref)
    services.remove_article(current_work(), found)
    said = gettext(N_("L’article « %(title)s » est retiré. Le journal de l’alliance en garde la trace."), title=found.title)
    return done(said, "", url_for("drafting.articles", alliance_ref=alliance_ref))


def _new(form: Form, status: int = 200) -> Response:
    return page("drafting/new_article.html", status, form=form, places=places(), after=form.value("after"))


def _title(form: Form, found: Article, status: int = 200) -> Response:
    return page(
        "drafting/title.html", status, form=form, article={"ref": found.ref, "number": services.number_of(found), "title": found.title}
    )
