"""The same series on the same tree, however either is given, has the same findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.driving import (
    MBOX,
    TREE,
    check,
    committed_series,
    git,
    git_tree,
    mails,
    plain_tree,
    process,
    rules_of,
    write,
)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """The sample series as an mbox on the sample tree as a directory."""
    report = check(MBOX, "--tree", TREE).report
    assert report["problems"] == []
    assert {"redundant-select", "flag-bit-collision", "missing-arch-contract"} <= set(rules_of(report))
    return report


def without(report: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key not in keys}


def bare(place: Path) -> Path:
    tree = git_tree(place / "work")
    git(place, "clone", "-q", "--bare", str(tree), "linux.git")
    return place / "linux.git"


def unrelated_edits(place: Path) -> Path:
    tree = git_tree(place / "linux")
    (tree / "kernel" / "seccomp.c").write_text("int nothing;\n")
    (tree / "kernel" / "untracked.c").write_text("int x = TIF_TOY;\n")
    (tree / "arch" / "riscv" / "Kconfig").unlink()
    return tree


def related_edits(place: Path) -> Path:
    """What stands on disk and in the index is no part of HEAD, not even where the series touches it."""
    tree = git_tree(place / "linux")
    (tree / "arch/arm64/kernel/signal.c").write_text("int nothing;\n")
    (tree / "arch/arm64/kernel/entry.S").write_text("ret\n")
    (tree / "arch/Kconfig").write_text("config GENERIC_ENTYR\n\tbool\n")
    git(tree, "add", "arch/Kconfig", "arch/arm64/kernel/entry.S")
    git(tree, "rm", "-q", "arch/arm64/kernel/debug-monitors.c")
    return tree


def other_branch(place: Path) -> Path:
    """Another commit is checked out: --base counts."""
    tree = git_tree(place / "linux")
    git(tree, "tag", "base")
    git(tree, "rm", "-q", "-r", "arch/arm64")
    git(tree, "commit", "-q", "-m", "gone")
    return tree


@pytest.mark.parametrize(
    ("kind", "build"),
    [
        ("directory", lambda place: plain_tree(place / "linux")),
        ("git", lambda place: git_tree(place / "linux")),
        ("git", bare),
        ("git", unrelated_edits),
        ("git", related_edits),
        ("git", other_branch),
    ],
    ids=["directory", "git", "bare", "unrelated-edits", "related-edits", "base"],
)
def test_every_kind_of_tree(expected: dict[str, Any], tmp_path: Path, kind: str, build: Callable[[Path], Path]) -> None:
    tree = build(tmp_path)
    base = ("--base", "base") if build is other_branch else ()
    report = check(MBOX, "--tree", tree, *base).report
    assert report["tree"]["kind"] == kind
    assert without(report, "tree") == without(expected, "tree")


def test_no_commit_yet_is_a_directory(expected: dict[str, Any], tmp_path: Path) -> None:
    tree = plain_tree(tmp_path / "linux")
    git(tree, "init", "-q")
    assert check(MBOX, "--tree", tree).report == expected


def test_a_tree_below_the_directory_that_one_stands_in(
    expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = git_tree(tmp_path / "linux")
    monkeypatch.chdir(tree / "arch" / "arm64")
    assert without(check(MBOX).report, "tree") == without(expected, "tree")


def test_every_kind_of_mail(expected: dict[str, Any], tmp_path: Path) -> None:
    parts = mails()
    named = {f"{number:04}-x.patch": mail for number, mail in enumerate(parts)}
    folder = write(tmp_path / "folder", named)
    shuffled = write(tmp_path / "shuffled", {f"{9 - number}.eml": mail for number, mail in enumerate(parts)})
    maildir = write(tmp_path / "maildir", {f"{'cur' if n % 2 else 'new'}/{9 - n}:2,S": m for n, m in enumerate(parts)})
    crlf = tmp_path / "crlf.mbox"
    crlf.write_bytes(MBOX.read_bytes().replace(b"\n", b"\r\n"))
    files = sorted(folder.iterdir())
    for inputs in ((folder,), (shuffled,), (maildir,), tuple(files), tuple(reversed(files)), (crlf,)):
        assert check(*inputs, "--tree", TREE).report == expected, inputs
    assert check("-", "--tree", TREE, given=MBOX.read_bytes()).report == expected
    for finding in check(*files[1:], "--tree", TREE).report["findings"]:
        assert finding in expected["findings"]


def test_a_range_of_commits(expected: dict[str, Any], tmp_path: Path) -> None:
    """The tree is the one that the range starts from, whatever is checked out."""
    tree = committed_series(tmp_path / "linux")
    report = check("base..HEAD", "--tree", tree).report
    assert report["tree"] == {
        "kind": "git",
        "kernel": expected["tree"]["kernel"],
        "revision": git(tree, "rev-parse", "base"),
    }
    assert (report["series"]["patches"], report["problems"]) == (3, [])
    for ours, theirs in zip(report["findings"], expected["findings"], strict=True):
        assert without(ours, "patch", "message") == without(theirs, "patch", "message")
        assert ours["message"] == theirs["message"].replace("patch 2/3", "patch 2")
        for key in ("index", "subject"):
            assert ours["patch"][key] == theirs["patch"][key]
    git(tree, "checkout", "-q", "base")
    assert check("base..main", "--tree", tree).report == report
    git(tree, "checkout", "-q", "main")
    git(tmp_path, "clone", "-q", "--bare", str(tree), "bare.git")
    assert check("base..main", "--tree", tmp_path / "bare.git").report == report


def test_what_is_staged(expected: dict[str, Any], tmp_path: Path) -> None:
    """One patch: what a later patch mended is mended, the rest stays."""
    tree = committed_series(tmp_path / "linux")
    git(tree, "reset", "-q", "--soft", "base")
    report = check("--staged", "--tree", tree).report
    assert (report["series"]["patches"], report["problems"]) == (1, [])
    assert {finding["patch"]["index"] for finding in report["findings"]} == {1}

    def essence(findings: list[dict[str, Any]]) -> list[str]:
        facts = ("rule", "severity", "symbols", "arch", "message", "suggestion")
        return sorted(repr([one["location"]["path"], *(one[fact] for fact in facts)]) for one in findings)

    lasting = [finding for finding in expected["findings"] if finding["scope"] != "step"]
    assert len(lasting) < len(expected["findings"])
    assert essence(report["findings"]) == essence(lasting)
    # What is on disk and not staged does not count.
    (tree / "arch/arm64/Kconfig").write_text("config ARM64\n")
    assert check("--staged", "--tree", tree).report == report


def test_nothing_staged(tmp_path: Path) -> None:
    done = check("--staged", "--tree", git_tree(tmp_path / "linux"))
    assert (done.code, done.report["findings"]) == (0, [])


def test_a_commit_in_progress_names_its_index(tmp_path: Path) -> None:
    """``git commit -a`` and ``git commit FILE`` give a hook another index than the repository's."""
    tree = committed_series(tmp_path / "linux")
    git(tree, "reset", "-q", "--soft", "base")
    (tree / ".git" / "index").rename(tree / ".git" / "other")
    git(tree, "reset", "-q")
    assert process("check", "--staged", "--fail-on", "error", cwd=tree).code == 0
    assert process("check", "--staged", cwd=tree, GIT_INDEX_FILE=".git/other").code == 1
