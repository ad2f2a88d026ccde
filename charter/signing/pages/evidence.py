"""The evidence's pages: the whole in one ZIP, each signatory's own, and the way from each word to its signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, page, standing
from charter.contracts.gathering import charter_of
from charter.drafting import remembered
from charter.drafting import services as drafting
from charter.signing import services
from charter.signing.answers import limiting_party
from charter.signing.evidence import bundle
from charter.signing.evidence.linking import envelope_of_text, linked
from charter.signing.evidence_access import own_file, own_of, whole, zipped
from charter.signing.models import Envelope
from charter.signing.pages.blueprint import pages

PARTIES = ("accepted", "left")


@pages.get("/enveloppes/<envelope_ref>/dossier.zip")
@inside("alliance.see", parties=PARTIES)
def dossier(alliance_ref: str, envelope_ref: str) -> Response:
    """Everything in one file, with the program that checks it; for those the whole concerns."""
    return zipped(bundle.of_envelope(current_work(), whole(_envelope(envelope_ref))), "dossier.zip")


@pages.get("/enveloppes/<envelope_ref>/signataires/<signatory_ref>/preuve.<form>")
@inside("alliance.see", parties=PARTIES)
def own_evidence(alliance_ref: str, envelope_ref: str, signatory_ref: str, form: str) -> Response:
    """One signatory's evidence file, PDF or JSON."""
    return own_file(own_of(_envelope(envelope_ref), signatory_ref), form)


@pages.get("/enveloppes/<envelope_ref>/signataires/<signatory_ref>/dossier.zip")
@inside("alliance.see", parties=PARTIES)
def own_dossier(alliance_ref: str, envelope_ref: str, signatory_ref: str) -> Response:
    """One signatory's evidence with everything it rests on."""
    signatory = own_of(_envelope(envelope_ref), signatory_ref)
    return zipped(bundle.of_signatory(current_work(), signatory), f"dossier-{signatory.position + 1:02d}.zip")


@pages.get("/mots")
@inside("alliance.see", parties=PARTIES)
def words(alliance_ref: str) -> Response:
    """The charter asked for (`?charte=`), else the last one signed: each article from who proposed it to who signed it."""
    wanted = request.args.get("charte", "")
    envelope = envelope_of_text(current_work(), standing().alliance, limiting_party(), wanted)
    if envelope is None:
        return page("signing/words.html", linked=None)
    return redirect(url_for("signing.envelope_words", alliance_ref=alliance_ref, envelope_ref=envelope.ref))


@pages.get("/enveloppes/<envelope_ref>/mots")
@inside("alliance.see", parties=PARTIES)
def envelope_words(alliance_ref: str, envelope_ref: str) -> Response:
    """The same, of one envelope."""
    envelope = _envelope(envelope_ref)
    return page("signing/words.html", linked=_shown(envelope), envelope={"ref": envelope.ref, "completed_at": envelope.completed_at})


def _envelope(ref: str) -> Envelope:
    return services.by_ref(current_work(), standing().alliance, ref, limiting_party())


def _shown(envelope: Envelope) -> dict[str, Any]:
    """What the page reads: dates as dates, each article with its road."""
    work = current_work()
    told, adopted = linked(work, envelope), charter_of(work, envelope.alliance, envelope.contract)
    text = drafting.text_of(work, envelope.alliance, adopted.text_ref)
    roads = remembered.road(work, text, [one.article for one in adopted.articles], {one.article_id: one.sha256 for one in adopted.articles})
    for article, kept in zip(told["articles"], adopted.articles, strict=True):
        article["road"] = roads[kept.article_id]
    for one in told["signatures"]:
        one["at"] = datetime.fromisoformat(one["at"]) if one["at"] else None
    return {**told, "holds": all(one["matches"] for one in told["articles"])}
