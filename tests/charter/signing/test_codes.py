"""What a mailed code is bound to."""

from __future__ import annotations

import pytest

from charter.errors import Gone
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.services import codes
from charter.work import Work
from tests.charter.signing import factories as make


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope


def test_a_code_already_typed_is_worth_nothing_for_other_documents(work: Work, sent: Envelope) -> None:
    own = sent.signatories[0]
    make.identify(work, own)
    sent.documents[0].original_sha256 = "0" * 64
    with pytest.raises(Gone):
        services.confirm(make.acting(work, own), own, services.sentence(own))


def test_the_same_draw_makes_another_code_for_another_signatory_and_for_other_documents(work: Work, sent: Envelope) -> None:
    issued = []
    for own in sent.signatories[:2]:
        services.open_documents(make.acting(work, own), own)
        services.send_code(make.acting(work, own), own)
        code = codes.last(work, own)
        assert code
        code.nonce = "one and the same draw"
        issued.append(code)
    first, second = issued
    assert codes.digits(work, first) != codes.digits(work, second)
    before = codes.digits(work, first)
    first.documents_sha256 = "0" * 64
    assert codes.digits(work, first) != before
