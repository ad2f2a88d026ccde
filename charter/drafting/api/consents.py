"""What parties say of articles, over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, standing
from charter.drafting import services, shown
from charter.drafting.api.blueprint import api, article_here, text_here
from charter.drafting.models import Consent
from charter.drafting.schemas import BoardView, ConsentIn, ConsentView


@api.get("/texts/<text_ref>/board")
@api.response(200, BoardView)
@inside("alliance.see")
def board(alliance_ref: str, text_ref: str) -> dict[str, Any]:
    """Each party's word on each article now, and what is missing before the charter is adopted."""
    work, text = current_work(), text_here(text_ref)
    return {"articles": shown.rows(work, standing().alliance, text), "missing": shown.missing(services.missing(work, text))}


@api.get("/texts/<text_ref>/articles/<article_ref>/consents")
@api.response(200, ConsentView(many=True))
@inside("alliance.see")
def consents(alliance_ref: str, text_ref: str, article_ref: str) -> list[Consent]:
    """Every word ever said on an article, oldest first."""
    found = article_here(text_ref, article_ref)
    return services.path(current_work(), [found])[found.id]


@api.put("/texts/<text_ref>/articles/<article_ref>/consent")
@api.arguments(ConsentIn)
@api.response(200, ConsentView)
@inside("drafting.consent")
def give_consent(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> Consent:
    """The word of the caller's party on the words whose SHA-256 is given; 409 when they are other ones by now."""
    return services.consent(current_work(), article_here(text_ref, article_ref), standing().party, **data)


@api.delete("/texts/<text_ref>/articles/<article_ref>/consent")
@api.response(204)
@inside("drafting.consent")
def withdraw(alliance_ref: str, text_ref: str, article_ref: str) -> None:
    """The caller's party takes its word back."""
    services.withdraw(current_work(), article_here(text_ref, article_ref), standing().party)
