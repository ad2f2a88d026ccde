"""The engine as the rest of the product sees it: a request in, PDF bytes out, the work done in another process."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from charter.adapters import frames
from charter.adapters.pdf import fonts
from charter.adapters.pdf.cache import PdfCache
from charter.adapters.pdf.errors import RenderFailed, RenderTooBig
from charter.adapters.pdf.limits import MESSAGES, Limits
from charter.adapters.pdf.request import Progress, Rendering
from charter.errors import CharterError

_ROOT = Path(__file__).resolve().parents[3]
_GRACE = 20.0


def _quiet(_stage: str, _page: int) -> None:
    """No one listens to the progress."""


class PdfEngine:
    """Renders documents to PDF/A-3a + PDF/UA-1. Safe to share between threads (one document at a time) and across forks.

    `fonts_dir`: where the files of `fonts.FILES` lie, at any depth. `documents_dir`: our style sheets and `figures/`.
    `cache_dir`: results and derived fonts, kept between runs; deleting it costs only time.
    """

    def __init__(self, *, fonts_dir: Path, documents_dir: Path, cache_dir: Path, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.cache = PdfCache(cache_dir / "results")
        self._fonts_dir, self._documents_dir, self._cache_dir = fonts_dir, documents_dir, cache_dir
        self._fonts: fonts.FontSet | None = None
        self._lock = threading.Lock()
        self._forge: subprocess.Popen[bytes] | None = None
        self._owner = 0
        os.register_at_fork(after_in_child=self._forget)

    def render(self, request: Rendering, progress: Progress = _quiet) -> bytes:
        """The PDF of `request`, from the cache when it was made before. Raises RenderTooBig, RenderFailed."""
        self._check_size(request)
        surroundings = self._surroundings(request)
        digest = request.digest({key: _fingerprint(value) for key, value in surroundings.items()})
        if (kept := self.cache.get(digest)) is not None:
            return kept
        progress("started", 0)
        pdf = self._make(request, surroundings, progress)
        self.cache.put(digest, pdf)
        return pdf

    def close(self) -> None:
        """Stop the laying-out process; the next `render` starts another."""
        with self._lock:
            self._stop()

    def _check_size(self, request: Rendering) -> None:
        if len(request.html.encode()) > self.limits.html_bytes:
            raise self._too_big("html_bytes")
        if sum(len(attachment.data) for attachment in request.attachments) > self.limits.attachment_bytes:
            raise self._too_big("attachment_bytes")

    def _too_big(self, what: str) -> RenderTooBig:
        return RenderTooBig(what, MESSAGES[what], int(getattr(self.limits, what)))

    def _surroundings(self, request: Rendering) -> dict[str, Any]:
        """Everything besides the request that shapes the result."""
        figures = sorted((self._documents_dir / "figures").glob("*"))
        return {
            "code": _own_code(),
            "engines": [f"{name} {version(name)}" for name in ("weasyprint", "pydyf", "pikepdf", "fonttools")],
            "fonts": self._find_fonts().digest,
            "css": [(self._documents_dir / name).read_text(encoding="utf-8") for name in request.css],
            "assets": {path.name: path.read_bytes() for path in figures},
        }

    def _find_fonts(self) -> fonts.FontSet:
        if self._fonts is None:
            try:
                self._fonts = fonts.prepare(self._fonts_dir, self._cache_dir / "fonts")
            except fonts.FontsMissing as error:
                raise RenderFailed("fonts", str(error)) from error
        return self._fonts

    def _make(self, request: Rendering, surroundings: dict[str, Any], progress: Progress) -> bytes:
        assets: dict[str, bytes] = surroundings["assets"]
        header = {**request.header(), "css": surroundings["css"], "assets": list(assets), "limits": self.limits.plain()}
        blobs = [attachment.data for attachment in request.attachments] + list(assets.values())
        with self._lock:
            forge = self._start()
            watch = threading.Timer(self.limits.wall_seconds + _GRACE, forge.kill)
            watch.start()
            try:
                return self._exchange(forge, header, blobs, progress)
            except (frames.Broken, OSError) as error:
                self._stop()
                raise RenderFailed("killed", str(error)) from error
            except CharterError:
                raise
            except BaseException:
                # An answer may still be under way: this process cannot be asked anything else.
                self._stop()
                raise
            finally:
                watch.cancel()

    def _exchange(self, forge: subprocess.Popen[bytes], header: dict[str, Any], blobs: list[bytes], progress: Progress) -> bytes:
        frames.write(cast(Any, forge.stdin), header, blobs)
        while (frame := frames.read(cast(Any, forge.stdout))) is not None:
            answer, content = frame
            match answer["kind"]:
                case "progress":
                    progress(answer["stage"], answer["page"])
                case "done":
                    return content[0]
                case "excess":
                    raise self._too_big(answer["what"])
                case "failed":
                    raise RenderFailed(answer["reason"], answer["detail"], **answer["params"])
        raise frames.Broken("the laying-out process ended")

    def _start(self) -> subprocess.Popen[bytes]:
        if self._forge is not None and self._forge.poll() is None and self._owner == os.getpid():
            return self._forge
        self._stop()
        # A bare environment: the process that reads people's text has none of our secrets.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(_ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "FONTCONFIG_FILE": str(self._find_fonts().config),
        }
        self._forge = subprocess.Popen(
            [sys.executable, "-m", "charter.adapters.pdf.forge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        self._owner = os.getpid()
        if frames.read(cast(Any, self._forge.stdout)) is None:
            self._stop()
            raise RenderFailed("engine", "the laying-out process did not start")
        return self._forge

    def _stop(self) -> None:
        forge, self._forge = self._forge, None
        if forge is None or self._owner != os.getpid():
            return
        forge.kill()
        for stream in (forge.stdin, forge.stdout):
            with contextlib.suppress(OSError):
                cast(IO[bytes], stream).close()
        forge.wait()

    def _forget(self) -> None:
        """In a forked child: the process belongs to the parent, and the lock may have been held by a thread that is not here."""
        forge, self._forge, self._lock = self._forge, None, threading.Lock()
        if forge is None:
            return
        # Nothing of ours may reach it, not even what a buffer still holds; nor may we keep its input open after its owner's death.
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (forge.stdin, forge.stdout):
            os.dup2(null, cast(IO[bytes], stream).fileno())
        os.close(null)
        forge.returncode = 0


@functools.cache
def _own_code() -> str:
    """SHA-256 of the code that shapes the result, so that no result of an older version is served."""
    names = ("layout.py", "finish.py", "fetcher.py", "fonts.py")
    return frames.sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in names))


def _fingerprint(value: Any) -> Any:
    return {name: frames.sha256(data) for name, data in value.items()} if isinstance(value, dict) else value
