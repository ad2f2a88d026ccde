"""Signing: what other tools say of our signatures, and what is refused."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from charter.adapters.signer import (
    AlreadySigned,
    FieldMissing,
    LocalAuthority,
    NotSealable,
    SealingService,
    SignerIdentity,
    Verdict,
    signed_revisions,
    verify,
)
from charter.i18n import say
from tests.charter.adapters.signer_samples import AMINA, NOW, PAUL, PEOPLE, ZOE, draft, encrypted, font, root, signed

SECOND = NOW.replace(microsecond=0)


def test_a_whole_ceremony_is_valid_and_archived(final: bytes, authority: LocalAuthority) -> None:
    later = NOW + timedelta(days=3)
    found = verify(final, now=later, trust=authority.trust(later))
    assert found.verdict is Verdict.VALID
    assert found.certified
    assert [check.field for check in found.signatures] == ["plateforme", *PEOPLE]
    assert [check.certification for check in found.signatures] == [True, False, False, False]
    assert {check.level for check in found.signatures} == {"B-LTA"}
    assert all(check.timestamp_ok and check.intact and check.unchanged and check.trusted for check in found.signatures)
    amina = found.signatures[1]
    assert (amina.name, amina.organisation, amina.capacity) == (AMINA.name, AMINA.organisation, AMINA.capacity)
    assert (amina.reason, amina.location) == ("Lu et approuvé", "Paris")
    assert [check.time for check in found.signatures] == [SECOND + timedelta(days=day) for day in (0, 0, 1, 2)]
    assert "intact" in say(found.reasons[0])


def test_what_is_returned_is_what_is_sealed(service: SealingService) -> None:
    sealed = service.certify(draft("a"), when=NOW, reason="Certification")
    sealed = service.sign(sealed.pdf, field="a", identity=ZOE, when=NOW, reason="Charte")
    certificate = x509.load_pem_x509_certificate(sealed.certificate_pem.encode())
    assert sealed.serial == f"{certificate.serial_number:X}"
    assert certificate.subject.rfc4514_string() == "CN=Zoé Nguyễn,2.5.4.12=Maire,O=Commune de Saint-Cœur"
    assert sealed.not_before < NOW < sealed.not_after <= NOW + timedelta(days=180)
    assert (sealed.timestamp, sealed.level) == (SECOND, "B-LT")
    with pytest.raises(x509.ExtensionNotFound):  # an address with an accent cannot be written there: left out rather than wrong
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_the_certificate_bears_the_address(authority: LocalAuthority) -> None:
    certificate = authority.issue(AMINA, SECOND).certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["amina@riviere.example"]


def test_each_signature_has_a_key_of_its_own(authority: LocalAuthority, final: bytes) -> None:
    keys = {found.signer_cert.public_key.sha256 for found in PdfFileReader(io.BytesIO(final)).embedded_regular_signatures}
    assert len(keys) == 4
    on_disk = b"".join(path.read_bytes() for path in authority.ring.directory.iterdir())
    assert on_disk.count(b"PRIVATE KEY-----\n") == 2 * 4  # root, issuing, timestamping, platform: nobody else's


def test_what_a_signature_holds_is_not_kept_beside_it_as_well(authority: LocalAuthority, final: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(final))
    kept = {asn1_x509.Certificate.load(one.get_object().data).dump() for one in reader.root["/DSS"]["/Certs"]}
    assert kept == {one.public_bytes(Encoding.DER) for one in authority.chain(NOW)}
    for found in reader.embedded_regular_signatures:
        assert found.signer_cert.dump() in {one.chosen.dump() for one in found.signed_data["certificates"]}


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_poppler_finds_every_signature_valid(final: bytes, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(final)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid") == 4
    assert told.count("Signature Type: ETSI.CAdES.detached") == 4
    assert "Total document signed" in told  # nothing follows the archive timestamp


@pytest.mark.parametrize("position", range(4))
def test_the_engine_finds_each_signature_trusted(final: bytes, authority: LocalAuthority, position: int) -> None:
    trust = authority.trust(NOW)
    context = ValidationContext(
        trust_roots=[root(authority)],
        other_certs=[asn1_x509.Certificate.load(trust.others[0])],
        moment=SECOND + timedelta(days=2),
        revocation_mode="soft-fail",
    )
    past = ValidationContext(trust_roots=[root(authority)], moment=SECOND + timedelta(days=max(0, position - 1)))
    reader = PdfFileReader(io.BytesIO(final))
    status = asyncio.run(async_validate_pdf_signature(reader.embedded_regular_signatures[position], past, context))
    assert status.bottom_line, status.pretty_print_details()


def test_ours_passes_while_the_timestamping_certificate_lasts(final: bytes, authority: LocalAuthority, service: SealingService) -> None:
    def verdict(pdf: bytes, days: float) -> Verdict:
        moment = NOW + timedelta(days=days)
        return verify(pdf, now=moment, trust=authority.trust(moment), full=False).verdict

    assert verdict(final, 3 * 365) is Verdict.VALID
    assert verdict(final, 14 * 365) is Verdict.VALID
    assert verdict(final, 16 * 365) is Verdict.UNTRUSTED
    extended = service.extend(final, when=NOW + timedelta(days=10 * 365))
    assert verdict(extended, 16 * 365) is Verdict.VALID
    assert extended.startswith(final)


def test_an_unfinished_envelope_stays_valid_while_one_waits(service: SealingService, authority: LocalAuthority) -> None:
    """One-time certificates have ended by then: the timestamps keep the signatures good."""
    later = NOW + timedelta(days=300)
    found = verify(signed(service, count=2).pdf, now=later, trust=authority.trust(later))
    assert found.verdict is Verdict.INCOMPLETE
    assert found.empty_fields == ("commune",)
    assert {check.level for check in found.signatures} == {"B-LT"}
    assert all(check.trusted for check in found.signatures)
    assert "commune" in say(found.reasons[0])


def test_ten_people_sign(service: SealingService, authority: LocalAuthority) -> None:
    names = [f"partie-{n}" for n in range(10)]
    sealed = service.certify(draft(*names), when=NOW, reason="Certification")
    for n, field in enumerate(names):
        who = SignerIdentity(f"Personne {n}", f"p{n}@example.org", f"Organisation {n}", "Présidence")
        sealed = service.sign(sealed.pdf, field=field, identity=who, when=NOW + timedelta(hours=n), reason="Charte", final=n == 9)
    found = verify(sealed.pdf, now=NOW + timedelta(days=1), trust=authority.trust(NOW + timedelta(days=1)))
    assert found.verdict is Verdict.VALID
    assert [check.name for check in found.signatures][1:] == [f"Personne {n}" for n in range(10)]


def test_signing_only_appends(service: SealingService) -> None:
    before = service.certify(draft(*PEOPLE), when=NOW, reason="Certification").pdf
    after = service.sign(before, field="riviere", identity=AMINA, when=NOW, reason="Charte").pdf
    assert after.startswith(before)
    assert [field for field, _ in signed_revisions(after)] == ["plateforme", "riviere"]
    assert [pdf for _, pdf in signed_revisions(after)] == [before, after]


@pytest.mark.parametrize(
    "name", ["محمد عبد الرحمن بن عبد العزيز آل سعود", "Ж" * 53, "\u200b\u200b", "É" * 200], ids=["arabic", "cyrillic", "nothing", "long"]
)
def test_whoever_has_a_name_signs(service: SealingService, authority: LocalAuthority, name: str) -> None:
    who = SignerIdentity(name, "z@riviere.example", "Ж" * 60, "présidente déléguée à l’égalité, à la jeunesse, à l’éducation populaire")
    sealed = service.sign(service.certify(draft("a"), when=NOW, reason="C").pdf, field="a", identity=who, when=NOW, reason="Lu", final=True)
    assert verify(sealed.pdf, now=NOW + timedelta(hours=1), trust=authority.trust(NOW)).verdict is Verdict.VALID


def test_a_field_is_signed_once(service: SealingService) -> None:
    pdf = service.sign(draft(*PEOPLE), field="riviere", identity=AMINA, when=NOW, reason="Charte").pdf
    with pytest.raises(AlreadySigned) as refused:
        service.sign(pdf, field="riviere", identity=PAUL, when=NOW, reason="Charte")
    assert refused.value.field == "riviere"
    assert "riviere" in say(refused.value.missing[0])


def test_no_field_is_ever_added(service: SealingService) -> None:
    with pytest.raises(FieldMissing):
        service.sign(draft("a"), field="b", identity=AMINA, when=NOW, reason="Charte")


UNSIGNABLE = {"empty": b"", "stub": b"%PDF-1.7\nnothing", "encrypted": encrypted(draft("a")), "cut": draft("a")[:600]}


@pytest.mark.parametrize("pdf", UNSIGNABLE.values(), ids=UNSIGNABLE)
def test_what_cannot_be_signed_says_so(service: SealingService, pdf: bytes) -> None:
    with pytest.raises(NotSealable):
        service.certify(pdf, when=NOW, reason="Certification")
    with pytest.raises(NotSealable):
        service.sign(pdf, field="a", identity=AMINA, when=NOW, reason="Charte")


def test_certification_comes_first_and_once(service: SealingService) -> None:
    certified = service.certify(draft("a"), when=NOW, reason="Certification").pdf
    with pytest.raises(NotSealable):
        service.certify(certified, when=NOW, reason="Certification")


def test_a_certification_field_made_beforehand_is_used(service: SealingService, authority: LocalAuthority) -> None:
    sealed = service.certify(draft("plateforme", "a"), when=NOW, reason="Certification")
    found = verify(sealed.pdf, now=NOW, trust=authority.trust(NOW))
    assert found.certified
    assert found.empty_fields == ("a",)


def test_a_naive_time_is_a_programming_error(service: SealingService) -> None:
    with pytest.raises(ValueError, match="aware"):
        service.certify(draft("a"), when=datetime(2031, 3, 3), reason="Certification")  # noqa: DTZ001


def test_too_little_room_is_reserved_then_more(authority: LocalAuthority) -> None:
    service = SealingService(authority, font(), reserves=(1000, 64 * 1024))
    sealed = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")
    assert verify(sealed.pdf, now=NOW, trust=authority.trust(NOW)).valid
    with pytest.raises(NotSealable):
        SealingService(authority, font(), reserves=(1000,)).sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")


def test_the_stamp_says_who_when_and_at_what_level(final: bytes, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(final)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    for person in PEOPLE.values():
        assert person.name in text
        assert person.organisation in text
        assert person.capacity in text
    assert "Signé le 3 mars 2031 à 11:04 (heure de Paris)" in text
    assert len(re.findall(r"Signature électronique simple, certificat [0-9A-F]{4}\s[0-9A-F]{4} de la plateforme", text)) == 3
    assert "qualifié" not in text


def test_a_letter_the_font_lacks_never_stops_a_signature(service: SealingService, tmp_path: Path) -> None:
    who = SignerIdentity("Ḿaría 漢 Ọlá", "m@example.org", "O" * 300, "Présidente " * 40)
    pdf = service.sign(draft("a"), field="a", identity=who, when=NOW, reason="Charte").pdf
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    assert "María ?" in subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout.replace("Ḿ", "M")


def test_every_font_of_a_stamp_is_embedded_and_nothing_is_transparent(final: bytes) -> None:
    with pikepdf.open(io.BytesIO(final)) as pdf:
        stamps = [field.AP.N for field in pdf.Root.AcroForm.Fields if field.get("/AP") and "/Resources" in field.AP.N]
        assert len(stamps) == 3
        for stamp in stamps:
            assert "/ExtGState" not in stamp.Resources
            assert "/Group" not in stamp
            face = stamp.Resources.Font.F1
            assert "/FontFile2" in face.DescendantFonts[0].FontDescriptor
            assert b"beginbfchar" in face.ToUnicode.read_bytes()
        assert len({stamp.objgen for stamp in stamps}) == 3


def test_the_documents_own_metadata_are_left_alone(service: SealingService) -> None:
    before = draft("a")
    after = service.certify(before, when=NOW, reason="Certification").pdf
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        assert dict(new.docinfo) == dict(old.docinfo)
        assert ("/Metadata" in new.Root) == ("/Metadata" in old.Root)
