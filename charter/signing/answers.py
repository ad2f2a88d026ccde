"""What pages and API share: where a request comes from, whom it may see for, and a file as an answer."""

from __future__ import annotations

from flask import make_response, request
from werkzeug.wrappers import Response

from charter.adapters.http import allowed, client_address, current_work, me, standing
from charter.alliances.models import Party
from charter.alliances.services import party_of
from charter.errors import Forbidden
from charter.signing import services
from charter.signing.models import Envelope, Signatory
from workflows.base import N_


def trace() -> dict[str, str]:
    """Where the visitor acts from, for the evidence."""
    return {"address": client_address(), "browser": request.headers.get("User-Agent", "")}


def limiting_party() -> Party | None:
    """The party that bounds what the visitor may see; None for a facilitator, who helps the whole alliance."""
    here = standing()
    return None if here.facilitator else here.party


def the_envelope() -> Envelope:
    """The newest envelope of this address's alliance that is open to the visitor. Raises NotFound."""
    return services.the_current(current_work(), standing().alliance, limiting_party())


def manages(party: Party) -> bool:
    """Whether the visitor decides for `party` here: its own referent, and those who lead the alliance."""
    return allowed("signing.prepare") or (party is standing().party and allowed("party.members"))


def copied_party(party_ref: str) -> Party:
    """A party whose copies the visitor may name: the leaders any, a referent their own. Raises NotFound, Forbidden."""
    party = party_of(standing().alliance, party_ref)
    if not manages(party):
        raise Forbidden(N_("Seuls le référent de cette partie et celui qui mène l’alliance désignent qui reçoit une copie."))
    return party


def check_phone(own: Signatory) -> None:
    """The visitor may write this signatory's phone: their own, their party's for its referent, any for those who lead. Raises Forbidden."""
    if not (own.person_id == me().id or manages(own.party)):
        raise Forbidden(N_("Seuls cette personne, le référent de sa partie et celui qui mène l’alliance donnent ce numéro."))


def file(data: bytes, name: str, mime: str, *, inline: bool = False) -> Response:
    """A file to read or keep; private, since its address belongs to members only."""
    response = make_response(data)
    response.headers["Content-Type"] = mime
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    return response


def attached(data: bytes, name: str, mime: str) -> Response:
    """A file somebody sent, given back to keep only: were a browser to open it in spite of all, it could do nothing."""
    response = file(data, name, mime)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
