"""Which way an envelope is signed: by the product, or at the outside provider. Knows the models only: the ceremony asks it."""

from __future__ import annotations

from sqlalchemy import select

from charter.errors import Refused
from charter.signing.models import Envelope
from charter.signing.provider.models import ProviderRequest
from charter.work import Work
from workflows.base import N_


def chosen(work: Work, envelope: Envelope) -> ProviderRequest | None:
    """The envelope's request at the provider; None when the product signs itself."""
    return work.session.scalar(select(ProviderRequest).where(ProviderRequest.envelope_id == envelope.id))


def signed_here(work: Work, envelope: Envelope) -> None:
    """Raises Refused when the envelope is signed at the provider: the product never signs in its place, at another level."""
    found = chosen(work, envelope)
    if found is not None:
        raise Refused(N_("Ces documents se signent chez %(provider)s : lisez-les ici, puis suivez le lien."), provider=found.provider)
