"""« Mes courriels »: what one wants to be written of an alliance, and the link that stops a mail without signing in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, public, signed_in, standing
from charter.adapters.http.security import limiter, one_click
from charter.alliances import services as alliances
from charter.drafting import services
from charter.drafting.schemas import DIGESTS, MailChoiceForm, digest_options, mention_options
from charter.i18n import gettext, set_locale
from workflows.base import N_

mailing = Blueprint("mailing", __name__)


@mailing.get("/compte/courriels")
@signed_in
def mine() -> Response:
    """One's alliances, and what one receives of each."""
    work = current_work()
    found = alliances.of_person(work, me())
    choices = services.choices_of(work, me(), found)
    listed = [
        {
            "ref": one.ref,
            "title": one.title,
            "digest": gettext(DIGESTS[choices[one.id].digest][0]),
            "mentions": choices[one.id].mentions.value,
        }
        for one in found
    ]
    return page("drafting/mails.html", listed=listed)


@mailing.get("/alliances/<alliance_ref>/mes-courriels")
@inside("alliance.see")
def choice(alliance_ref: str) -> Response:
    """Asks how often, and how mentions arrive."""
    now = services.choice_of(current_work(), me(), standing().alliance)
    return _choice(Form(MailChoiceForm(), {"digest": now.digest.value, "mentions": now.mentions.value}))


@mailing.post("/alliances/<alliance_ref>/mes-courriels")
@inside("alliance.see")
def choose(alliance_ref: str) -> Response:
    """Keeps the choice."""
    form = Form(MailChoiceForm())
    if form.read():
        services.choose(current_work(), me(), standing().alliance, **form.data)
        flash(gettext(N_("C’est noté : vos courriels suivront ce choix.")), "success")
        return redirect(url_for("mailing.mine"))
    return _choice(form, 422)


@mailing.get("/courriels/arret/<token>")
@limiter.limit("60 per minute")
@public
def stopping(token: str) -> Response:
    """A page with one button: a mail scanner that follows links stops nothing."""
    return _stop(services.read_stop(current_work(), token), done=False)


@mailing.post("/courriels/arret/<token>")
@limiter.limit("60 per minute")
@one_click
@public
def stop(token: str) -> Response:
    """Stops those mails, for a person or for their mail program (RFC 8058)."""
    return _stop(services.stop(current_work(), token), done=True)


def _stop(found: services.Stop, *, done: bool) -> Response:
    set_locale(found.person.language)
    return page("drafting/stop_mails.html", title=found.alliance.title, what=found.what, done=done, ref=found.alliance.ref)


def _choice(form: Form, status: int = 200) -> Response:
    return page("drafting/mail_choice.html", status, form=form, digests=digest_options(), mentions=mention_options())
