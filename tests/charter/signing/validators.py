"""Three validators that owe each other nothing: ours over pyHanko (every increment analysed), poppler's `pdfsig`, and `openssl cms`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from charter.adapters.signer import Trust, Verdict, verify

RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def check_all(pdf: bytes, folder: Path, root_pem: str, trust: Trust, names: Sequence[str], now: datetime) -> None:
    """Asserts that `pdf` is valid for the three, certified, with the signature of each of `names` once and nobody else's."""
    check_strictly(pdf, trust, names, now)
    check_with_poppler(pdf, folder, 1 + len(names))
    check_with_openssl(pdf, folder, root_pem, 1 + len(names))


def check_strictly(pdf: bytes, trust: Trust, names: Sequence[str], now: datetime) -> None:
    """pyHanko, strict: digests, certificates, timestamps, what each increment changed."""
    found = verify(pdf, now=now, trust=trust)
    assert found.verdict is Verdict.VALID, [one.text % one.params for one in found.reasons]
    assert found.certified and found.full
    people = [one for one in found.signatures if not one.certification]
    assert sorted(one.name for one in people) == sorted(names)
    assert all(one.intact and one.trusted and one.timestamp_ok and one.unchanged for one in found.signatures)


def check_with_poppler(pdf: bytes, folder: Path, count: int) -> None:
    """Every signature matches the bytes it covers, and the last revision covers the whole file."""
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid") == count, told
    assert told.count("Total document signed") == 1 and "Signature is Invalid" not in told, told


def check_with_openssl(pdf: bytes, folder: Path, root_pem: str, count: int) -> None:
    """Each signature taken out by hand: CMS over the bytes of its ByteRange, its chain up to our root."""
    (folder / "root.pem").write_text(root_pem)
    taken = list(signatures(pdf))
    assert len(taken) == count
    for der, content in taken:
        (folder / "signature.der").write_bytes(der)
        (folder / "content.bin").write_bytes(content)
        words = (
            "openssl cms -verify -binary -inform DER -in signature.der -content content.bin -CAfile root.pem -purpose any -out /dev/null"
        )
        done = subprocess.run(words.split(), cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def signatures(pdf: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each signature's CMS (DER, its padding included) and the bytes it signs, document timestamps left out."""
    for found in RANGE.finditer(pdf):
        start, length, again, rest = map(int, found.groups())
        opened = pdf.rindex(b" obj", 0, found.start())
        if b"ETSI.RFC3161" in pdf[opened : start + length] + pdf[again : pdf.index(b"endobj", again)]:
            continue
        yield bytes.fromhex(pdf[start + length + 1 : again - 1].decode()), pdf[start : start + length] + pdf[again : again + rest]
