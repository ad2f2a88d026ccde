"""A timestamping authority away for days: the seal waits, says so, and is made at full level when it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.signer import Away, SignerUnavailable
from charter.config import Settings
from charter.signing import readiness, services
from charter.signing.models import Envelope, Signatory
from charter.signing.services import delays
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.adapters.tsa import Tsa, serving
from tests.charter.signing import factories as make
from tests.conftest import START
from workflows.signing import SignatoryStatus

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with serving(tmp_path_factory.mktemp("outside"), START) as served:
        yield served


@pytest.fixture
def settings(settings: Settings, tsa: Tsa, tmp_path: Path) -> Settings:
    """An outside authority keeps the time."""
    roots = tmp_path / "tsa.pem"
    roots.write_bytes(tsa.roots)
    tsa.mood, tsa.now = "good", START.replace(microsecond=0)
    return replace(settings, tsa_url=tsa.url, tsa_roots=roots)


@pytest.fixture
def confirmed(work: Work, envelope: Envelope) -> Signatory:
    """The first signatory has said yes; the seal is due."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    make.sign(work, envelope.signatories[0])
    work.commit()
    return envelope.signatories[0]


def fresh(work: Work, signatory: Signatory) -> Signatory:
    work.session.expire_all()
    found = work.get(Signatory, signatory.id)
    _ = found.envelope.alliance.zone, [one.status for one in found.envelope.signatories]
    work.commit()
    return found


def test_days_without_time_then_the_full_level(
    work: Work, engine: Engine, confirmed: Signatory, tsa: Tsa, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    tsa.mood = "garbage"
    waits = []
    row_id = work.session.query(Outbox.id).filter_by(name="signing.seal").scalar()
    work.commit()
    while clock.now() < START + timedelta(hours=6):
        outbox.deliver(engine, row_id)
        waiting = fresh(work, confirmed)
        assert waiting.next_try_at
        waits.append(waiting.next_try_at - clock.now())
        clock.advance(waits[-1])
    assert (waits[0], waits[-1]) == (delays.SOONEST, delays.LATEST)
    assert waits == sorted(waits)
    clock.advance(timedelta(days=4))
    outbox.deliver(engine, row_id)
    waiting, row = fresh(work, confirmed), work.session.get_one(Outbox, row_id)
    assert (waiting.status, row.status, waiting.delayed_since) == (SignatoryStatus.sealing, OutboxStatus.PENDING, START)
    told = delays.told(waiting)
    assert "ne répond pas depuis le 3 mars 2026 à 10:00 (heure de Paris) ; nouvelle tentative à 7 mars 2026 à 1" in told
    assert all(one.current_sha256 == one.original_sha256 for one in waiting.envelope.documents)
    work.commit()
    tsa.mood, tsa.now = "good", clock.now().replace(microsecond=0) + delays.LATEST
    clock.advance(delays.LATEST)
    assert outbox.deliver(engine, row_id)
    done = fresh(work, confirmed)
    assert (done.status, done.trouble, done.delayed_since, done.next_try_at) == (SignatoryStatus.signed, "", None, None)
    assert {one.level for document in done.envelope.documents for one in document.revisions} == {"B-LT"}


def test_the_wait_is_told_on_the_page_and_to_whoever_watches(
    work: Work,
    engine: Engine,
    confirmed: Signatory,
    tsa: Tsa,
    clock: FixedClock,
    drain: Callable[[], int],
    client: FlaskClient,
    signed_in: Callable[[Person], FlaskClient],
    outgoing: list[EmailMessage],
) -> None:
    assert "signing" not in client.get("/readyz").get_json()
    tsa.mood = "error"
    drain()
    alliance = fresh(work, confirmed).envelope.alliance
    leader, person, ref = kernel.speaker(alliance.parties[0]), confirmed.person, alliance.ref
    work.commit()
    told = "le service d’horodatage ne répond pas depuis le 3 mars 2026 à 10:00 (heure de Paris) ; nouvelle tentative à 10:00"
    for somebody in (leader, person):
        assert told in signed_in(somebody).get(f"/alliances/{ref}/signature").text
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["signing"]) == (200, {"delayed": 1, "since": "2026-03-03T09:00:00+00:00"})


def test_nothing_waits_once_another_refused(
    work: Work,
    confirmed: Signatory,
    tsa: Tsa,
    drain: Callable[[], int],
    client: FlaskClient,
    signed_in: Callable[[Person], FlaskClient],
    outgoing: list[EmailMessage],
) -> None:
    tsa.mood = "error"
    drain()
    other = fresh(work, confirmed).envelope.signatories[1]
    services.decline(make.acting(work, other), other, "Le budget n’est pas voté")
    person, ref = confirmed.person, confirmed.envelope.alliance.ref
    assert delays.told(confirmed) == ""
    work.commit()
    assert delays.delays(work).count == 0
    work.commit()
    assert "signing" not in client.get("/readyz").get_json()
    shown = signed_in(person).get(f"/alliances/{ref}/signature/lire", follow_redirects=True).text
    assert "nouvelle tentative" not in shown
    assert "en train d’être apposée" not in shown


@pytest.mark.parametrize("away", list(Away))
def test_each_cause_is_said(work: Work, confirmed: Signatory, away: Away) -> None:
    delays.put_off(work, confirmed, SignerUnavailable("x", away=away))
    first = delays.told(confirmed)
    delays.put_off(work, confirmed, OSError("disk"))
    assert first != delays.told(confirmed)
    assert "retardée" in first
    assert delays.delays(work).count == 1
    delays.ended(confirmed)
    assert delays.told(confirmed) == ""


def test_keys_that_are_away_are_told(engine: Engine, settings: Settings) -> None:
    lost = replace(settings, data_dir=settings.data_dir / "other", tsa_roots=None)
    engine.settings = lost  # TSA_ROOTS is missing: nothing could be signed
    assert readiness.of(engine) == {"keys": "away"}
