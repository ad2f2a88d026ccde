"""The evidence over the API: in one ZIP, of one signatory, and from each word to its signatures."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside
from charter.signing.answers import the_envelope
from charter.signing.api_blueprint import api
from charter.signing.evidence import bundle
from charter.signing.evidence.linking import linked
from charter.signing.evidence_access import own_file, own_of, whole, zipped

PARTIES = ("accepted", "left")


class ConsentToWordsView(Schema):
    """One party's consent to an article's exact words; `journal_line` is its line in the alliance's journal."""

    party = fields.Str()
    party_ref = fields.Str()
    person = fields.Str()
    kind = fields.Str()
    reason = fields.Str()
    sha256 = fields.Str()
    at = fields.Str()
    journal_line = fields.Int()


class LinkedArticleView(Schema):
    """An article: `sha256` of the words agreed to, `signed_sha256` of those the file carries, recomputed; `matches` when they are one."""

    number = fields.Int()
    ref = fields.Str()
    title = fields.Str()
    sentence = fields.Str()
    matches = fields.Bool()
    sha256 = fields.Str()
    signed_sha256 = fields.Str()
    origin = fields.Dict(keys=fields.Str(), values=fields.Str())
    written_by = fields.List(fields.Dict(keys=fields.Str()))
    road = fields.List(fields.Dict(keys=fields.Str()))
    consents = fields.List(fields.Nested(ConsentToWordsView))


class OverWordsView(Schema):
    """A signature over these words: `covers` how many bytes of the file, from its beginning; `at` by its timestamp."""

    name = fields.Str()
    organisation = fields.Str()
    at = fields.Str()
    covers = fields.Int()


class LinkedCharterView(Schema):
    """A charter sent to be signed, from each word to its signatures."""

    text = fields.Str()
    title = fields.Str()
    version = fields.Int()
    sha256 = fields.Str()
    adopted_at = fields.Str()
    signed = fields.Bool()
    file = fields.Str()
    file_sha256 = fields.Str()
    signatures = fields.List(fields.Nested(OverWordsView))
    articles = fields.List(fields.Nested(LinkedArticleView))


@api.get("/words")
@api.response(200, LinkedCharterView)
@inside("alliance.see", parties=PARTIES)
def words(alliance_ref: str) -> dict[str, Any]:
    """Each article of the newest envelope's charter: who proposed it, who consented, and whether the signed file holds these very words."""
    return linked(current_work(), the_envelope())


@api.get("/evidence.zip")
@api.response(200, content_type="application/zip")
@inside("alliance.see", parties=PARTIES)
def evidence_zip(alliance_ref: str) -> Response:
    """The signed documents, the evidence, its pieces, and a program that checks them without this service; open to the same people as
    `evidence.json`."""
    return zipped(bundle.of_envelope(current_work(), whole(the_envelope())), "dossier.zip")


@api.get("/signatories/<signatory_ref>/evidence.json")
@api.response(200, content_type="application/json")
@inside("alliance.see", parties=PARTIES)
def own_evidence_json(alliance_ref: str, signatory_ref: str) -> Response:
    """One signatory's evidence: for that person, its party, and those who lead the alliance."""
    return own_file(own_of(the_envelope(), signatory_ref), "json")


@api.get("/signatories/<signatory_ref>/evidence.pdf")
@api.response(200, content_type="application/pdf")
@inside("alliance.see", parties=PARTIES)
def own_evidence_pdf(alliance_ref: str, signatory_ref: str) -> Response:
    """The same, for people."""
    return own_file(own_of(the_envelope(), signatory_ref), "pdf")


@api.get("/signatories/<signatory_ref>/evidence.zip")
@api.response(200, content_type="application/zip")
@inside("alliance.see", parties=PARTIES)
def own_evidence_zip(alliance_ref: str, signatory_ref: str) -> Response:
    """The same, with everything it rests on."""
    return zipped(bundle.of_signatory(current_work(), own_of(the_envelope(), signatory_ref)), "dossier.zip")
