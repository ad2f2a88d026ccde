"""What is kept is kept whole, under the hash of its bytes, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from charter.adapters.storage import Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "files")


def files(storage: Storage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_hash(storage: Storage) -> None:
    digest = storage.put(b"un contrat")
    assert digest == hashlib.sha256(b"un contrat").hexdigest()
    assert storage.get(digest) == b"un contrat"


def test_the_same_bytes_are_kept_once(storage: Storage) -> None:
    assert storage.put(b"a") == storage.put(b"a")
    assert len(files(storage)) == 1


def test_a_damaged_file_is_never_given_out(storage: Storage) -> None:
    digest = storage.put(b"un contrat")
    files(storage)[0].write_bytes(b"un autre  ")
    with pytest.raises(ValueError, match="damaged"):
        storage.get(digest)


@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_a_crash_leaves_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(moment, crash)
        with pytest.raises(KeyboardInterrupt):
            storage.put(b"un contrat")
    assert files(storage) == []
    assert storage.get(storage.put(b"un contrat")) == b"un contrat"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65])
def test_only_a_hash_names_a_file(storage: Storage, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.get(name)


def test_an_unknown_hash(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        storage.get("0" * 64)


def test_ping_leaves_nothing_and_fails_on_a_disk_that_does_not_write(storage: Storage) -> None:
    storage.ping()
    assert files(storage) == []
    storage.root.rmdir()
    storage.root.write_text("not a folder")
    with pytest.raises(OSError, match=r"."):
        storage.ping()


def test_a_file_dropped_while_one_looks_does_not_wait(storage: Storage) -> None:
    storage.aside.put("a", b"un fichier")
    (storage.aside.root / "gone").symlink_to("nowhere")
    assert set(storage.aside.waiting()) == {"a"}
