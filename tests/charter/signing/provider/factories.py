"""What people and the provider do, and what is looked at."""

from __future__ import annotations

from charter.signing import services
from charter.signing.models import Envelope, Signatory
from charter.signing.provider import looking
from charter.signing.provider import services as providing
from charter.signing.provider.choice import chosen
from charter.signing.provider.models import ProviderRequest
from charter.signing.services.reading import DECLARED, read_to_end
from charter.work import Engine, Work
from tests.charter.signing import factories as make


def row(work: Work, envelope: Envelope) -> ProviderRequest:
    """The envelope's request, read anew."""
    work.session.rollback()
    work.session.expire_all()
    found = chosen(work, envelope)
    assert found is not None
    return found


def read(work: Work, signatory: Signatory) -> None:
    """Reads every document to its end."""
    here = make.acting(work, signatory)
    for document in signatory.envelope.documents:
        read_to_end(here, signatory, document.kind, DECLARED, make.ADDRESS, make.BROWSER)
    work.commit()


def leave(work: Work, signatory: Signatory) -> None:
    """Reads, then leaves for the provider's page."""
    read(work, signatory)
    here = make.acting(work, signatory)
    providing.leave(here, providing.passage(here, signatory), make.ADDRESS, make.BROWSER)
    work.commit()


def look(engine: Engine, work: Work, envelope: Envelope) -> None:
    """A worker looks at the request, the test keeping nobody from writing."""
    found = row(work, envelope).id
    work.session.rollback()
    looking.look(engine, found)


def newest(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, read anew."""
    work.session.rollback()
    work.session.expire_all()
    return services.by_ref(work, envelope.alliance, envelope.ref)
