"""The provider's messages over HTTP: signed or refused, heard once, in any order, and never believed on their word."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.adapters.signer.yousign import Yousign
from charter.app import make_app
from charter.config import Settings
from charter.signing.models import Envelope
from charter.signing.provider.models import ProviderEvent
from charter.signing.provider.services import JOB
from charter.work import Engine, Work
from tests.charter.signing.provider.factories import newest
from tests.provider import SECRET, Provider
from workflows.signing import EnvelopeStatus, SignatoryStatus

URL = "/api/v1/webhooks/signature"
HEADER = "X-Yousign-Signature-256"
Drain = Callable[[], int]
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def looks(work: Work) -> int:
    """How many looks were asked for."""
    work.session.rollback()
    found = work.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.name == JOB)) or 0
    work.session.rollback()
    return found


def post(client: FlaskClient, message: tuple[bytes, dict[str, str]]) -> tuple[int, str]:
    body, headers = message
    answer = client.post(URL, data=body, headers=headers)
    return answer.status_code, (answer.get_json() or {}).get("status", "")


def signed(told: object) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(told).encode()
    return body, {HEADER: "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(), "Content-Type": "application/json"}


def test_messages_bring_the_envelope_to_its_end(
    client: FlaskClient, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    for one in list(provider.only.signers.values()):
        provider.sign(one.info["email"])
        assert post(client, provider.messages[-1]) == (200, "heard")
        drain()
    assert newest(work, sent).status == EnvelopeStatus.completed


def test_a_message_heard_again_changes_nothing(
    client: FlaskClient, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign(sent.signatories[0].email)
    before = looks(work)
    assert post(client, provider.messages[-1]) == (200, "heard")
    for _ in range(3):
        assert post(client, provider.messages[-1]) == (200, "known")
    assert looks(work) == before + 1


def test_a_message_that_comes_several_times_at_once_is_heard_once(
    app: Flask, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign(sent.signatories[0].email)
    before = looks(work)
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: post(app.test_client(), provider.messages[-1]), range(4)))
    assert sorted(answers) == [(200, "heard"), *[(200, "known")] * 3]
    assert looks(work) == before + 1


@pytest.mark.parametrize("call", ["open", "activate"])
def test_messages_that_come_before_the_answer_they_follow_lose_nothing(
    client: FlaskClient,
    work: Work,
    sent: Envelope,
    provider: Provider,
    drain: Drain,
    clock: FixedClock,
    outgoing: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    """We are told of a request whose id, or whose activation, we do not know yet."""
    real, answers = getattr(Yousign, call), list[tuple[int, str]]()

    def then_tell(self: Yousign, *given: object) -> object:
        answered = real(self, *given)
        if call == "activate":
            provider.sign_all()
        else:
            provider.tell("signature_request.activated", provider.only)
        answers.extend(post(client, message) for message in provider.messages)
        return answered

    monkeypatch.setattr(Yousign, call, then_tell)
    drain()
    assert {code for code, _ in answers} == {200} and answers
    if call == "open":
        assert newest(work, sent).status == EnvelopeStatus.sent and provider.only.status == "ongoing"
        work.session.rollback()
        provider.sign_all()
        assert post(client, provider.messages[-1]) == (200, "heard")
    drain()
    assert newest(work, sent).status == EnvelopeStatus.completed and len(provider.requests) == 1


def test_messages_in_the_wrong_order_come_to_the_same(
    client: FlaskClient, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign_all()
    for message in reversed(provider.messages):
        assert post(client, message) == (200, "heard")
        drain()
    assert newest(work, sent).status == EnvelopeStatus.completed


def test_a_message_is_not_believed_on_its_word(
    client: FlaskClient, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.only.status = "done"
    lie = provider.tell("signature_request.done", provider.only)
    provider.only.status = "ongoing"
    assert post(client, lie) == (200, "heard")
    drain()
    assert {one.status for one in newest(work, sent).signatories} == {SignatoryStatus.waiting}


@one_database
@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "é", "md5=1"])
def test_a_forged_message_is_refused(
    client: FlaskClient, work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage], signature: str
) -> None:
    drain()
    body, headers = provider.tell("signature_request.done", provider.only)
    before = looks(work)
    answer = client.post(URL, data=body, headers={**headers, HEADER: signature.encode().decode("latin-1")})
    assert answer.status_code == 403
    assert client.post(URL, data=body.replace(b"done", b"gone"), headers=headers).status_code == 403
    assert looks(work) == before
    assert work.session.scalar(select(func.count()).select_from(ProviderEvent)) == 0


@one_database
@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        "x",
        {"event_id": "a", "event_name": "signer.done", "data": {}},
        {"event_id": 3, "data": {"signature_request": {"id": 4}}},
        {"event_id": "e\u0000", "data": {"signature_request": {"id": "x"}}},
        {"event_id": "e", "event_name": "new.kind", "data": {"signature_request": {"id": "unknown"}}},
        {"event_id": "f", "event_name": "signer.done", "data": {"signer": {"id": "s", "signature_request_id": "unknown"}}},
    ],
)
def test_what_is_not_ours_is_answered_and_left(client: FlaskClient, told: object) -> None:
    assert post(client, signed(told)) == (200, "ignored")


@one_database
def test_bytes_that_are_no_json_are_left(client: FlaskClient) -> None:
    for body in (b"", b"\xff\xfe", b"[" * 50_000):
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert post(client, (body, {HEADER: f"sha256={digest}"})) == (200, "ignored")


@one_database
def test_without_a_provider_there_is_no_such_address(settings: Settings, engine: Engine) -> None:
    bare = replace(settings, signature_provider=None)
    engine.settings = bare
    answer = make_app(bare, engine).test_client().post(URL, data=b"{}", headers={HEADER: "sha256=0"})
    assert answer.status_code == 404
