"""The provider of this installation, as its operator set it, and what its signatures are trusted by."""

from __future__ import annotations

from charter.adapters.signer import Trust
from charter.adapters.signer.provider import ProviderAway, SignatureProvider
from charter.adapters.signer.yousign import Yousign
from charter.config import Settings
from charter.config import SignatureProvider as ProviderSettings
from charter.signing.sealer import read_roots


def the_provider(settings: Settings) -> SignatureProvider:
    """A client. Raises ProviderAway when the operator set no provider (any more): envelopes confided to it wait."""
    found = configured(settings)
    return Yousign(found.url, found.api_key, found.seconds)


def trust(settings: Settings) -> Trust:
    """The authorities the provider's signatures and timestamps come from. Raises SignerUnavailable when their file cannot be read."""
    roots = read_roots(configured(settings).roots)
    return Trust(roots, roots, roots)


def configured(settings: Settings) -> ProviderSettings:
    """The provider's settings. Raises ProviderAway without any."""
    if settings.signature_provider is None:
        raise ProviderAway("no signature provider is configured")
    return settings.signature_provider
