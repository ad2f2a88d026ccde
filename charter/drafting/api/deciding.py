"""Rounds, who speaks for each party, and where a text blocks, over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, standing
from charter.alliances.models import Party
from charter.alliances.services import party_of
from charter.drafting import services
from charter.drafting.api.blueprint import api, text_here
from charter.drafting.models import Round
from charter.drafting.schemas import RoundCloseIn, RoundIn, RoundView, SpeakersIn, SpeakersView, TensionView
from charter.drafting.services import Tension
from charter.errors import NotFound


@api.get("/texts/<text_ref>/rounds")
@api.response(200, RoundView(many=True))
@inside("alliance.see")
def rounds(alliance_ref: str, text_ref: str) -> list[Round]:
    """Every round of consent of a text, newest first."""
    return services.rounds_of(current_work(), text_here(text_ref))


@api.post("/texts/<text_ref>/rounds")
@api.arguments(RoundIn)
@api.response(201, RoundView)
@inside("drafting.round")
def open_round(data: dict[str, Any], alliance_ref: str, text_ref: str) -> Round:
    """Puts the text to consent and locks its articles; 409 with what is missing, or when a round is open already."""
    return services.open_round(current_work(), text_here(text_ref), data["closes_on"])


@api.post("/texts/<text_ref>/rounds/<int:number>/close")
@api.arguments(RoundCloseIn)
@api.response(200, RoundView)
@inside("drafting.round")
def close_round(data: dict[str, Any], alliance_ref: str, text_ref: str, number: int) -> Round:
    """Ends the open round; every article may be written again."""
    return services.close_round(current_work(), text_here(text_ref), number, data["reason"])


@api.get("/speakers")
@api.response(200, SpeakersView(many=True))
@inside("alliance.see")
def speakers(alliance_ref: str) -> list[dict[str, Any]]:
    """Who speaks for each party."""
    return [_speakers(party) for party in standing().alliance.accepted_parties]


@api.put("/speakers")
@api.arguments(SpeakersIn)
@api.response(200, SpeakersView)
@inside("drafting.voice")
def choose_speakers(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """Who speaks for the caller's party from now on; nobody gives the voice back to its signatories and referents."""
    party = standing().party
    if party is None:
        raise NotFound
    services.choose_speakers(current_work(), party, data["people"])
    return _speakers(party)


@api.get("/texts/<text_ref>/tension")
@api.response(200, TensionView)
@inside("alliance.see")
def tension(alliance_ref: str, text_ref: str) -> Tension:
    """Where the text blocks: its articles by tension, and the parties awaited."""
    return services.tension(current_work(), text_here(text_ref))


@api.post("/texts/<text_ref>/nudges/<party_ref>")
@api.response(204)
@inside("drafting.nudge")
def nudge(alliance_ref: str, text_ref: str, party_ref: str) -> None:
    """Writes to those who speak for a party that is awaited, once a day at most."""
    services.nudge(current_work(), text_here(text_ref), party_of(standing().alliance, party_ref))


def _speakers(party: Party) -> dict[str, Any]:
    work = current_work()
    people = [{"id": one.person_id, "name": one.person.display_name} for one in services.speakers(work, party)]
    return {"party": party.ref, "name": party.name, "chosen": bool(services.spokespersons(work, party)), "people": people}
