"""Documents made to be changed after their signature are refused once they are, whoever prepared them."""

from __future__ import annotations

import pytest

from charter.adapters.signer import SealingService, Trust, Verdict
from charter.signing import verifying
from tests.attacks.originals import LATER, NOW
from tests.attacks.prepared import SHADOWS
from tests.charter.adapters.signer_samples import AMINA, PAUL

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CAUGHT_AT_ONCE = {"hide_and_replace"}


@pytest.mark.parametrize("certified", [True, False], ids=["certified", "signed only"])
@pytest.mark.parametrize("name", SHADOWS)
def test_a_shadow_is_refused(service: SealingService, trust: Trust, name: str, certified: bool) -> None:
    shadow = SHADOWS[name]
    pdf = service.certify(shadow.trap(), when=NOW, reason="Certification").pdf if certified else shadow.trap()
    pdf = service.sign(pdf, field="a", identity=AMINA, when=NOW, reason="Lu et approuvé").pdf
    pdf = service.sign(pdf, field="b", identity=PAUL, when=NOW, reason="Lu et approuvé", final=certified).pdf
    before = verifying.examine(pdf, now=LATER, trust=trust)
    # Some traps are caught as soon as they are signed; those that look honest must be caught when they spring.
    assert before.verdict is (Verdict.ALTERED if name in CAUGHT_AT_ONCE else Verdict.VALID), before.reasons
    found = verifying.examine(shadow.spring(pdf), now=LATER, trust=trust)
    assert found.verdict in {Verdict.ALTERED, Verdict.UNREADABLE, Verdict.UNSIGNED}, found
    assert found.reasons
