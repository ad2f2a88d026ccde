"""« Qui parle pour nous » : a party says which of its members give its word."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.alliances.models import ROLE_LABELS, Party
from charter.drafting import services, shown
from charter.drafting.pages.blueprint import pages
from charter.drafting.schemas import SpeakersForm
from charter.errors import Invalid, NotFound
from charter.i18n import enumerate_words, gettext
from workflows.base import N_
from workflows.roles import Role


@pages.get("/porte-parole")
@inside("alliance.see")
def speakers(alliance_ref: str) -> Response:
    """Who speaks for each party, and whether it chose so."""
    mine = standing().party
    parties = [{**_voice(party), "mine": party is mine} for party in standing().alliance.accepted_parties]
    return page("drafting/speakers.html", parties=parties, may_choose=mine is not None and allowed("drafting.voice"))


@pages.get("/porte-parole/choix")
@inside("drafting.voice")
def choice(alliance_ref: str) -> Response:
    """Asks who speaks for the visitor's party."""
    chosen = services.spokespersons(current_work(), _mine())
    return _ask(Form(SpeakersForm(), {"people": [str(one.member.person_id) for one in chosen]}))


@pages.post("/porte-parole/choix")
@inside("drafting.voice")
def choose_speakers(alliance_ref: str) -> Response:
    """Records the party's choice."""
    form = Form(SpeakersForm())
    if form.read():
        try:
            services.choose_speakers(current_work(), _mine(), form.data["people"])
        except Invalid as error:
            form.refuse(error)
        else:
            names = enumerate_words(_voice(_mine())["names"])
            flash(gettext(N_("C’est noté. Pour %(party)s, la parole est à %(names)s."), party=_mine().name, names=names), "success")
            return redirect(url_for("drafting.speakers", alliance_ref=alliance_ref))
    return _ask(form, 422)


def _mine() -> Party:
    mine: Party | None = standing().party
    if mine is None:
        raise NotFound
    return mine


def _ask(form: Form, status: int = 200) -> Response:
    members = [one for one in _mine().members if services.can_be_chosen(one)]
    options = [(one.person_id, one.person.display_name, _roles(one.roles)) for one in members]
    return page("drafting/speakers_choice.html", status, form=form, options=options, party=shown.party_mark(_mine()))


def _roles(roles: list[Any]) -> str:
    return enumerate_words([gettext(ROLE_LABELS[Role(role)]) for role in roles])


def _voice(party: Party) -> dict[str, Any]:
    work = current_work()
    chosen = services.spokespersons(work, party)
    names = [one.person.display_name for one in services.speakers(work, party)]
    return {
        **shown.party_mark(party),
        "names": names,
        "chosen": bool(chosen),
        "since": max((one.at for one in chosen), default=None),
        "by": next((one.named_by.display_name for one in reversed(chosen) if one.named_by), ""),
    }
