"""Talking about an article: its own page without script, a panel beside the text with it."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.adapters.http.render import partial, wants_partial
from charter.drafting import reading, remarks, services, shown
from charter.drafting.models import Article, Comment
from charter.drafting.pages.blueprint import here, pages, rights
from charter.drafting.schemas import CommentForm, EditForm
from charter.errors import Invalid


@pages.get("/articles/<article_ref>")
@inside("alliance.see")
def article(alliance_ref: str, article_ref: str) -> Response:
    """An article, what each party says of it, and what is said about it."""
    quoted = {"quote": request.args.get("citation", "")[:500], "anchor": request.args.get("ancre", "")}
    return _talk(here(article_ref), Form(CommentForm(), quoted))


@pages.post("/articles/<article_ref>/discussion")
@inside("drafting.comment")
def comment(alliance_ref: str, article_ref: str) -> Response:
    """Posts a comment, or an answer in a thread, and tells those it mentions."""
    found, form, work = here(article_ref), Form(CommentForm()), current_work()
    if not form.read():
        return _talk(found, form, 422)
    data = form.data
    thread = services.thread_of(work, found, data["thread"]) if data["thread"] else None
    try:
        made = services.post(work, found, me(), standing().party, data["body"], quote=data["quote"], thread=thread, call=data["call"])
    except Invalid as error:
        form.refuse(error)
        return _talk(found, form, 422)
    return _after(found, posted=made, anchor=data["anchor"])


@pages.post("/articles/<article_ref>/discussion/<comment_ref>/modification")
@inside("drafting.comment")
def edit_comment(alliance_ref: str, article_ref: str, comment_ref: str) -> Response:
    """Other words for one's own comment."""
    found, form, work = here(article_ref), Form(EditForm()), current_work()
    target = services.comment_of(work, found.text, comment_ref)
    if form.read():
        try:
            services.edit(work, target, me(), form.data["body"], call=form.data["call"])
        except Invalid as error:
            form.refuse(error)
        else:
            return _after(found)
    return _talk(found, Form(CommentForm()), 422, editing=form, edited=comment_ref)


@pages.post("/articles/<article_ref>/discussion/<comment_ref>/retrait")
@inside("drafting.comment")
def delete_comment(alliance_ref: str, article_ref: str, comment_ref: str) -> Response:
    """Takes one's own comment back."""
    found, work = here(article_ref), current_work()
    services.delete(work, services.comment_of(work, found.text, comment_ref), me())
    return _after(found)


@pages.post("/articles/<article_ref>/discussion/<comment_ref>/cloture")
@inside("drafting.comment")
def resolve(alliance_ref: str, article_ref: str, comment_ref: str) -> Response:
    """Closes a thread."""
    found = here(article_ref)
    thread = services.thread_of(current_work(), found, comment_ref)
    services.resolve(current_work(), thread, me())
    return _after(found)


@pages.post("/articles/<article_ref>/discussion/<comment_ref>/reouverture")
@inside("drafting.comment")
def reopen(alliance_ref: str, article_ref: str, comment_ref: str) -> Response:
    """Opens a closed thread again."""
    found = here(article_ref)
    services.reopen(current_work(), services.thread_of(current_work(), found, comment_ref))
    return _after(found)


def _after(found: Article, *, posted: Comment | None = None, anchor: str = "") -> Response:
    if not wants_partial():
        ref = standing().alliance.ref
        return redirect(url_for("drafting.article", alliance_ref=ref, article_ref=found.ref, _anchor="discussion"))
    event = None
    if posted is not None and posted.quote and anchor:
        event = {"name": "charte:comment-saved", "ref": found.ref, "id": posted.ref, "anchor": anchor}
    return _talk(found, Form(CommentForm()), event=event)


def _talk(
    found: Article,
    form: Form,
    status: int = 200,
    event: dict[str, str] | None = None,
    editing: Form | None = None,
    edited: str = "",
) -> Response:
    work, alliance = current_work(), standing().alliance
    row = next(one for one in shown.rows(work, alliance, found.text) if one["ref"] == found.ref)
    threads = [remarks.thread(one, me()) for one in services.threads(work, found, services.article_words(work, found.text))]
    mine = standing().party.ref if standing().party else ""
    data: dict[str, Any] = {
        "article": reading.read(row, reading.terms_of(work, alliance))
        | {"own": next((one["kind"] for one in row["voices"] if one["party"] == mine), ""), "settled": shown.settled(row)},
        "threads": [one for one in threads if not one["resolved"]],
        "closed": [one for one in threads if one["resolved"]],
        "people": [remarks.reachable(one) for one in services.people(alliance) if one.person.id != me().id],
        "form": form,
        "replying": form.value("thread"),
        "editing": editing or Form(EditForm()),
        "edited": edited,
        "may": rights(found.text),
        "event": event,
    }
    return partial("drafting/_talk.html", status, **data) if wants_partial() else page("drafting/article.html", status, **data)
