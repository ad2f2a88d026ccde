"""What the authority publishes: to anybody, kept by whoever fetched it, and refreshed when something is revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from flask.testing import FlaskClient

from charter.adapters.clock import FixedClock
from charter.adapters.signer import SignerIdentity
from charter.adapters.signer.certificates import mark, public_key
from charter.config import Settings
from charter.signing.sealer import Sealer, sealer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ours(settings: Settings, clock: FixedClock) -> Sealer:
    return sealer(settings, clock.now())


def test_the_page_names_every_authority(client: FlaskClient, ours: Sealer, clock: FixedClock) -> None:
    ours.authority.rotate("root", clock.now())
    shown = client.get("/certificats").text
    held = ours.authority.issuers(clock.now())
    assert len(held) == 4
    for one in held:
        assert f"/certificats/{mark(one)}.crl" in shown


def test_certificates_and_lists_are_given_to_anybody(client: FlaskClient, ours: Sealer, clock: FixedClock) -> None:
    root, issuing, _ = ours.authority.chain(clock.now())
    assert x509.load_pem_x509_certificates(client.get("/certificats/racine.pem").data)[0] == root
    assert x509.load_der_x509_certificate(client.get(f"/certificats/{mark(issuing)}.cer").data) == issuing
    assert x509.load_pem_x509_certificate(client.get(f"/certificats/{mark(issuing)}.pem").data) == issuing
    answer = client.get(f"/certificats/{mark(issuing)}.crl")
    assert answer.headers["Content-Type"] == "application/pkix-crl"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in answer.headers
    assert x509.load_der_x509_crl(answer.data).is_signature_valid(public_key(issuing))
    for nobody in ("0123456789abcdef.crl", "0123456789abcdef.cer", "x.pem"):
        assert client.get(f"/certificats/{nobody}").status_code == 404


def test_a_list_is_signed_again_when_it_is_old_or_something_was_revoked(client: FlaskClient, ours: Sealer, clock: FixedClock) -> None:
    authority = ours.authority
    url = f"/certificats/{mark(authority.chain(clock.now())[1])}.crl"
    first = client.get(url)
    clock.advance(timedelta(minutes=30))
    assert client.get(url).data == first.data
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    person = authority.issue(SignerIdentity("Léa Roche", "lea@exemple.fr", "Rivière"), clock.now()).certificate
    authority.revoke(person, clock.now(), "superseded")
    listed = x509.load_der_x509_crl(client.get(url).data)
    assert listed.get_revoked_certificate_by_serial_number(person.serial_number)
    clock.advance(timedelta(hours=2))
    assert client.get(url).data != first.data
    assert x509.load_der_x509_crl(client.get(url).data).last_update_utc == clock.now()
