"""The provider away, slow, overloaded or refusing; workers killed between steps; files that come back altered: once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.signer.provider import ProviderAway, ProviderRefused
from charter.adapters.signer.yousign import Yousign
from charter.config import Settings
from charter.signing.models import Envelope
from charter.signing.provider import looking, wording
from charter.signing.provider.checking import Spoiled
from charter.work import Engine, Work
from tests.charter.adapters.signer_samples import draft, with_annotation
from tests.charter.signing.provider.factories import look, newest, row
from tests.provider import KEY, Provider
from tests.provider_hand import Hand, rewritten
from workflows.signing import EnvelopeStatus

Drain = Callable[[], int]
STEPS = ("POST /signature_requests", "POST .*/documents", "POST .*/signers", "POST .*/activate")


def settle(drain: Drain, clock: FixedClock, times: int = 4) -> None:
    """Lets what failed be tried again."""
    for _ in range(times):
        drain()
        clock.advance(timedelta(minutes=5))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_stopped_at_any_step_it_is_handed_over_once(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, clock: FixedClock, outgoing: list[EmailMessage], step: str, after: bool
) -> None:
    provider.fail(step, 503, after=after)
    drain()
    assert row(work, sent).trouble == "away" and row(work, sent).activated_at is None
    settle(drain, clock)
    assert row(work, sent).trouble == "" and row(work, sent).activated_at is not None
    there = provider.only
    assert there.status == "ongoing" and len(there.papers) == 2 and len(there.signers) == 3
    assert {one.sent_sha256 for one in row(work, sent).documents} == set(sent.fingerprints)


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_worker_killed_between_two_steps_leaves_nothing_twice(
    work: Work,
    sent: Envelope,
    provider: Provider,
    engine: Engine,
    drain: Drain,
    outgoing: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    class Killed(BaseException):
        """As a process that ends."""

    method = {"documents": "upload", "signers": "add_signer", "activate": "activate"}[step.rpartition("/")[2]]
    real = getattr(Yousign, method)

    def then_die(self: Yousign, *given: object) -> object:
        real(self, *given)
        raise Killed

    monkeypatch.setattr(Yousign, method, then_die)
    with pytest.raises(Killed):
        look(engine, work, sent)
    monkeypatch.setattr(Yousign, method, real)
    look(engine, work, sent)
    look(engine, work, sent)
    assert len(provider.only.papers) == 2 and len(provider.only.signers) == 3
    assert provider.count("POST /signature_requests") == 1 and provider.count("POST .*/activate") == 1
    assert row(work, sent).activated_at is not None


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_no_answer_delays_visibly_and_never_signs_otherwise(
    work: Work,
    sent: Envelope,
    provider: Provider,
    drain: Drain,
    clock: FixedClock,
    outgoing: list[EmailMessage],
    engine: Engine,
    status: int,
) -> None:
    assert engine.settings.signature_provider is not None
    engine.settings = replace(engine.settings, signature_provider=replace(engine.settings.signature_provider, seconds=1.0))
    provider.fail("GET /signature_requests", status)
    drain()
    found = row(work, sent)
    assert found.trouble == "away" and "réessaie d’elle-même" in wording.trouble(found)
    envelope = newest(work, sent)
    assert envelope.status == EnvelopeStatus.sent and not any(one.revisions for one in envelope.documents)
    settle(drain, clock)
    assert row(work, sent).trouble == "" and provider.only.status == "ongoing"


def test_down_for_hours_it_is_still_handed_over(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    provider.stop()
    for _ in range(30):
        drain()
        clock.advance(timedelta(hours=1))
    assert row(work, sent).trouble == "away"
    provider.start()
    settle(drain, clock, 14)
    assert provider.only.status == "ongoing"


def test_refused_it_is_told_and_tried_again_an_hour_later(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    provider.fail("POST .*/signers", 400)
    drain()
    found = row(work, sent)
    assert (found.trouble, found.detail) == ("refused", "400 out of order")
    clock.advance(timedelta(minutes=30))
    drain()
    assert row(work, sent).trouble == "refused"
    clock.advance(timedelta(minutes=31))
    drain()
    assert row(work, sent).trouble == "" and len(provider.only.signers) == 3


def test_a_lost_message_is_made_up_for_by_the_clock(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, clock: FixedClock, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign_all()
    with engine.work() as ticking:
        looking.due(ticking)
    drain()
    assert newest(work, sent).status == EnvelopeStatus.sent, "not looked at again so soon"
    work.session.rollback()
    clock.advance(timedelta(minutes=16))
    with engine.work() as ticking:
        looking.due(ticking)
    drain()
    assert newest(work, sent).status == EnvelopeStatus.completed


def replaced(provider: Provider, make: Callable[[bytes], bytes]) -> None:
    """What the provider gives back of its first document."""
    paper = next(iter(provider.only.papers.values()))
    paper.pdf = make(paper.pdf)


def signed_again(provider: Provider, received: bytes, hand: Hand | None = None) -> bytes:
    """Another file, signed by everybody as well."""
    pdf = received
    for number, one in enumerate(provider.only.signers.values(), start=1):
        name = f"{one.info['first_name']} {one.info['last_name']}"
        pdf = (hand or provider.hand).sign(pdf, name, (1, 50, 94 + 62 * (number - 1), 250, 58), number)
    return pdf


def changed(pdf: bytes) -> bytes:
    """One byte of what was signed changed in place."""
    at = pdf.index(b"stream\n") + 12
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


SPOILED: dict[str, Callable[[Provider, bytes], bytes]] = {
    "another text, signed": lambda provider, _: signed_again(provider, draft("a", text="charter: les parties se quittent.")),
    "a byte changed after": lambda _, pdf: changed(pdf),
    "a note before the signatures": lambda provider, _: signed_again(provider, with_annotation(_received(provider))),
    "another authority": lambda provider, _: signed_again(provider, _received(provider), Hand(now=provider.hand.now)),
    "nobody signed": lambda provider, _: _received(provider),
    "not a PDF": lambda provider, _: b"<html>",
    "the other document": lambda provider, _: list(provider.only.papers.values())[1].pdf,
    "rewritten after": lambda provider, pdf: rewritten(pdf),
}


def _received(provider: Provider) -> bytes:
    return next(iter(provider.only.papers.values())).received


@pytest.mark.parametrize("how", SPOILED)
def test_a_file_that_comes_back_altered_is_not_taken(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage], how: str
) -> None:
    drain()
    provider.sign_all()
    replaced(provider, lambda pdf: SPOILED[how](provider, pdf))
    with pytest.raises(Spoiled):
        look(engine, work, sent)
    envelope, found = newest(work, sent), row(work, sent)
    assert envelope.status == EnvelopeStatus.sent and found.trouble == "spoiled" and found.detail
    assert all(one.current_sha256 == one.original_sha256 and not one.revisions for one in newest(work, sent).documents)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_client_bounds_what_it_takes(provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderRefused, match="401"):
        Yousign(provider.url, "another key").find("x")
    monkeypatch.setattr("charter.adapters.signer.yousign.MOST_JSON", 10)
    with pytest.raises(ProviderRefused, match="more than"):
        Yousign(provider.url, KEY).find("x")
    with pytest.raises(ProviderAway):
        Yousign("http://127.0.0.1:9", KEY, 2).find("x")


def test_without_the_provider_any_more_the_envelope_waits(work: Work, sent: Envelope, engine: Engine, outgoing: list[EmailMessage]) -> None:
    engine.settings = replace(engine.settings, signature_provider=None)
    with pytest.raises(ProviderAway):
        look(engine, work, sent)
    assert row(work, sent).trouble == "away" and newest(work, sent).status == EnvelopeStatus.sent
