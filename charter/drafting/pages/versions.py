"""The versions of the charter: the list, one to read, two to compare, one to restore."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.drafting import remembered, services, shown
from charter.drafting.models import Version
from charter.drafting.pages.blueprint import being_written, charter, not_begun, pages, rights
from charter.drafting.schemas import TextView
from charter.drafting.schemas.versions import RestoreForm, VersionForm, VersionView
from charter.drafting.services import ArticleChange
from charter.errors import Invalid
from charter.i18n import format_datetime, gettext
from workflows.base import N_

TODAY = "aujourdhui"


@pages.get("/versions")
@inside("alliance.see")
def versions(alliance_ref: str) -> Response:
    """Every version, by day; two to choose and compare."""
    work = current_work()
    text = services.find_charter(work, standing().alliance)
    if text is None:
        return not_begun()
    found = services.versions(work, text)
    return page(
        "drafting/versions.html",
        text=TextView().dump(text),
        days=remembered.by_day(found),
        choices=_choices(found),
        before=found[0].ref if found else "",
        after=TODAY,
        may={**rights(text), "name": being_written(text) and allowed("drafting.comment")},
    )


@pages.get("/versions/nouvelle")
@inside("drafting.comment")
def new_version(alliance_ref: str) -> Response:
    """Asks for a name."""
    return page("drafting/name_version.html", form=Form(VersionForm()))


@pages.post("/versions/nouvelle")
@inside("drafting.comment")
def name_version(alliance_ref: str) -> Response:
    """Keeps the text as it stands under that name."""
    form = Form(VersionForm())
    if form.read():
        try:
            kept = services.name_version(current_work(), charter(), **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("La version « %(name)s » est gardée."), name=kept.name), "success")
            return redirect(url_for("drafting.versions", alliance_ref=alliance_ref))
    return page("drafting/name_version.html", 422, form=form)


@pages.get("/versions/comparaison")
@inside("alliance.see")
def comparison(alliance_ref: str) -> Response:
    """What changed from one version to another, or to the text of today."""
    work, text = current_work(), charter()
    before, after = _chosen("avant"), _chosen("apres")
    found = services.versions(work, text)
    changes = services.compare(services.words_of_version(work, text, before), services.words_of_version(work, text, after))
    return page(
        "drafting/comparison.html",
        before=_side(before),
        after=_side(after),
        changes=[_change(one) for one in changes],
        changed=sum(one.kind != "kept" or one.moved for one in changes),
        choices=_choices(found),
    )


@pages.get("/versions/<version_ref>")
@inside("alliance.see")
def version(alliance_ref: str, version_ref: str) -> Response:
    """One version, to read."""
    work, found = current_work(), _here(version_ref)
    return page(
        "drafting/version.html",
        version=VersionView().dump(found),
        title=remembered.title(found),
        articles=[shown.article(one) for one in services.version_words(work, found)],
        today=TODAY,
        may={"restore": being_written(found.text) and allowed("drafting.edit")},
    )


@pages.get("/versions/<version_ref>/retablir")
@inside("drafting.edit")
def restoration(alliance_ref: str, version_ref: str) -> Response:
    """Shows what restoring would change, and asks which articles."""
    return _restoration(_here(version_ref), Form(RestoreForm(), {"articles": request.args.getlist("article")}))


@pages.post("/versions/<version_ref>/retablir")
@inside("drafting.edit")
def restore(alliance_ref: str, version_ref: str) -> Response:
    """Restores it as new edits; what was there is kept as a version first."""
    form, found = Form(RestoreForm()), _here(version_ref)
    if form.read():
        try:
            done = services.restore(current_work(), found, only=form.data["articles"], remove_added=form.data["remove_added"])
        except Invalid as error:
            form.refuse(error)
        else:
            said = N_("Le texte est déjà celui de cette version : rien n’a changé.") if done.nothing else _done()
            flash(gettext(said), "info" if done.nothing else "success")
            return redirect(url_for("drafting.editor", alliance_ref=alliance_ref))
    return _restoration(found, form, 422)


def _done() -> str:
    return N_("La version est rétablie. Le texte d’avant est gardé parmi les versions.")


def _restoration(found: Version, form: Form, status: int = 200) -> Response:
    work = current_work()
    changes = services.compare(services.article_words(work, found.text), services.version_words(work, found))
    return page(
        "drafting/restore.html",
        status,
        form=form,
        version=VersionView().dump(found),
        title=remembered.title(found),
        changes=[_change(one) for one in changes if one.kind != "kept" or one.moved],
        options=[(one.ref, _option(one)) for one in changes if one.kind in {"changed", "added"}],
        added=[{"title": one.title, "number": one.before} for one in changes if one.kind == "removed"],
        written=being_written(found.text),
    )


def _option(one: ArticleChange) -> str:
    return gettext(N_("Article %(number)s, « %(title)s »"), number=one.after, title=one.title)


def _here(ref: str) -> Version:
    return services.version_of(current_work(), standing().alliance, ref)


def _chosen(name: str) -> Version | None:
    ref = request.args.get(name, TODAY) or TODAY
    return None if ref == TODAY else _here(ref)


def _side(found: Version | None) -> dict[str, Any]:
    return {"ref": found.ref if found else TODAY, "title": remembered.title(found), "at": found.at if found else None}


def _change(one: ArticleChange) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "title": one.title,
        "kind": one.kind,
        "before": one.before,
        "after": one.after,
        "moved": one.moved,
        "pieces": one.pieces,
    }


def _choices(found: list[Version]) -> list[tuple[str, str]]:
    dated = [(one.ref, gettext(N_("%(title)s, %(at)s"), title=remembered.title(one), at=format_datetime(one.at))) for one in found]
    return [(TODAY, remembered.title(None)), *dated]
