"""What is kept on disk is found again, never trusted further than its classes, and never in the way."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from lint import cache
from lint.cache import Cache, default_directory
from lint.kconfig.model import Kconfig
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.memory import MemoryTree

KCONFIG = (
    b'config A\n\tbool "a"\n\tselect B if C = y\n\nconfig B\n\ttristate\n\tdefault m if A || C\n\nconfig C\n\tint "c"\n'
)


@pytest.fixture
def kconfig() -> Kconfig:
    return parse_kconfig(MemoryTree({"Kconfig": KCONFIG, "arch/arm64/Kconfig": b""}), "arm64")


def test_what_was_kept_comes_back_equal(tmp_path: Path, kconfig: Kconfig) -> None:
    Cache(tmp_path).store(["arm64", b"tree"], kconfig)
    assert Cache(tmp_path).load(["arm64", b"tree"], Kconfig) == kconfig


def test_other_parts_are_another_entry(tmp_path: Path, kconfig: Kconfig) -> None:
    Cache(tmp_path).store(["arm64", b"tree"], kconfig)
    assert Cache(tmp_path).load(["arm64", b"other"], Kconfig) is None
    assert Cache(tmp_path).load(["arm6", b"4tree"], Kconfig) is None


def test_without_a_directory_nothing_is_kept(kconfig: Kconfig) -> None:
    Cache(None).store(["x"], kconfig)
    assert Cache(None).load(["x"], Kconfig) is None


def test_a_directory_that_cannot_be_written_is_no_error(tmp_path: Path, kconfig: Kconfig) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no directory")
    Cache(blocked / "below").store(["x"], kconfig)
    assert Cache(blocked / "below").load(["x"], Kconfig) is None


def _entry(directory: Path) -> Path:
    (found,) = directory.iterdir()
    return found


@pytest.mark.parametrize("damage", [b"", b"\x80\x05", b"not a pickle at all", pickle.dumps({"a": 1})])
def test_a_damaged_entry_is_as_good_as_none(tmp_path: Path, kconfig: Kconfig, damage: bytes) -> None:
    Cache(tmp_path).store(["x"], kconfig)
    _entry(tmp_path).write_bytes(damage)
    assert Cache(tmp_path).load(["x"], Kconfig) is None


class _Attack:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self.marker), 0o700)


def test_a_hostile_entry_runs_nothing(tmp_path: Path, kconfig: Kconfig) -> None:
    directory, marker = tmp_path / "cache", tmp_path / "marker"
    Cache(directory).store(["x"], kconfig)
    _entry(directory).write_bytes(pickle.dumps(_Attack(marker)))
    assert Cache(directory).load(["x"], Kconfig) is None
    assert not marker.exists()


def test_the_oldest_go_when_it_grows_too_large(
    tmp_path: Path, kconfig: Kconfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(tmp_path).store(["old"], kconfig)
    size = _entry(tmp_path).stat().st_size
    os.utime(_entry(tmp_path), (1, 1))
    monkeypatch.setattr(cache, "MAX_BYTES", size + size // 2)
    Cache(tmp_path).store(["new"], kconfig)
    assert Cache(tmp_path).load(["old"], Kconfig) is None
    assert Cache(tmp_path).load(["new"], Kconfig) == kconfig


def test_the_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KMIGLINT_CACHE", str(tmp_path))
    assert default_directory() == tmp_path
    monkeypatch.delenv("KMIGLINT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_directory() == tmp_path / "kmiglint"
