"""Nothing is written but the report and the cache, and nothing of the machine is in what is written."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.e2e.driving import (
    MBOX,
    TREE,
    Done,
    check,
    command,
    committed_series,
    git,
    mails,
    mbox,
    process,
    run,
    surroundings,
    write,
)

Entry = tuple[int, int, int, str]


def state(root: Path) -> dict[str, Entry]:
    """Every entry below a directory: mode, size, time of the last change, content."""
    found: dict[str, Entry] = {}
    for path in (root, *root.rglob("*")):
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(about.st_mode) else ""
        found[str(path.relative_to(root))] = (about.st_mode, about.st_size, about.st_mtime_ns, content)
    return found


@pytest.fixture(scope="module")
def linux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that no test changes."""
    return committed_series(tmp_path_factory.mktemp("linux") / "linux")


def inputs_of(tree: Path) -> tuple[tuple[str | Path, ...], ...]:
    return ((MBOX, "--base", "base"), ("base..HEAD",), ("--staged",))


def dirty(place: Path) -> Path:
    """A repository whose index git would like to refresh, with something staged and something not."""
    tree = committed_series(place)
    git(tree, "reset", "-q", "--soft", "HEAD~1")
    (tree / "kernel/seccomp.c").write_text("int edited;\n")
    for path in tree.rglob("*.h"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return tree


def test_the_repository_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = dirty(tmp_path / "linux")
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.chdir(aside)
    before = state(tree)
    for inputs in inputs_of(tree):
        check(*inputs, "--tree", tree)
        assert state(tree) == before
    assert process("check", "--staged", cwd=tree).code == 1
    assert state(tree) == before
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize("form", ["text", "terse", "json"])
def test_the_report_names_no_place_of_the_machine(tmp_path: Path, form: str) -> None:
    tree = dirty(tmp_path / "linux")
    home = os.path.expanduser("~")
    (tree / "Kconfig").write_text((tree / "Kconfig").read_text() + f'\nsource "{tmp_path}/Kconfig"\nsource "no/such"\n')
    git(tree, "commit", "-q", "-a", "-m", "odd")
    cut = write(tmp_path / "folder", {"1.patch": mails()[1], "2.patch": mails()[3][:-300], "3.patch": b"prose\n"})
    for inputs in (*inputs_of(tree), (cut,), (cut / "2.patch",), ("HEAD~1..HEAD",)):
        done = run("check", *inputs, "--tree", tree, "--format", form)
        assert done.code in (0, 1)
        for secret in (str(tmp_path), home if len(home) > 1 else str(tmp_path), str(TREE)):
            # The source line itself is the user's own text: it is quoted as it stands.
            assert secret not in done.out.decode().replace(f'source "{tmp_path}/Kconfig"', ""), inputs


def test_the_same_run_gives_the_same_bytes(linux: Path, tmp_path: Path) -> None:
    """With a new cache, the same one again, none, and another order of every set."""
    outputs: set[bytes] = set()
    texts: set[bytes] = set()
    for seed, options in (("0", ()), ("1", ()), ("2", ("--no-cache",))):
        cache = str(tmp_path / "cache")
        for arguments, found in (
            (("base..HEAD", "--tree", linux, "--format", "json"), outputs),
            ((MBOX, "--tree", TREE), texts),
        ):
            found.add(process("check", *arguments, *options, KMIGLINT_CACHE=cache, PYTHONHASHSEED=seed).out)
    assert (len(outputs), len(texts)) == (1, 1)
    assert all(outputs)
    assert all(texts)


def test_two_runs_at_once_share_a_cache(linux: Path, tmp_path: Path) -> None:
    environment = surroundings(KMIGLINT_CACHE=str(tmp_path / "cache"))
    arguments = command("check", "base..HEAD", "--tree", linux, "--format", "json")
    both = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) for _ in range(2)
    ]
    ends = [Done(one.returncode, out, err.decode()) for one in both for out, err in (one.communicate(),)]
    assert ends[0] == ends[1]
    assert (ends[0].code, ends[0].err) == (1, "")
    kept = list((tmp_path / "cache").rglob("*"))
    assert kept
    assert not [path for path in kept if path.name.startswith(".new-")]


def test_no_cache_leaves_nothing(linux: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("KMIGLINT_CACHE", str(cache))
    without = check("base..HEAD", "--tree", linux, "--no-cache")
    assert not cache.exists()
    assert check("base..HEAD", "--tree", linux) == without
    assert cache.exists()


def test_a_cache_that_cannot_be_used(linux: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not writable, a file, below a file, full of garbage: the same bytes."""
    expected = check("base..HEAD", "--tree", linux, "--no-cache")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    file = write(tmp_path, {"file": b"x"}) / "file"
    damaged = tmp_path / "damaged"
    monkeypatch.setenv("KMIGLINT_CACHE", str(damaged))
    check("base..HEAD", "--tree", linux)
    for entry in damaged.iterdir():
        entry.write_bytes(entry.read_bytes()[:-7])
    for place in (closed / "kmiglint", file, file / "below", damaged, Path("/proc/no-such")):
        monkeypatch.setenv("KMIGLINT_CACHE", str(place))
        assert check("base..HEAD", "--tree", linux) == expected, place
    monkeypatch.delenv("KMIGLINT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(file))
    assert check("base..HEAD", "--tree", linux) == expected
    assert file.read_bytes() == b"x"


def test_the_cache_is_in_the_home_and_private(linux: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KMIGLINT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    check("base..HEAD", "--tree", linux)
    place = tmp_path / ".cache" / "kmiglint"
    assert place.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in tmp_path.iterdir()] == [".cache"]


def test_an_output_is_the_only_file_and_whole(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    done = run("check", MBOX, "--tree", TREE, "--format", "json", "-o", out)
    assert (done.code, done.out, done.err) == (1, b"", "")
    assert out.read_bytes() == check(MBOX, "--tree", TREE).out
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_series_cut_anywhere_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check("-", "--tree", TREE, given=mbox(*mails()[:3])[:-100])
    assert list(tmp_path.iterdir()) == []
