"""Input that is partly bad: the rest is analysed, and the report names what is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.driving import (
    MBOX,
    TREE,
    check,
    mails,
    mbox,
    messages,
    new_file,
    patch,
    plain_tree,
    process,
    rules_of,
    write,
)

SIGNAL = "arch/arm64/kernel/signal.c"
COVER, ONE, TWO, THREE = mails()


def report_on(tmp_path: Path, content: bytes, tree: Path = TREE) -> dict[str, Any]:
    path = tmp_path / "input.mbox"
    path.write_bytes(content)
    return check(path, "--tree", tree).report


def told(report: dict[str, Any], *texts: str) -> None:
    """One of the problems holds all texts."""
    assert any(all(text in message for text in texts) for message in messages(report)), messages(report)


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ((COVER, ONE, THREE), "patch 2 of 3 is missing"),
        ((ONE, TWO), "patch 3 of 3 is missing"),
        ((COVER, THREE), "patches 1-2 of 3 are missing"),
        ((THREE[:200], COVER, ONE, TWO), "patch 3 of 3 is missing"),
        ((COVER, ONE, TWO, THREE[:200]), "patch 3 of 3 is missing"),
        ((COVER, ONE, TWO[: TWO.index(b"\n---\n")], THREE), "the mail 2/3"),
    ],
    ids=["second", "last", "two", "cut-first", "cut-in-headers", "cut-in-text"],
)
def test_a_series_with_a_missing_part(tmp_path: Path, parts: tuple[bytes, ...], missing: str) -> None:
    report = report_on(tmp_path, mbox(*parts))
    told(report, missing)
    assert 0 < report["series"]["patches"] < 3
    assert report["findings"]


@pytest.mark.parametrize(
    ("mail", "path", "what"),
    [
        (THREE[: THREE.rindex(b"+#endif")], SIGNAL, "cut off"),
        (THREE[: THREE.rindex(b"@@ -2,6 +2,10 @@") + 8], SIGNAL, "header can't be read"),
        (THREE[: THREE.rindex(b"@@ -2,6 +2,10 @@")], SIGNAL, "cut off"),
        (THREE[: THREE.rindex(b"+++ b/")], SIGNAL, "cut off"),
        (THREE[: THREE.rindex(b"--- a/")], SIGNAL, "cut off"),
    ],
    ids=["in-a-hunk", "in-a-hunk-header", "before-the-hunk", "between-the-names", "after-the-index"],
)
def test_a_mail_that_is_cut_off(tmp_path: Path, mail: bytes, path: str, what: str) -> None:
    """At the end of an mbox and in the middle of it."""
    for content in (mbox(COVER, ONE, TWO, mail), mbox(COVER, mail, ONE, TWO)):
        report = report_on(tmp_path, content)
        told(report, path, what)
        assert report["series"]["patches"] == 3
        assert "flag-bit-collision" in rules_of(report)


def test_a_tree_that_lacks_a_touched_file(tmp_path: Path) -> None:
    tree = plain_tree(tmp_path / "linux")
    (tree / SIGNAL).unlink()
    report = check(MBOX, "--tree", tree).report
    told(report, SIGNAL, "does not exist in the tree")
    assert "undefined-config-symbol" in rules_of(report)
    (tree / SIGNAL).write_text("void something_else(void);\n")
    report = check(MBOX, "--tree", tree).report
    told(report, SIGNAL, "the hunk at line 2 does not apply")
    assert "undefined-config-symbol" in rules_of(report)


def test_a_tree_that_has_the_patches_already(tmp_path: Path) -> None:
    report = check(MBOX, MBOX, "--tree", TREE).report
    assert report["series"]["patches"] == 6
    assert [one for one in report["problems"] if one["stage"] == "apply"]


@pytest.mark.parametrize("path", ["../evil.c", "kernel/../../evil.c", ".git/hooks/pre-commit", "kernel/.GIT/config"])
def test_paths_that_leave_the_tree_are_refused(tmp_path: Path, path: str) -> None:
    tree = plain_tree(tmp_path / "linux")
    before = sorted(tmp_path.rglob("*"))
    diff = new_file(path, "#ifdef CONFIG_NO_SUCH", "#endif") + new_file(
        "kernel/new.c", "#ifdef CONFIG_NOT_THERE", "#endif"
    )
    mail = tmp_path / "evil.patch"
    mail.write_bytes(patch(diff))
    report = check(mail, "--tree", tree).report
    told(report, path, "a file is left out")
    found = [finding for finding in report["findings"] if finding["rule"] == "undefined-config-symbol"]
    assert [finding["symbols"] for finding in found] == [["NOT_THERE"]]
    assert sorted(tmp_path.rglob("*")) == sorted([*before, mail])


def test_symlinks_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.c"
    secret.write_text("#ifdef CONFIG_STOLEN\n#endif\n")
    link = f"diff --git a/kernel/l b/kernel/l\nnew file mode 120000\n--- /dev/null\n+++ b/kernel/l\n@@ -0,0 +1 @@\n+{secret}\n"
    end = "\\ No newline at end of file\n"
    mail = patch((link + end).encode() + new_file("kernel/l/x.c", "#ifdef CONFIG_NO_SUCH", "#endif"))
    report = report_on(tmp_path, mail)
    told(report, "kernel/l", "never followed")
    told(report, "kernel/l/x.c", "refused: the file is beyond a symbolic link")
    assert report["findings"] == []
    tree = plain_tree(tmp_path / "linux")
    (tree / "kernel" / "linked.c").symlink_to(secret)
    change = b"diff --git a/kernel/linked.c b/kernel/linked.c\n--- a/kernel/linked.c\n+++ b/kernel/linked.c\n"
    out = check("-", "--tree", tree, given=patch(change + b"@@ -1,2 +1,3 @@\n+x\n #ifdef CONFIG_STOLEN\n #endif\n"))
    told(out.report, "kernel/linked.c")


def test_pipes_and_devices_in_a_tree_are_no_files(tmp_path: Path) -> None:
    tree = plain_tree(tmp_path / "linux")
    for path in (SIGNAL, "kernel/Kconfig.pipe"):
        (tree / path).unlink(missing_ok=True)
        os.mkfifo(tree / path)
    (tree / "kernel" / "zero.c").symlink_to("/dev/zero")
    with (tree / "Kconfig").open("a") as file:
        file.write('\nsource "kernel/Kconfig.pipe"\nsource "/dev/zero"\nsource "kernel/zero.c"\n')
    done = process("check", MBOX, "--tree", tree, "--format", "json")
    assert (done.code, done.err) == (1, "")
    told(done.report, SIGNAL, "does not exist in the tree")
    assert str(tmp_path) not in done.out.decode()


def test_files_of_a_directory_that_hold_nothing(tmp_path: Path) -> None:
    files = {f"{number}.patch": mail for number, mail in enumerate(mails())}
    folder = write(tmp_path / "folder", {**files, "8.patch": b"", "9.patch": b"prose\n", "notes.txt": b"x"})
    report = check(folder, "--tree", TREE).report
    told(report, "8.patch: the file holds no patch")
    told(report, "9.patch: the file holds no patch")
    assert (len(report["problems"]), report["series"]["patches"]) == (2, 3)
    assert str(tmp_path) not in str(report)


def test_a_quilt_series_that_names_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "quilt", {"a.patch": ONE, "series": b"a.patch\ngone.patch\n../evil.patch\n"})
    report = check(folder, "--tree", TREE).report
    told(report, "'gone.patch', which is no file there")
    told(report, "'../evil.patch'")


def test_a_directory_in_a_maildir(tmp_path: Path) -> None:
    folder = write(tmp_path / "maildir", {"new/1": ONE, "new/2": TWO, "cur/3": THREE, "new/nested/x": b""})
    assert check(folder, "--tree", TREE).report["problems"] == []


def test_the_text_says_what_was_not_analysed(tmp_path: Path) -> None:
    path = tmp_path / "series.mbox"
    path.write_bytes(mbox(COVER, ONE, THREE))
    done = process("check", path, "--tree", TREE)
    assert (done.code, done.err) == (1, "")
    text = done.out.decode()
    assert "not analysed:\n" in text
    assert "patch 2 of 3 is missing" in text
    assert "1 place could not be analysed" in text.splitlines()[-1]


def test_every_prefix_of_a_series_gives_a_report(tmp_path: Path) -> None:
    whole = MBOX.read_bytes()
    path = tmp_path / "cut.mbox"
    for end in range(len(COVER) + 1200, len(whole), 997):
        path.write_bytes(whole[:end])
        assert check(path, "--tree", TREE).report["problems"]
