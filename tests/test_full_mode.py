"""The full mode's description holds together: docker-compose.yml, the Dockerfile's command line, the proxy's site."""

from __future__ import annotations

import contextlib
import http.server
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve

from charter.cli import main
from scripts import proxy
from scripts.compose import fill, services
from scripts.steps import ROOT
from tests.processes import free_port, listening, wait_until

GIVEN = {"SECRET_KEY": "s" * 48, "POSTGRES_PASSWORD": "p"}


def test_compose_starts_what_the_full_mode_promises() -> None:
    names = {service.name for service in services(GIVEN)}
    assert names == {"migrate", "web-1", "web-2", "live-1", "live-2", "worker-1", "worker-2", "beat", "mailbox"}
    others = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].keys() - {
        name.removesuffix("-1").removesuffix("-2") for name in names
    }
    assert {"proxy", "postgres", "redis"} <= others


def test_every_command_of_compose_is_one_of_the_command_line() -> None:
    for service in services(GIVEN):
        program, *words = service.command
        assert program == "charte"
        context = main.make_context("charte", list(words), resilient_parsing=True)
        assert main.resolve_command(context, list(words))[1] is not None, service.command


def test_every_process_shares_its_settings_but_its_own_live_address() -> None:
    settings = [{name: value for name, value in service.environment.items() if name != "LIVE_URL"} for service in services(GIVEN)]
    assert all(each == settings[0] for each in settings)
    assert settings[0]["SECRET_KEY"] == GIVEN["SECRET_KEY"]
    live = [service.environment.get("LIVE_URL") for service in services(GIVEN) if service.name.startswith("live")]
    assert live == ["ws://live-1:8000", "ws://live-2:8000"]


def test_a_needed_variable_is_asked_for() -> None:
    with pytest.raises(KeyError, match="SECRET_KEY"):
        services({"POSTGRES_PASSWORD": "p"})
    assert fill("${A:-x}-${B:?needed}", {"B": "y"}) == "x-y"


def test_compose_fills_every_variable_of_the_proxy() -> None:
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]["environment"]
    assert proxy.variables() == {name for name in environment if name.startswith("CHARTE_")}


class Upstream(http.server.BaseHTTPRequestHandler):
    """A web process that tells what it was asked."""

    posts = 0

    def do_GET(self) -> None:
        told = {"path": self.path, **self.headers}
        body = "\n".join(f"{name.lower()}: {value}" for name, value in told.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        Upstream.posts += 1
        self.close_connection = True  # dies before it answers

    def log_message(self, format: str, *args: object) -> None:
        pass


class Site:
    """nginx with the site's template before two web stand-ins and two live ones, which say their name."""

    def __init__(self, folder: Path) -> None:
        Upstream.posts = 0
        self.web = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream) for _ in range(2)]
        self.live = [serve(partial(self._answer, name), "127.0.0.1", 0) for name in ("1", "2")]
        for run in (*(web.serve_forever for web in self.web), *(live.serve_forever for live in self.live)):
            threading.Thread(target=run, daemon=True).start()
        self.port = free_port()
        values = {"CHARTE_LISTEN": f"127.0.0.1:{self.port}"}
        values |= {f"CHARTE_WEB_{n}": f"127.0.0.1:{server.server_port}" for n, server in enumerate(self.web, 1)}
        values |= {f"CHARTE_LIVE_{n}": f"127.0.0.1:{server.socket.getsockname()[1]}" for n, server in enumerate(self.live, 1)}
        self.nginx = subprocess.Popen(proxy.command(folder, values))
        wait_until(lambda: listening(self.port), "nginx")

    @staticmethod
    def _answer(name: str, socket: ServerConnection) -> None:
        socket.send(name)

    def owner(self, text: str) -> str:
        """Which live process answers for that text."""
        with connect(f"ws://127.0.0.1:{self.port}/live/{text}?token=x") as socket:
            return str(socket.recv(timeout=10))

    def stop_live(self, name: str) -> None:
        server: Server = self.live[int(name) - 1]
        server.shutdown()

    def close(self) -> None:
        self.nginx.terminate()
        self.nginx.wait(10)
        for live in self.live:
            live.shutdown()
        for web in self.web:
            web.shutdown()
            web.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with contextlib.closing(Site(tmp_path / "nginx")) as made:
        yield made


def test_the_sockets_of_a_text_go_to_one_process_and_texts_are_shared_out(site: Site) -> None:
    owners = [{site.owner(f"text-{number}") for _ in range(3)} for number in range(16)]
    assert all(len(each) == 1 for each in owners)
    assert set.union(*owners) == {"1", "2"}


def test_when_a_live_process_is_away_its_texts_go_to_the_other(site: Site) -> None:
    gone = site.owner("text")
    site.stop_live(gone)
    other = {"1": "2", "2": "1"}[gone]
    assert [site.owner("text") for _ in range(3)] == [other] * 3
    site.stop_live(other)
    with pytest.raises(InvalidStatus):
        site.owner("text")


def _get(site: Site, headers: dict[str, str], path: str = "/") -> dict[str, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{site.port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(line.split(": ", 1) for line in answer.read().decode().splitlines())


def test_each_proxy_adds_its_word_to_the_forwarded_headers(site: Site) -> None:
    alone = _get(site, {})
    assert (alone["x-forwarded-proto"], alone["x-forwarded-for"]) == ("http", "127.0.0.1")
    behind = _get(site, {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "charte.example"})
    assert (behind["x-forwarded-proto"], behind["x-forwarded-for"]) == ("https, http", "192.0.2.1, 127.0.0.1")
    assert behind["x-forwarded-host"] == f"charte.example, 127.0.0.1:{site.port}"


@pytest.mark.parametrize("path", ["/connexion", "/connexion/link", "/static/main.css"])
def test_no_address_is_changed_on_the_way(site: Site, path: str) -> None:
    assert _get(site, {}, path)["path"] == path


def test_what_changes_something_is_never_sent_twice(site: Site) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{site.port}/", data=b"once", timeout=10)
    assert refused.value.code == 502
    assert Upstream.posts == 1
