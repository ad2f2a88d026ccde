"""What a certificate bought elsewhere has us fetch while sealing: bounded in every way, and never a level lowered for want of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from charter.adapters.signer import Away, LocalAuthority, SealingService, SignerUnavailable, fetching, seals
from tests.charter.adapters.seal_provider import MOODS, Provider, packed, selling
from tests.charter.adapters.signer_samples import NOW, draft, font


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """On a private network which the operator allows."""
    monkeypatch.setattr(fetching, "_permitted", frozenset[str]())
    fetching.permit(["127.0.0.1"])
    with selling() as sold:
        yield sold


@pytest.fixture
def service(provider: Provider, tmp_path: Path) -> SealingService:
    """Certifies with a seal of that provider."""
    seal = seals.from_file(packed(tmp_path, provider), "secret", None)
    return SealingService(LocalAuthority.open(tmp_path / "keys", NOW), font(), seal=seal)


def certify(service: SealingService) -> str:
    return service.certify(draft("a"), when=NOW, reason="Certification").level


def waits(service: SealingService) -> None:
    """Nothing is sealed, because the status cannot be had; a later try may have it."""
    with pytest.raises(SignerUnavailable) as caught:
        certify(service)
    assert caught.value.away is Away.REVOCATION


@pytest.mark.parametrize("mood", MOODS)
def test_a_server_that_answers_badly_delays_and_lowers_nothing(
    provider: Provider, service: SealingService, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(fetching, "EXCHANGE_SECONDS", 30.0 if mood == "endless" else 0.3)
    provider.mood = mood
    start = time.monotonic()
    waits(service)
    assert time.monotonic() - start < 10, "not waited for"
    assert provider.asked and not [one for one in provider.asked if one.startswith("/elsewhere")], "not followed"
    assert provider.written < fetching.MOST_LIST * 3, "not read for ever"
    provider.mood = ""
    assert certify(service) == "B-LT"


def test_all_exchanges_share_one_deadline(provider: Provider, service: SealingService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    provider.mood = "silent"
    start = time.monotonic()
    waits(service)
    assert time.monotonic() - start < fetching.EXCHANGE_SECONDS


def test_a_private_network_is_not_asked(provider: Provider, service: SealingService) -> None:
    fetching.permit([])
    waits(service)
    assert not provider.asked
    fetching.permit(["127.0.0.1"])
    assert certify(service) == "B-LT"


def test_nor_under_a_name_that_leads_there(provider: Provider, tmp_path: Path) -> None:
    provider.base = provider.base.replace("127.0.0.1", "localhost")
    seal = seals.from_file(packed(tmp_path, provider), "secret", None)
    service = SealingService(LocalAuthority.open(tmp_path / "keys", NOW), font(), seal=seal)
    waits(service)
    assert len(set(provider.asked)) <= 1, "the list of its root alone, under its address"
    fetching.permit(["localhost", "127.0.0.1"])
    assert certify(service) == "B-LT"


def test_through_a_proxy_neither(provider: Provider, service: SealingService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is the operator's, and resolves names itself: it is asked through, but not for its own neighbours by their address."""
    with selling() as proxy:
        monkeypatch.setenv("http_proxy", proxy.base.removesuffix("/crl"))
        monkeypatch.setenv("no_proxy", "")
        fetching.permit([])
        waits(service)
        assert not proxy.asked and not provider.asked
        fetching.permit(["127.0.0.1"])
        waits(service)  # this one is no proxy: it has no such list
        assert proxy.asked[0].startswith(provider.base) and not provider.asked


PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_private(address: str) -> None:
    assert not fetching.public(address)


@pytest.mark.parametrize("address", ["192.0.32.7", "2606:4700::6810", "64:ff9b::c000:2007"])
def test_what_is_public(address: str) -> None:
    assert fetching.public(address)


@pytest.mark.parametrize("address", ["ftp://a.example/x.crl", "file:///etc/passwd", "http:///x", "http://compte:secret@a.example/x"])
def test_other_addresses_are_not_asked(address: str) -> None:
    with pytest.raises(fetching.NotFetched):
        fetching._checked(address)
