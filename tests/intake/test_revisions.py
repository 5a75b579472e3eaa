from __future__ import annotations

import os
from pathlib import Path

import pytest

from lint.errors import UserError
from lint.intake.load import load
from lint.intake.model import Change, FilePatch
from tests.intake.test_gitcmd import git, hostile, make


def applied(before: bytes, file: FilePatch) -> bytes:
    """The after-image, by nothing but the hunks."""
    lines = before.splitlines(keepends=True) if b"\r" not in before.replace(b"\r\n", b"") else before.split(b"\n")
    lines = [line + b"\n" for line in before.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    lines = lines if lines[-1] else lines[:-1]
    result: list[bytes] = []
    at = 0
    for hunk in file.hunks:
        start = hunk.old_start - 1 if hunk.old_length else hunk.old_start
        result += lines[at:start]
        at = start
        for line in hunk.lines:
            if line.kind in " -":
                assert lines[at] == line.text
                at += 1
            if line.kind in " +":
                result.append(line.text)
    return b"".join(result + lines[at:])


def test_a_range_is_read_commit_by_commit(tmp_path: Path) -> None:
    tree = make(tmp_path / "tree", {"a.c": "1\n"}, {"a.c": "2\n", "b c.c": "x\n"}, {"a.c": "3\n"})
    found = load(["HEAD~2..HEAD"], repository=tree)
    assert [patch.title for patch in found.patches] == ["commit 2", "commit 3"]
    assert [[file.path for file in patch.files] for patch in found.patches] == [["a.c", "b c.c"], ["a.c"]]
    assert found.patches[0].files[1].change is Change.ADD
    assert found.patches[0].author == "A U Thor <author@example.org>"
    assert found.patches[0].mail.date == "Wed, 01 Jan 2020 00:00:00 +0000"
    assert found.series[0].base_commit == git(tree, "rev-parse", "HEAD~2").decode().strip()
    assert found.series[0].expected == 2


def test_messages_can_not_pretend_to_be_diffs(tmp_path: Path) -> None:
    tree = make(tmp_path / "tree", {"a": "1\n"})
    (tree / "a").write_text("2\n")
    name = git(tree, "rev-parse", "HEAD").decode().strip()
    text = f"x: title\n over two lines\n\nSay why.\n---\ndiff --git a/z b/z\n{name}\ncommit\n\nFixes: it\n"
    git(tree, "commit", "-q", "-a", "-m", text)
    (patch,) = load(["HEAD~1..HEAD"], repository=tree).patches
    assert patch.title == "x: title over two lines"
    assert patch.changelog.startswith("Say why.\n---\ndiff --git")
    assert patch.changelog.endswith("Fixes: it")
    assert [file.path for file in patch.files] == ["a"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"a\nb"),
        (b"a", b"a\nb"),
        (b"", b"a\n"),
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"a\x0cb\x85\rc\n\xff\xfe\n", b"a\x0cb\x85\rd\n\xff\xfe\n\x1c\x1d\n"),
        (b"-- \n--- a/x\n+++ b/x\n", b"--- a/x\n+++ b/y\n@@ -1 +1 @@\n"),
        (b"\n\n\n" * 9, b"\n\n\n" * 4 + b"x\n" + b"\n\n\n" * 5),
        ("ä\u2028ö\n".encode(), "ü\u2028ö\u2029\n".encode()),
    ],
)
def test_contents_of_every_kind(tmp_path: Path, before: bytes, after: bytes) -> None:
    tree = make(tmp_path / "tree", {"x": "?"})
    name = b'd\xc3\xa4 r/"x\xe2\x82\xac'.decode()
    (tree / name).parent.mkdir()
    for content in (before, after):
        (tree / name).write_bytes(content)
        git(tree, "add", "-A")
        git(tree, "-c", "core.autocrlf=false", "commit", "-q", "-m", "x")
    (file,) = load(["HEAD~1..HEAD"], repository=tree).patches[0].files
    assert file.path == name
    assert applied(before, file) == after
    (tmp_path / "x.patch").write_bytes(git(tree, "format-patch", "--stdout", "-1"))
    (again,) = load([str(tmp_path / "x.patch")]).patches[0].files
    assert again.hunks == file.hunks


def test_renames_modes_symlinks_binaries_and_merges(tmp_path: Path) -> None:
    tree = make(tmp_path / "tree", {"old.c": "1\n2\n3\n4\n5\n", "run": "x\n", "bin": "\0"}, {"side": "y\n"})
    git(tree, "checkout", "-q", "-b", "topic", "HEAD~1")
    git(tree, "mv", "old.c", "new.c")
    (tree / "run").chmod(0o755)
    (tree / "link").symlink_to("/etc/passwd")
    (tree / "bin").write_bytes(b"\0\1")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "topic")
    git(tree, "checkout", "-q", "main")
    git(tree, "merge", "-q", "--no-ff", "-m", "merge it", "topic")
    found = load(["HEAD~1..HEAD"], repository=tree)
    assert [patch.title for patch in found.patches] == ["merge it"]
    seen = {file.path: file for file in found.patches[0].files}
    assert (seen["new.c"].change, seen["new.c"].old_path) == (Change.RENAME, "old.c")
    assert (seen["run"].old_mode, seen["run"].new_mode) == ("100644", "100755")
    assert seen["link"].new_mode == "120000"
    assert seen["bin"].binary


def test_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = make(tmp_path / "tree", {"a": "1\n"})
    assert load([], repository=tree, staged=True).series == ()
    (tree / "a").write_text("2\n")
    assert load([], repository=tree, staged=True).series == ()
    git(tree, "add", "a")
    (tree / "a").write_text("3\n")
    index = (tree / ".git/index").read_bytes()
    (patch,) = load([], repository=tree, staged=True).patches
    assert [line.text for line in patch.files[0].hunks[0].lines] == [b"1\n", b"2\n"]
    assert (tree / ".git/index").read_bytes() == index
    # A partial commit: git gives its hooks another index.
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tmp_path / "next-index"))
    (tmp_path / "next-index").write_bytes(b"")
    git(tree, "read-tree", "HEAD", f"--index-output={tree / '.git/next'}")
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tree / ".git/next"))
    assert load([], repository=tree, staged=True).series == ()


def test_the_index_before_the_first_commit(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    git(tree, "init", "-q")
    (tree / "a").write_text("1\n")
    git(tree, "add", "a")
    found = load([], repository=tree, staged=True)
    assert found.patches[0].files[0].change is Change.ADD
    assert found.series[0].base_commit == ""


def test_a_hostile_repository_is_only_read(tmp_path: Path) -> None:
    tree = make(tmp_path / "tree", {"a": "1\n"}, {"a": "2\n"})
    hostile(tree, tmp_path / "marker")
    for key, value in {"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always"}.items():
        git(tree, "config", key, value)
    found = load(["HEAD~1..HEAD"], repository=tree, staged=True)
    assert [file.path for file in found.patches[0].files] == ["a"]
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("HEAD..HEAD", "holds no commits"),
        ("nothing..HEAD", "no range of commits"),
        ("--output=x..y", "no such file"),
        ("HEAD~1", "no such file"),
    ],
)
def test_wrong_ranges(tmp_path: Path, source: str, message: str) -> None:
    tree = make(tmp_path / "tree", {"a": "1\n"}, {"a": "2\n"})
    with pytest.raises(UserError, match=message):
        load([source], repository=tree)
