"""Signing with a passkey: its answer is bound to the documents' hashes, and anybody can check it again from what is kept."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.accounts import passkeys as keys
from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.config import Settings
from charter.errors import Conflict, Forbidden, Gone, Invalid, Refused, TooMany
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Envelope, PasskeyProof, Signatory
from charter.signing.services import passkeys
from charter.work import Work
from tests.charter.signing import factories as make
from tests.passkeys import PRESENT, Device, decode, encode
from workflows.signing import SignatoryStatus


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """At an address for which browsers keep passkeys."""
    return replace(settings, public_url="http://localhost:8000")


@pytest.fixture
def amina(work: Work, envelope: Envelope) -> Signatory:
    """The first signatory of an envelope sent."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope.signatories[0]


@pytest.fixture
def hers(work: Work, amina: Signatory) -> Work:
    """A work acted in by her."""
    return make.acting(work, amina)


@pytest.fixture
def device(work: Work, amina: Signatory) -> Device:
    """Her key."""
    return with_key(work, amina.person)


def with_key(work: Work, person: Person) -> Device:
    made, session = Device(), accounts.open_session(work, person)[1]
    keys.register(work, person, session, "Téléphone", made.create(keys.ask_to_register(work, person, session)))
    return made


def read(work: Work, signatory: Signatory) -> None:
    services.open_documents(make.acting(work, signatory), signatory)


def asked(work: Work, signatory: Signatory) -> dict[str, Any]:
    read(work, signatory)
    return services.ask_passkey(make.acting(work, signatory), signatory)


def test_a_passkey_identifies_and_one_signs(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)), make.ADDRESS, make.BROWSER)
    assert services.identified(hers, amina)
    fact = journal.head(work, amina.envelope.alliance_id)
    assert fact is not None
    assert (fact.type, fact.payload["method"]) == ("signatory.identified", "passkey")
    services.confirm(hers, amina, services.sentence(amina))
    assert amina.status == SignatoryStatus.sealing
    assert [step.kind for step in amina.steps][-2:] == ["passkey_right", "confirmed"]
    proof = work.session.query(PasskeyProof).one()
    assert proof.spent_at == amina.confirmed_at


def test_anybody_checks_it_again_from_the_evidence(work: Work, hers: Work, amina: Signatory, device: Device, tmp_path: Path) -> None:
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)))
    services.confirm(hers, amina, services.sentence(amina))
    told = json.loads(json.dumps(services.identification(work, amina)))
    digest = hashlib.sha256("\n".join(one.original_sha256 for one in amina.envelope.documents).encode()).hexdigest()
    assert told["documents_sha256"] == digest
    lines = (told["format"], told["nonce"], told["signatory"], told["documents_sha256"])
    challenge = encode(hashlib.sha256("\n".join(lines).encode("ascii")).digest())
    client_data, data = decode(told["client_data"]), decode(told["authenticator_data"])
    assert json.loads(client_data)["challenge"] == challenge == told["challenge"]
    assert (json.loads(client_data)["type"], json.loads(client_data)["origin"]) == ("webauthn.get", told["origin"])
    assert data[:32] == hashlib.sha256(told["rp_id"].encode()).digest()
    assert data[32] & 0b101 == 0b101
    files = {"key.pem": told["public_key_pem"].encode(), "signature": decode(told["signature"])}
    files["signed"] = data + hashlib.sha256(client_data).digest()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "Verified OK\n"
    (tmp_path / "signed").write_bytes(files["signed"][:-1] + b"\x00")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_code_is_told_as_a_code(work: Work, amina: Signatory) -> None:
    assert services.identification(work, amina) == {}
    make.sign(work, amina)
    told = services.identification(work, amina)
    assert (told["method"], told["sent_to"], told["tries"]) == ("code", amina.email, 1)


def test_the_last_of_two_ways_is_the_one_that_served(work: Work, hers: Work, amina: Signatory, device: Device, clock: FixedClock) -> None:
    make.identify(work, amina)
    clock.advance(timedelta(minutes=1))
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)))
    services.confirm(hers, amina, services.sentence(amina))
    assert services.identification(work, amina)["method"] == "passkey"
    assert services.proved(work, amina) is None


def test_nothing_before_reading(hers: Work, amina: Signatory, device: Device) -> None:
    with pytest.raises(Invalid):
        services.ask_passkey(hers, amina)


def test_without_a_key_there_is_the_code(work: Work, hers: Work, amina: Signatory) -> None:
    read(work, amina)
    with pytest.raises(Refused, match="code par courriel"):
        services.ask_passkey(hers, amina)
    assert not passkeys.usable(work, amina)


def test_an_answer_made_for_other_documents(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    answer = device.get(asked(work, amina))
    amina.envelope.documents[0].original_sha256 = "0" * 64
    with pytest.raises(Gone, match="autres documents"):
        services.identify_by_passkey(hers, amina, answer)


def test_an_answer_made_for_another_signatory(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    paul = amina.envelope.signatories[1]
    answer = with_key(work, paul.person).get(asked(work, paul))
    read(work, amina)
    with pytest.raises(Refused, match="autre signature"):
        services.identify_by_passkey(hers, amina, answer)


def test_the_key_of_somebody_else(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    theirs = with_key(work, amina.envelope.signatories[1].person)
    with pytest.raises(Forbidden, match="autre personne"):
        services.identify_by_passkey(hers, amina, theirs.get(asked(work, amina)))
    assert not services.identified(hers, amina)


def test_a_sign_in_answer_signs_nothing(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    read(work, amina)
    with pytest.raises(Refused, match="autre signature"):
        services.identify_by_passkey(hers, amina, device.get(keys.ask_to_sign_in(work)))
    with pytest.raises(Gone):
        keys.sign_in(work, device.get(asked(work, amina)))


def test_an_expired_answer(work: Work, hers: Work, amina: Signatory, device: Device, clock: FixedClock) -> None:
    answer = device.get(asked(work, amina))
    clock.advance(timedelta(minutes=5))
    with pytest.raises(Gone, match="expiré"):
        services.identify_by_passkey(hers, amina, answer)


def test_a_replayed_answer(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    answer = device.get(asked(work, amina))
    services.identify_by_passkey(hers, amina, answer)
    with pytest.raises(Gone, match="déjà servi"):
        services.identify_by_passkey(hers, amina, answer)


def test_an_answer_after_signing(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    answer = device.get(asked(work, amina))
    make.sign(work, amina)
    with pytest.raises(services.AlreadySigned):
        services.identify_by_passkey(hers, amina, answer)
    with pytest.raises(services.AlreadySigned):
        services.ask_passkey(hers, amina)


@pytest.mark.parametrize("change", [{"flags": PRESENT}, {"origin": "https://voleur.test"}, {"cross_origin": True}, {"count": -1}])
def test_an_answer_that_does_not_hold(work: Work, hers: Work, amina: Signatory, device: Device, change: dict[str, Any]) -> None:
    keys.sign_in(work, device.get(keys.ask_to_sign_in(work)))
    with pytest.raises(Refused, match="vérifiée"):
        services.identify_by_passkey(hers, amina, replace(device, **change).get(asked(work, amina)))
    assert [step.kind for step in amina.steps][-1] == "passkey_wrong"
    assert not services.identified(hers, amina)


def test_refusals_do_not_drown_the_evidence(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    read(work, amina)
    for _ in range(25):
        with pytest.raises(Refused):
            services.identify_by_passkey(hers, amina, "{}")
    hers.session.expire_all()
    assert [step.kind for step in amina.steps].count("passkey_wrong") == 20


def test_an_identity_proved_stands_a_quarter_of_an_hour(
    work: Work, hers: Work, amina: Signatory, device: Device, clock: FixedClock
) -> None:
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)))
    clock.advance(timedelta(minutes=15))
    assert not services.identified(hers, amina)
    with pytest.raises(Gone, match="rien n’a été signé"):
        services.confirm(hers, amina, services.sentence(amina))


def test_not_asked_without_end(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    for _ in range(passkeys.ASKED_PER_HOUR):
        asked(work, amina)
    with pytest.raises(TooMany):
        services.ask_passkey(hers, amina)


def test_an_earlier_holders_proof_is_not_the_delegates(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)))
    amina.person = amina.envelope.signatories[1].person
    work.session.flush()
    assert services.proved(work, amina) is None


def test_a_key_removed_later_leaves_its_proof_whole(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    services.identify_by_passkey(hers, amina, device.get(asked(work, amina)))
    services.confirm(hers, amina, services.sentence(amina))
    before = services.identification(work, amina)
    keys.remove(work, amina.person, keys.keys_of(work, amina.person)[0].id)
    assert services.identification(work, amina) == before
    assert (before["key_name"], before["key_id"]) == ("Téléphone", encode(device.key_id))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages(work: Work, amina: Signatory, device: Device, signed_in: Callable[[Person], FlaskClient], envelope: Envelope) -> None:
    ref, sentence, person = envelope.alliance.ref, services.sentence(amina), amina.person
    _ = person.email
    work.commit()
    url, browser = f"/alliances/{ref}/signature/ceremonie", signed_in(person)
    assert browser.post(f"{url}/cle/defi").status_code == 422
    browser.post(f"{url}/lecture", data={"read": ["charter", "contract"]})
    page = browser.get(f"{url}/identite").text
    assert "M’identifier avec ma clé d’accès" in page
    assert "Recevoir mon code" in page
    refused = browser.post(f"{url}/cle", data={"answer": "{}"})
    assert (refused.status_code, "rien n’a été signé" in refused.text) == (422, True)
    wanted = browser.post(f"{url}/cle/defi")
    assert wanted.json is not None
    assert wanted.headers["Cache-Control"] == "no-store"
    answer = device.get(wanted.json)
    assert browser.post(f"{url}/cle", data={"answer": answer}).location == f"{url}/signer"
    assert "Votre clé d’accès vous a identifié jusqu’à 10:15" in browser.get(f"{url}/signer").text
    again = browser.post(f"{url}/cle", data={"answer": answer})
    assert (again.status_code, "déjà servi" in again.text) == (422, True)
    signed = browser.post(f"{url}/signer", data={"sentence": sentence, "agreed": "true"})
    assert signed.location == url.removesuffix("/ceremonie")
    late = browser.post(f"{url}/cle", data={"answer": answer})
    assert late.location == url.removesuffix("/ceremonie")
    assert "Vous avez déjà signé" in browser.get(late.location).text


def test_signing_by_code_and_by_passkey_conflict_with_nothing(work: Work, hers: Work, amina: Signatory, device: Device) -> None:
    """A code asked for, then the passkey instead; signing again by the code is refused."""
    read(work, amina)
    services.send_code(hers, amina)
    code = make.code_of(work, amina)
    services.identify_by_passkey(hers, amina, device.get(services.ask_passkey(hers, amina)))
    services.confirm(hers, amina, services.sentence(amina))
    with pytest.raises(Conflict):
        services.identify(hers, amina, code)
