"""Wrong input and wrong arguments: exit 2, one sentence on standard error, nothing on standard output."""

from __future__ import annotations

import gzip
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.driving import MBOX, TREE, Done, git, git_tree, mails, process, run, write

REPLY = b"""\
From: Bob <bob@example.org>
Subject: Re: [PATCH v2 1/3] arm64: entry: Convert to generic entry
Message-Id: <reply@example.org>

> diff --git a/x b/x
Looks good to me.
"""


def refused(done: Done, *named: str) -> None:
    """One sentence that names what is wrong."""
    assert (done.code, done.out) == (2, b""), done
    assert done.err.startswith("kmiglint: ")
    assert done.err.count("\n") == 1
    assert done.err.endswith("\n")
    assert "Traceback" not in done.err
    for name in named:
        assert name in done.err, done.err


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("prose.patch", b"hello\nworld\n", "is no patch: give a diff"),
        ("empty.patch", b"", "is empty: give a patch"),
        ("blank.mbox", b"\n\n \n", "is empty: give a patch"),
        ("replies.mbox", b"From x Mon Sep 17 00:00:00 2001\n" + REPLY, "holds only replies: give the mails"),
        ("cover.mbox", mails()[0], "holds only a cover letter: give the patches"),
        ("binary.patch", bytes(range(256)) * 64, "is no patch: give a diff"),
        ("binary.mbox", b"From \x00\xff\xfe" + bytes(range(255, -1, -1)) * 64, "is no patch: give a diff"),
        ("wide.mbox", MBOX.read_bytes().decode().encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        ("wide-le.mbox", b"\xff\xfe" + MBOX.read_bytes().decode().encode("utf-16-le"), "is UTF-16 text"),
        ("no-mark.mbox", MBOX.read_bytes().decode().encode("utf-16-le"), "is no patch"),
        ("cut.mbox.gz", gzip.compress(MBOX.read_bytes())[:200], "is a damaged gzip file"),
        ("headers.eml", mails()[1][:200], "holds no patch"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_file_without_patches(tmp_path: Path, name: str, content: bytes, advice: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused(run("check", path, "--tree", TREE), name, advice)


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        ({}, "holds no patches: give a maildir"),
        ({"notes.txt": b"x"}, "holds no patches: give a maildir"),
        ({"a.patch": b""}, "holds no patch"),
        ({"a.patch": b"prose\n"}, "holds no patch"),
        ({"0000-cover.patch": mails()[0]}, "holds only a cover letter"),
        ({"new/.keep": b"", "cur/.keep": b""}, "holds no patches: give a maildir"),
        ({"new/1": REPLY}, "holds only replies"),
        ({"series": b"# nothing\n"}, "holds no patches"),
    ],
    ids=["empty", "others", "0-byte", "prose", "cover", "maildir", "replies", "quilt"],
)
def test_a_directory_without_patches(tmp_path: Path, files: dict[str, bytes], advice: str) -> None:
    folder = write(tmp_path / "folder", files)
    folder.mkdir(exist_ok=True)
    refused(run("check", folder, "--tree", TREE), "folder", advice)


def test_standard_input_without_patches() -> None:
    refused(run("check", "-", "--tree", TREE), "standard input is empty")
    refused(run("check", "-", "--tree", TREE, given=b"prose\n"), "standard input is no patch")
    refused(run("check", "-", "--tree", TREE, given=mails()[0]), "standard input holds only a cover letter")


def test_names_that_name_nothing(tmp_path: Path) -> None:
    missing = tmp_path / "missing.mbox"
    refused(run("check", missing, "--tree", TREE), "missing.mbox", "no such file", "check the name")
    refused(run("check", MBOX, missing, "--tree", TREE), "missing.mbox")
    refused(run("check", "", "--tree", TREE), "an INPUT is empty")
    refused(run("check", "\0", "--tree", TREE), "can't be read")
    refused(run("check", "x" * 5000, "--tree", TREE), "can't be read")


def test_one_bad_input_beside_a_good_one(tmp_path: Path) -> None:
    write(tmp_path, {"prose.patch": b"prose\n"})
    refused(run("check", MBOX, tmp_path / "prose.patch", "--tree", TREE), "prose.patch is no patch")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))
        refused(run("check", path, "--tree", TREE), "socket can't be read", "give a file that can be")
    closed = tmp_path / "closed.mbox"
    closed.write_bytes(MBOX.read_bytes())
    closed.chmod(0)
    if not os.access(closed, os.R_OK):
        refused(run("check", closed, "--tree", TREE), "closed.mbox can't be read: permission denied")
        folder = write(tmp_path / "folder", {"1.patch": mails()[1], "2.patch": mails()[2]})
        (folder / "2.patch").chmod(0)
        refused(run("check", folder, "--tree", TREE), "2.patch can't be read: permission denied")


def test_a_named_pipe_without_a_writer_does_not_hang(tmp_path: Path) -> None:
    folder = write(tmp_path / "folder", {"notes.txt": b""})
    maildir = write(tmp_path / "maildir", {"cur/.keep": b"", "new/.keep": b""})
    pipe = tmp_path / "pipe"
    for path in (pipe, folder / "x.patch", maildir / "new" / "1"):
        os.mkfifo(path)
    refused(process("check", pipe, "--tree", TREE), "pipe is empty")
    refused(process("check", folder, "--tree", TREE), "folder holds no patches")
    refused(process("check", maildir, "--tree", TREE), "maildir holds no patches")
    refused(process("check", MBOX, "--tree", pipe), "pipe")


def test_a_pipe_with_a_writer_is_read_like_standard_input() -> None:
    """``kmiglint check <(b4 am -o- ...)`` gives a pipe by name."""
    reader, writer = os.pipe()

    def fill() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(MBOX.read_bytes())

    thread = threading.Thread(target=fill)
    thread.start()
    done = run("check", f"/dev/fd/{reader}", "--tree", TREE, "--format", "json")
    thread.join()
    os.close(reader)
    assert done.code == 1
    assert done.report["series"]["patches"] == 3


def test_endless_and_empty_devices() -> None:
    refused(process("check", "/dev/zero", "--tree", TREE), "/dev/zero is larger than")
    refused(run("check", "/dev/null", "--tree", TREE), "/dev/null is empty")
    refused(run("check", MBOX, "--tree", "/dev/zero"), "/dev/zero")


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("missing", lambda path: None),
        ("empty", Path.mkdir),
        ("file", lambda path: path.write_text("x")),
        ("no-version", lambda path: write(path, {"Makefile": b"all:\n", "Kconfig": b'mainmenu "x"\n'})),
        ("no-kconfig", lambda path: write(path, {"Makefile": b"VERSION = 7\nPATCHLEVEL = 2\n"})),
    ],
)
def test_a_tree_that_is_no_kernel(tmp_path: Path, name: str, build: Callable[[Path], object]) -> None:
    build(tmp_path / name)
    refused(run("check", MBOX, "--tree", tmp_path / name), name)


def test_a_tree_of_pipes_does_not_hang(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"notes": b""})
    os.mkfifo(tree / "Makefile")
    os.mkfifo(tree / "Kconfig")
    refused(process("check", MBOX, "--tree", tree), "tree is no kernel tree")
    os.unlink(tree / "Makefile")
    os.symlink("/dev/zero", tree / "Makefile")
    refused(process("check", MBOX, "--tree", tree), "tree is no kernel tree")


def test_revisions_that_do_not_exist(tmp_path: Path) -> None:
    tree = git_tree(tmp_path / "linux")
    refused(
        run("check", MBOX, "--tree", tree, "--base", "v9.9"), "'v9.9' is no revision of the git repository", "name a"
    )
    refused(run("check", MBOX, "--tree", tree, "--base", ""), "'' is no revision")
    refused(run("check", MBOX, "--tree", tree, "--base", "--output=x"), "'--output=x' is no revision")
    refused(run("check", "v9.8..v9.9", "--tree", tree), "v9.8..v9.9 is no file and no range", "linux")
    refused(run("check", "HEAD..HEAD", "--tree", tree), "HEAD..HEAD holds no commits")
    refused(run("check", MBOX, "--tree", TREE, "--base", "HEAD"), "--base")


def test_git_sources_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    advice = "give --tree the directory of a git repository"
    refused(run("check", "v1..v2"), "v1..v2 is no file", advice)
    refused(run("check", "--staged"), "--staged", advice)
    refused(run("check", MBOX, "--base", "HEAD"), "--base HEAD", "--tree")


def test_a_repository_that_is_no_kernel(tmp_path: Path) -> None:
    git(write(tmp_path / "other", {"README": b"x"}), "init", "-q")
    refused(run("check", MBOX, "--tree", tmp_path / "other"), "other is no kernel tree")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--arch", "armv9"], ["'armv9'", "choose from arm64, riscv"]),
        (["--select", "redundant-selekt"], ["'redundant-selekt'", "did you mean redundant-select?"]),
        (["--ignore", "everything"], ["'everything'", "`kmiglint rules` lists them"]),
        (["--toolchain", "tcc"], ["'tcc'", "choose from clang, gcc"]),
        (["--format", "pdf"], ["'pdf'", "'json'"]),
        (["--fail-on", "all"], ["'all'", "'never'"]),
        (["--staged"], ["--staged", "leave out"]),
        (["--no-such-option"], ["--no-such-option"]),
    ],
    ids=lambda value: value[0] if value[0].startswith("-") else "",
)
def test_wrong_arguments(arguments: list[str], named: list[str]) -> None:
    refused(run("check", MBOX, "--tree", TREE, *arguments), *named)


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    refused(run("check", MBOX, "--tree", TREE, "-o", tmp_path / "no" / "report"), "no/report", "give a file in a")
    refused(run("check", MBOX, "--tree", TREE, "-o", tmp_path), str(tmp_path), "is a directory")
    assert list(tmp_path.iterdir()) == []


def test_bad_input_leaves_an_old_report_alone(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_text("old")
    refused(run("check", tmp_path / "missing", "--tree", TREE, "-o", report), "missing")
    assert report.read_text() == "old"
