"""A party says its word on one article: the exact words, their hash, three answers."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.drafting import reading, services, shown
from charter.drafting.models import Article, Consent
from charter.drafting.pages.blueprint import charter, here, pages
from charter.drafting.schemas import KIND_LABELS, ConsentForm, kind_options
from charter.drafting.services import ArticleWords, TextChanged
from charter.errors import Invalid
from charter.i18n import gettext, say
from workflows.base import N_


@pages.get("/articles/<article_ref>/avis")
@inside("drafting.consent")
def consent(alliance_ref: str, article_ref: str) -> Response:
    """Asks for the party's word on the article as it stands."""
    article = here(article_ref)
    services.check_speaks(current_work(), standing().party, me())
    words = _words(article)
    said = _said(article)
    live = said is not None and said.sha256 == words.sha256
    values = {"kind": said.kind.value, "reason": said.reason} if said and live else {}
    return _consent(article, words, Form(ConsentForm(), {**values, "sha256": words.sha256}))


@pages.post("/articles/<article_ref>/avis")
@inside("drafting.consent")
def give_consent(alliance_ref: str, article_ref: str) -> Response:
    """Takes it. When the words changed meanwhile: what happened, the new words, and everything typed still there (409)."""
    article, form = here(article_ref), Form(ConsentForm())
    if form.read():
        try:
            services.consent(current_work(), article, standing().party, **form.data)
        except Invalid as error:
            form.refuse(error)
        except TextChanged as changed:
            return _consent(article, _words(article), form, 409, happened=changed)
        else:
            return _onward(alliance_ref, article)
    return _consent(article, _words(article), form, 422)


@pages.post("/articles/<article_ref>/avis/retrait")
@inside("drafting.consent")
def withdraw(alliance_ref: str, article_ref: str) -> Response:
    """Takes the party's word back."""
    services.withdraw(current_work(), here(article_ref), standing().party)
    flash(gettext(N_("L’avis de %(party)s est retiré. Vous pourrez en donner un autre."), party=standing().party.name), "success")
    return redirect(url_for("drafting.board", alliance_ref=alliance_ref))


def _words(article: Article) -> ArticleWords:
    return next(one for one in services.article_words(current_work(), article.text) if one.ref == article.ref)


def _said(article: Article) -> Consent | None:
    mine = standing().party.id
    consents = services.standing_consents(current_work(), article.text)
    return next((one for one in consents if one.article_id == article.id and one.party_id == mine), None)


def _consent(article: Article, words: ArticleWords, form: Form, status: int = 200, happened: TextChanged | None = None) -> Response:
    work, alliance, said = current_work(), standing().alliance, _said(article)
    _next, left = shown.next_awaited(work, alliance, article.text, standing().party)
    stale = said is not None and said.sha256 != words.sha256
    return page(
        "drafting/consent.html",
        status,
        form=form,
        article={**reading.read(shown.article(words), reading.terms_of(work, alliance)), "locked": _round(article)},
        options=kind_options(),
        party=shown.party_mark(standing().party),
        others=_others(alliance, article, words),
        before=_before(said, stale),
        changes=services.since(work, said, words.title, words.nodes) if said and stale else [],
        happened={
            "title": gettext(happened.title),
            "message": gettext(happened.message),
            "more": say(happened.happened) if happened.happened else "",
        }
        if happened
        else None,
        left=left,
    )


def _round(article: Article) -> int:
    """The number of the round that locks the article, 0 when it may be written."""
    found = services.running_round(current_work(), article.text) if article.locked else None
    return found.number if found else 0


def _others(alliance: Any, article: Article, words: ArticleWords) -> list[dict[str, Any]]:
    voices = services.voices(alliance, article, words.sha256, services.standing_consents(current_work(), article.text))
    return [shown.voice(party, voices[party.ref]) for party in alliance.accepted_parties if party is not standing().party]


def _before(said: Consent | None, stale: bool) -> dict[str, Any] | None:
    """The party's own word, when it has one: live, or dead because the words changed."""
    if said is None:
        return None
    person = said.person.display_name if said.person else ""
    return {
        "kind": said.kind.value,
        "label": gettext(KIND_LABELS[said.kind]),
        "person": person,
        "at": said.at,
        "reason": said.reason,
        "stale": stale,
    }


def _onward(alliance_ref: str, article: Article) -> Response:
    """To the next article that awaits the party's word, or back to the board."""
    ref, left = shown.next_awaited(current_work(), standing().alliance, charter(), standing().party)
    if left:
        flash(gettext(N_("C’est noté pour l’article %(number)s."), number=services.number_of(article)), "success")
        return redirect(url_for("drafting.consent", alliance_ref=alliance_ref, article_ref=ref))
    flash(gettext(N_("C’est noté : %(party)s s’est prononcée sur tous les articles."), party=standing().party.name), "success")
    return redirect(url_for("drafting.board", alliance_ref=alliance_ref))
