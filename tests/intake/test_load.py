from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lint.errors import UserError
from lint.intake import load as module
from lint.intake.load import load
from lint.intake.model import Change
from tests.intake.test_series import SEPARATOR, diff, mail, messages, titles


def test_single_mails_are_put_together(tmp_path: Path) -> None:
    for name, text in {
        "0000-cover-letter.patch": mail("[PATCH 0/2] all"),
        "0001-one.patch": mail("[PATCH 1/2] one", diff("a")),
        "0002-two.patch": mail("[PATCH 2/2] two", diff("b")),
    }.items():
        (tmp_path / name).write_text(text)
    files = sorted(str(path) for path in tmp_path.iterdir())
    for sources in (files, [str(tmp_path)], files[::-1]):
        found = load(sources)
        assert titles(found) == [["one", "two"]]
        assert found.series[0].cover is not None
        assert found.problems == ()
    assert messages(load(files[1:2])) == ["'one': patch 2 of 2 is missing"]


def test_several_sources_are_one_history(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_text(mail("[PATCH 1/2] one", diff("a")) + mail("[PATCH 2/2] two", diff("b")))
    (tmp_path / "b.mbox").write_text(mail("[PATCH 1/2] x", diff("a")) + mail("[PATCH 2/2] y", diff("b")))
    (tmp_path / "c.diff").write_text(diff("c"))
    found = load([str(tmp_path / name) for name in ("b.mbox", "a.mbox", "c.diff")])
    assert titles(found) == [["x", "y"], ["one", "two"], ["c.diff"]]
    assert [patch.index for patch in found.patches] == [1, 2, 3, 4, 5]
    assert found.patches[4].source == str(tmp_path / "c.diff")


def test_plain_diffs(tmp_path: Path) -> None:
    path = tmp_path / "x.diff"
    path.write_text("Why it changes.\n\nSigned-off-by: A\n" + diff("a"))
    (patch,) = load([str(path)]).patches
    assert (patch.title, patch.changelog) == ("x.diff", "Why it changes.\n\nSigned-off-by: A")
    path.write_bytes(diff("a").replace("\n", "\r\n").encode())
    (patch,) = load([str(path)]).patches
    assert [line.text for line in patch.files[0].hunks[0].lines] == [b"a\n", b"b\n"]
    path.write_text("--- linux.orig/x/y.c\t2020-01-01\n+++ linux/x/y.c\t2020-01-01\n@@ -1 +1 @@\n-a\n+b\n")
    assert load([str(path)]).patches[0].files[0].change is Change.MODIFY


def test_maildir(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "cur/2:2,S").write_text(mail("[PATCH 1/2] one", diff("a")).removeprefix(SEPARATOR))
    (tmp_path / "new/1").write_text(mail("[PATCH 2/2] two", diff("b")).removeprefix(SEPARATOR))
    (tmp_path / "new/.hidden").write_text("no mail")
    (tmp_path / "tmp/3").write_text("half a mail")
    assert titles(load([str(tmp_path)])) == [["one", "two"]]


def test_quilt_series(tmp_path: Path) -> None:
    (tmp_path / "series").write_text("# first\nz.patch\na.patch -p1 # second\n\n../x.patch\nmissing.patch\n#b.patch\n")
    for name in ("z", "a", "b"):
        (tmp_path / f"{name}.patch").write_text(f"From: A <a@example.org>\nSubject: {name}\n" + diff("a"))
    found = load([str(tmp_path)])
    assert titles(found) == [["z", "a"]]
    assert [problem.message for problem in found.problems] == [
        "the series file names '../x.patch', which is no file there",
        "the series file names 'missing.patch', which is no file there",
    ]


def test_a_directory_of_patches_without_numbers_is_one_series(tmp_path: Path) -> None:
    for name in ("0002-b", "0001-a"):
        (tmp_path / f"{name}.patch").write_text(mail(f"[PATCH] {name}", diff("a")))
    (tmp_path / "README").write_text("text")
    (tmp_path / "notes.patch").write_text("no diff at all")
    found = load([str(tmp_path)])
    assert titles(found) == [["0001-a", "0002-b"]]
    assert found.series[0].expected == 2


def test_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.mbox.gz"
    path.write_bytes(gzip.compress(mail("[PATCH] one", diff("a")).encode()))
    assert titles(load([str(path)])) == [["one"]]
    path.write_bytes(gzip.compress(b"x" * 1000)[:-9])
    with pytest.raises(UserError, match="damaged gzip"):
        load([str(path)])
    monkeypatch.setattr(module, "MAX_INPUT", 1 << 20)
    path.write_bytes(gzip.compress(b"x" * (2 << 20)))
    with pytest.raises(UserError, match="larger than 1 MB"):
        load([str(path)])
    with pytest.raises(UserError, match="larger than 1 MB"):
        load(["-"], stdin=lambda: b"x" * (2 << 20))


def test_wrong_sources(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to read"):
        load([])
    with pytest.raises(UserError, match="no such file"):
        load([str(tmp_path / "missing")])
    with pytest.raises(UserError, match="holds no patches"):
        load([str(tmp_path)])
    with pytest.raises(UserError, match="can't be read"):
        load(["a\0b"])
    with pytest.raises(UserError, match="not a git repository"):
        load(["v1..v2"], repository=tmp_path)
    with pytest.raises(UserError, match="an INPUT is empty"):
        load([""])
    with pytest.raises(UserError, match="file name too long"):
        load(["x" * 5000])
    with pytest.raises(UserError, match="not a git repository"):
        load([], repository=tmp_path, staged=True)


def test_files_without_a_patch_are_named(tmp_path: Path) -> None:
    (tmp_path / "1.patch").write_text("prose\n")
    (tmp_path / "2.patch").write_text("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
    history = load([str(tmp_path)])
    assert len(history.patches) == 1
    assert [(one.path, one.message) for one in history.problems] == [
        ("1.patch", "the file holds no patch; it is left out")
    ]
