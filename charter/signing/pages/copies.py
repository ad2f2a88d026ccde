"""Pages of copies: who else gets the signed documents; and, without an account, the files of a mail too heavy to carry them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, limiter, me, page, public, standing
from charter.alliances.models import Party
from charter.errors import Invalid
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import copied_party, file, manages, the_envelope
from charter.signing.copy_schemas import CopyForm
from charter.signing.pages.blueprint import pages
from charter.signing.services.copies import LIVE, MOST_A_PARTY, open_until
from workflows.base import N_

handed = Blueprint("handed", __name__)


@pages.get("/copies")
@inside("alliance.see")
def copies(alliance_ref: str) -> Response:
    """Who gets a copy, party by party."""
    envelope = the_envelope()
    asked = services.copies_of(current_work(), envelope)
    rows: list[dict[str, Any]] = []
    for party in standing().alliance.accepted_parties:
        may = manages(party)
        people = [
            {"ref": one.ref, "name": one.name, "email": one.email if may else "", "sent_at": one.sent_at}
            for one in asked
            if one.party_id == party.id
        ]
        rows.append({**_badge(party), "people": people, "may": may and envelope.status in LIVE, "full": len(people) >= MOST_A_PARTY})
    draft = envelope.status == "draft"
    return page("signing/copies.html", parties=rows, open=envelope.status in LIVE, most=MOST_A_PARTY, draft=draft)


@pages.get("/copies/<party_ref>")
@inside("alliance.see")
def asking_copy(alliance_ref: str, party_ref: str) -> Response:
    """Asks for a name and an address."""
    return page("signing/copy.html", form=Form(CopyForm()), party=_badge(copied_party(party_ref)))


@pages.post("/copies/<party_ref>")
@inside("alliance.see")
def ask_copy(alliance_ref: str, party_ref: str) -> Response:
    """Keeps them."""
    party, form = copied_party(party_ref), Form(CopyForm())
    if form.read():
        try:
            made = services.ask_copy(current_work(), the_envelope(), party, me(), form.data["name"], form.data["email"])
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("%(name)s recevra une copie quand tout le monde aura signé."), name=made.name), "success")
            return redirect(url_for("signing.copies", alliance_ref=alliance_ref))
    return page("signing/copy.html", 422, form=form, party=_badge(party))


@pages.post("/copies/<party_ref>/<copy_ref>/retrait")
@inside("alliance.see")
def remove_copy(alliance_ref: str, party_ref: str, copy_ref: str) -> Response:
    """That person gets none after all."""
    services.remove_copy(current_work(), the_envelope(), copied_party(party_ref), copy_ref)
    flash(gettext(N_("Cette personne ne recevra pas de copie.")), "success")
    return redirect(url_for("signing.copies", alliance_ref=alliance_ref))


@handed.get("/copie/<token>")
@limiter.limit("60 per minute")
@public
def copy(token: str) -> Response:
    """The signed documents, to whom they were mailed."""
    found = services.copy_of(current_work(), token)
    documents = [{"kind": one.kind, "title": one.title} for one in found.envelope.documents]
    told = {"title": found.envelope.alliance.title, "party": found.party.name, "asker": found.asker.display_name}
    return page("signing/handed.html", token=token, documents=documents, copy=told, until=open_until(found))


@handed.get("/copie/<token>/<kind>.pdf")
@limiter.limit("60 per minute")
@public
def copy_file(token: str, kind: str) -> Response:
    """One of them, exactly as stored."""
    work = current_work()
    document = services.document_of(services.copy_of(work, token).envelope, kind)
    return file(work.storage.get(document.current_sha256), services.describe(document).name, "application/pdf")


def _badge(party: Party) -> dict[str, Any]:
    return {"ref": party.ref, "name": party.name, "initials": party.initials, "color": party.color}
