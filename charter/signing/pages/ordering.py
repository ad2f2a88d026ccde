"""« Dans quel ordre signer ? »"""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page
from charter.errors import Invalid
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import the_envelope
from charter.signing.models import Envelope
from charter.signing.pages.blueprint import pages
from charter.signing.party_schemas import BY_GROUPS, TOGETHER, OrderForm
from charter.signing.services.preparing import check_draft
from workflows.base import N_


@pages.get("/ordre")
@inside("signing.prepare")
def order(alliance_ref: str) -> Response:
    """Asks whether all sign at once, or which group each signs in."""
    envelope = the_envelope()
    check_draft(envelope)
    ranks = {one.party.ref: one.rank for one in envelope.signatories}
    mode = BY_GROUPS if len(set(ranks.values())) > 1 else TOGETHER
    return _order(envelope, Form(OrderForm(), {"mode": mode}), {ref: str(rank) for ref, rank in ranks.items()})


@pages.post("/ordre")
@inside("signing.prepare")
def set_order(alliance_ref: str) -> Response:
    """Sets it."""
    envelope, form = the_envelope(), Form(OrderForm())
    typed = {one.party.ref: request.form.get(f"rank-{one.party.ref}", "") for one in envelope.signatories}
    if form.read():
        try:
            services.set_order(current_work(), envelope, {} if form.data["mode"] == TOGETHER else _ranks(typed))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("L’ordre des signatures est enregistré.")), "success")
            return redirect(url_for("signing.prepare", alliance_ref=alliance_ref))
    return _order(envelope, form, typed, 422)


def _ranks(typed: dict[str, str]) -> dict[str, int]:
    return {ref: int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 for ref, text in typed.items()}


def _order(envelope: Envelope, form: Form, typed: dict[str, str], status: int = 200) -> Response:
    rows = [
        {"ref": one.party.ref, "name": one.organisation, "signatory": one.name, "rank": typed.get(one.party.ref, "1")}
        for one in envelope.signatories
    ]
    return page("signing/order.html", status, form=form, rows=rows, modes=_modes(), most=len(rows))


def _modes() -> list[tuple[str, str, str]]:
    return [
        (TOGETHER, gettext(N_("Tout le monde en même temps")), gettext(N_("Chacun reçoit son invitation dès l’envoi."))),
        (
            BY_GROUPS,
            gettext(N_("Par groupes, l’un après l’autre")),
            gettext(N_("Un groupe n’est invité à signer que lorsque tout le groupe d’avant a signé.")),
        ),
    ]
