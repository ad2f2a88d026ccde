"""The provider over the API: who gathers the signatures, the phones it needs, the caller's link; and the provider's own messages."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from charter.adapters.http import current_work, inside, limiter, me, public, standing
from charter.adapters.http.requests import engine
from charter.errors import NotFound
from charter.signing import services as signing
from charter.signing.answers import check_phone, the_envelope, trace
from charter.signing.provider import services, webhooks
from charter.signing.provider.schemas import (
    SigningLinkView,
    SigningPhoneIn,
    SigningProviderIn,
    SigningProviderView,
    WebhookView,
    provider_view,
)

HERE = "/alliances/<alliance_ref>/signature/provider"
PARTIES = ("accepted", "left")
api = Blueprint(
    "api_signing_provider", __name__, url_prefix="/api/v1", description="An outside provider that gathers an envelope's signatures"
)


@api.get(HERE)
@api.response(200, SigningProviderView)
@inside("alliance.see", parties=PARTIES)
def provider(alliance_ref: str) -> dict[str, Any]:
    """Who gathers the newest envelope's signatures, at which level, as claimed by the provider; and what is wrong there, if anything."""
    return provider_view(current_work(), the_envelope())


@api.put(HERE)
@api.arguments(SigningProviderIn)
@api.response(200, SigningProviderView)
@inside("signing.prepare")
def choose(data: dict[str, bool], alliance_ref: str) -> dict[str, Any]:
    """Chooses who gathers the signatures, while the envelope is a draft."""
    found = the_envelope()
    services.choose(current_work(), found, provider=data["provider"])
    return provider_view(current_work(), found)


@api.put(f"{HERE}/phones/<signatory_ref>")
@api.arguments(SigningPhoneIn)
@api.response(204)
@inside("alliance.see")
def phone(data: dict[str, str], alliance_ref: str, signatory_ref: str) -> None:
    """The mobile phone at which the provider identifies a signatory."""
    own = signing.signatory_of(the_envelope(), signatory_ref)
    check_phone(own)
    services.set_phone(current_work(), own, data["phone"])


@api.post(f"{HERE}/link")
@api.response(200, SigningLinkView)
@inside("signing.sign")
def link(alliance_ref: str) -> dict[str, str]:
    """The address of the provider's page where the caller, who has read the documents, signs."""
    work = current_work()
    way = services.passage(work, signing.mine(the_envelope(), me(), standing().party))
    work.pause()
    url = services.link(engine(), way)
    services.leave(work, way, **trace())
    return {"url": url}


@api.post("/webhooks/signature")
@api.doc(requestBody={"required": True, "content": {"application/json": {"schema": {"type": "object"}}}})
@api.response(200, WebhookView)
@limiter.limit("600 per minute")
@public
def hear() -> dict[str, str]:
    """A message of the provider, signed with the secret shared with it (`X-Yousign-Signature-256`). What it tells is asked of it again."""
    offer = current_work().settings.signature_provider
    if offer is None:
        raise NotFound
    body = request.get_data()
    webhooks.check(offer.webhook_secret, body, request.headers.get(webhooks.HEADER, ""))
    return {"status": webhooks.hear(current_work(), body)}
