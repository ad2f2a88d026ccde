"""Strict long-term validation (ETSI EN 319 102-1) of what was signed, years later, however close to one another people signed."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta

import pytest
import time_machine
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import LocalKnowledge, PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from charter.adapters.signer import LocalAuthority, SealingService
from tests.charter.adapters.signer_samples import NOW, root, signed


@pytest.mark.parametrize("days", [3, 100, 400, 3 * 365])
def test_long_term_validation_passes_years_later(final: bytes, authority: LocalAuthority, days: int) -> None:
    passes_long_term(final, authority, days)


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(minutes=1), timedelta(minutes=18)], ids=str)
def test_and_so_it_does_when_people_sign_one_right_after_the_other(
    service: SealingService, authority: LocalAuthority, apart: timedelta
) -> None:
    pdf = signed(service, apart=apart).pdf
    for days in (400, 3 * 365):
        passes_long_term(pdf, authority, days)


def passes_long_term(final: bytes, authority: LocalAuthority, days: int) -> None:
    """The full AdES process (ETSI EN 319 102-1), revocation data required: the document's, and that day's list for the last timestamp."""
    later = NOW + timedelta(days=days)
    anchors = SimpleTrustManager.build(trust_roots=[root(authority)])
    policy = CertValidationPolicySpec(anchors, revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO))
    # A list speaks of certificates still in force: the signatories' authority's is of use while theirs are.
    published = authority.revocation_lists(later)[: 2 if days < 180 else 1]
    lists = [CRLContainer(CertificateList.load(made)) for made in published]
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, local_knowledge=LocalKnowledge(known_crls=lists)))
    timing = ValidationTimingInfo(validation_time=later, best_signature_time=later, point_in_time_validation=True)
    with time_machine.travel(later, tick=False):  # the engine's own proofs of existence begin at the machine's clock
        for found in PdfFileReader(io.BytesIO(final)).embedded_regular_signatures:
            found.compute_integrity_info()
            result = asyncio.run(ades_lta_validation(found, spec, timing))
            assert result.ades_subindic == AdESPassed.OK, (found.field_name, result.failure_msg)
