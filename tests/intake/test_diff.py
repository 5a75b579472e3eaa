from __future__ import annotations

import pytest

from lint.intake import diff, hunks
from lint.intake.diff import read_diff
from lint.intake.model import Change, FilePatch

HEAD = b"diff --git a/kernel/x.c b/kernel/x.c\nindex 1111111..2222222 100644\n--- a/kernel/x.c\n+++ b/kernel/x.c\n"
HUNK = b"@@ -1,3 +1,3 @@ int f(void)\n one\n-two\n+zwei\n three\n"
NEXT = b"diff --git a/kernel/y.c b/kernel/y.c\n--- a/kernel/y.c\n+++ b/kernel/y.c\n@@ -1 +1 @@\n-a\n+b\n"


def clean(text: bytes) -> tuple[FilePatch, ...]:
    files, problems = read_diff(text)
    assert problems == ()
    return files


def lines(text: bytes) -> list[tuple[str, bytes]]:
    return [(line.kind, line.text) for file in clean(text) for hunk in file.hunks for line in hunk.lines]


def test_a_plain_modification() -> None:
    (file,) = clean(HEAD + HUNK)
    assert (file.change, file.old_path, file.new_path) == (Change.MODIFY, "kernel/x.c", "kernel/x.c")
    assert (file.old_mode, file.new_mode) == ("100644", "100644")
    (hunk,) = file.hunks
    assert (hunk.old_start, hunk.old_length, hunk.new_start, hunk.new_length) == (1, 3, 1, 3)
    assert hunk.section == b"int f(void)"
    assert lines(HEAD + HUNK) == [(" ", b"one\n"), ("-", b"two\n"), ("+", b"zwei\n"), (" ", b"three\n")]


@pytest.mark.parametrize(
    "tail",
    [
        b"-- \n2.34.1\n",
        b"--\n2.34.1\n",
        b"-- \n2.34.1\n\n_______________\nlist mailing list\n",
        b"\n",
        b"\nbase-commit: 0123456789abcdef\n",
        b"--\nkvm mailing list\n--- not a file\n+++ nor this\n",
    ],
    ids=["signature", "stripped signature", "list footer", "empty line", "trailer", "dashes"],
)
def test_text_after_the_last_hunk_stays_outside(tail: bytes) -> None:
    assert clean(HEAD + HUNK + tail) == clean(HEAD + HUNK)


def test_lines_that_look_like_headers_stay_inside() -> None:
    body = b"@@ -1,3 +1,4 @@\n one\n--- a/old name\n+++ b/new name\n+@@ -1 +1 @@\n \n"
    assert lines(HEAD + body) == [
        (" ", b"one\n"),
        ("-", b"-- a/old name\n"),
        ("+", b"++ b/new name\n"),
        ("+", b"@@ -1 +1 @@\n"),
        (" ", b"\n"),
    ]


def test_bytes_come_through() -> None:
    body = b"@@ -1,2 +1,4 @@\n a\x0cb\x85c\xe2\x80\xa8d\r\n-\xff\xfe\x1c\n+\r\n+x\ry\n+\x0b\x00z\n"
    assert lines(HEAD + body) == [
        (" ", b"a\x0cb\x85c\xe2\x80\xa8d\r\n"),
        ("-", b"\xff\xfe\x1c\n"),
        ("+", b"\r\n"),
        ("+", b"x\ry\n"),
        ("+", b"\x0b\x00z\n"),
    ]


def test_no_newline_at_end_of_file_on_either_side() -> None:
    marker = b"\\ No newline at end of file\n"
    assert lines(HEAD + b"@@ -1 +1 @@\n-a\n" + marker + b"+b\n" + marker) == [("-", b"a"), ("+", b"b")]
    assert lines(HEAD + b"@@ -1 +1 @@\n-a\n" + marker + b"+a\n") == [("-", b"a"), ("+", b"a\n")]
    german = b"\\ Kein Zeilenumbruch am Dateiende.\n"
    assert lines(HEAD + b"@@ -1 +1 @@\n-a\n+b\n" + german + NEXT)[:2] == [("-", b"a\n"), ("+", b"b")]


def test_empty_context_lines_without_their_space() -> None:
    assert lines(HEAD + b"@@ -1,3 +1,3 @@\n\n-a\n+b\n\n") == [(" ", b"\n"), ("-", b"a\n"), ("+", b"b\n"), (" ", b"\n")]


def test_a_last_line_without_line_end_is_no_statement_about_the_file() -> None:
    assert lines((HEAD + HUNK).rstrip(b"\n"))[-1] == (" ", b"three\n")


def test_a_hunk_that_is_cut_off_is_kept_as_far_as_it_goes() -> None:
    files, problems = read_diff(HEAD + b"@@ -1,9 +1,9 @@\n one\n-two\n+zwei\n")
    assert [hunk.old_length for hunk in files[0].hunks] == [2]
    assert [problem.path for problem in problems] == ["kernel/x.c"]
    assert "cut off" in problems[0].message


def test_a_header_that_claims_too_much_does_not_swallow_the_next_file_or_the_signature() -> None:
    files, problems = read_diff(HEAD + HUNK.replace(b"-1,3 +1,3", b"-1,1000000000 +1,1000000000") + NEXT)
    assert [len(hunk.lines) for file in files for hunk in file.hunks] == [4, 2]
    assert len(problems) == 1
    files, problems = read_diff(HEAD + HUNK.replace(b"-1,3 +1,3", b"-1,5 +1,4") + b"-- \n2.34.1\n")
    assert [len(hunk.lines) for hunk in files[0].hunks] == [4]
    assert len(problems) == 1


def test_a_header_that_claims_too_little_is_read_as_git_reads_it() -> None:
    files, problems = read_diff(HEAD + HUNK + b"+more\n" + NEXT)
    assert [len(hunk.lines) for file in files for hunk in file.hunks] == [4, 2]
    assert "follow a hunk" in problems[0].message


@pytest.mark.parametrize("header", [b"@@ -1,x +1 @@\n", b"@@ -1\n", b"@@ -99999999999999999999 +1 @@\n"])
def test_a_hunk_header_that_can_not_be_read(header: bytes) -> None:
    files, problems = read_diff(HEAD + header + b"-a\n+b\n" + NEXT)
    assert [file.path for file in files] == ["kernel/x.c", "kernel/y.c"]
    assert [len(file.hunks) for file in files] == [0, 1]
    assert len(problems) == 1


def test_git_extended_headers() -> None:
    text = (
        b"diff --git a/old.c b/new.c\nsimilarity index 90%\nrename from old.c\nrename to new.c\n"
        b"index 1111111..2222222 100644\n--- a/old.c\n+++ b/new.c\n@@ -1 +1 @@\n-a\n+b\n"
        b"diff --git a/c.c b/d.c\nsimilarity index 100%\ncopy from c.c\ncopy to d.c\n"
        b"diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
        b"diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n"
        b"diff --git a/gone b/gone\ndeleted file mode 100755\nindex 1111111..0000000\n"
        b"--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        b"diff --git a/born b/born\nnew file mode 100644\nindex 0000000..1111111\n"
        b"--- /dev/null\n+++ b/born\n@@ -0,0 +1 @@\n+x\n"
        b"diff --git a/logo.png b/logo.png\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 3\nKcmZQz\n\n"
        b"literal 0\nHcmV?d00001\n\n"
        b"diff --git a/link b/link\nnew file mode 120000\nindex 0000000..1111111\n"
        b"--- /dev/null\n+++ b/link\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n"
        b"diff --git a/a b.bin b/a b.bin\nindex 1111111..2222222 100644\nBinary files a/a b.bin and b/a b.bin differ\n"
    )
    seen = [
        (f.change.value, f.old_path, f.new_path, f.old_mode, f.new_mode, f.binary, len(f.hunks)) for f in clean(text)
    ]
    assert seen == [
        ("rename", "old.c", "new.c", "100644", "100644", False, 1),
        ("copy", "c.c", "d.c", "", "", False, 0),
        ("modify", "run.sh", "run.sh", "100644", "100755", False, 0),
        ("add", "", "empty", "", "100644", False, 0),
        ("delete", "gone", "", "100755", "", False, 1),
        ("add", "", "born", "", "100644", False, 1),
        ("modify", "logo.png", "logo.png", "100644", "100644", True, 0),
        ("add", "", "link", "", "120000", False, 1),
        ("modify", "a b.bin", "a b.bin", "100644", "100644", True, 0),
    ]


@pytest.mark.parametrize(
    ("header", "path"),
    [
        (b"--- a/x/y.c\n+++ b/x/y.c\n", "x/y.c"),
        (
            b"--- linux.orig/x/y.c\t2020-01-02 03:04:05.000000000 +0100\n+++ linux/x/y.c\t2020-01-02 03:04:05 +0100\n",
            "x/y.c",
        ),
        (
            b"--- a/x/y.c 2020-01-02 03:04:05.000000000 +0100\n+++ b/x/y.c 2020-01-02 03:04:06.000000000 +0100\n",
            "x/y.c",
        ),
        (b"Index: linux/x/y.c\n=======\n--- linux.orig/x/y.c\n+++ linux/x/y.c\n", "x/y.c"),
        (b"--- a/x/y.c.orig\n+++ b/x/y.c\n", "x/y.c"),
        (b"--- a/x y.c\t\n+++ b/x y.c\t\n", "x y.c"),
        (b'--- "a/x/\\303\\244\\".c"\n+++ "b/x/\\303\\244\\".c"\n', 'x/ä".c'),
        (b"--- Makefile\n+++ Makefile\n", "Makefile"),
        (b"--- x/y.c\t(revision 1)\n+++ x/y.c\t(working copy)\n", "x/y.c"),
        (b"diff --git x/y.c x/y.c\n--- x/y.c\n+++ x/y.c\n", "x/y.c"),
        (b'diff --git "a/x/\\303\\244" "b/x/\\303\\244"\n--- "a/x/\\303\\244"\n+++ "b/x/\\303\\244"\n', "x/ä"),
        (b"diff --git a/x b/y.c b/x b/y.c\n--- a/x b/y.c\t\n+++ b/x b/y.c\t\n", "x b/y.c"),
    ],
)
def test_file_names(header: bytes, path: str) -> None:
    (file,) = clean(header + HUNK)
    assert (file.change, file.old_path, file.new_path) == (Change.MODIFY, path, path)
    assert len(file.hunks) == 1


def test_files_that_diff_adds_and_removes() -> None:
    (file,) = clean(b"--- /dev/null\n+++ b/new.c\t2020-01-02 03:04:05\n@@ -0,0 +1 @@\n+x\n")
    assert (file.change, file.old_path, file.new_path) == (Change.ADD, "", "new.c")
    (file,) = clean(b"--- a/x/new.c\t1970-01-01 00:00:00 +0000\n+++ b/x/new.c\t2020-01-02\n@@ -0,0 +1 @@\n+x\n")
    assert (file.change, file.new_path) == (Change.ADD, "x/new.c")
    (file,) = clean(b"--- a/x/old.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")
    assert (file.change, file.old_path, file.new_path) == (Change.DELETE, "x/old.c", "")


@pytest.mark.parametrize(
    "name",
    [
        b"a/../../etc/passwd",
        b"a/x/../../y",
        b"/etc/passwd",
        b"../x",
        b"a/.git/hooks/pre-commit",
        b"a/x/.GIT/config",
        b"a/.git./config",
        b"a/git~1/config",
        b"a/x\\..\\y",
        b"a/c:/x",
        b"a/C:x",
        b'"a/x\\000y"',
        b'"a/x\\ny"',
        b"a/\xff\xfe.c",
        b"a/",
        b"a/./x",
        b"a/x/",
        b"a/" + b"x" * 5000,
    ],
)
def test_names_that_are_refused(name: bytes) -> None:
    other = name.replace(b"a/", b"b/", 1) if name.startswith((b"a/", b'"a/')) else name
    for header in (b"", b"diff --git " + name + b" " + other + b"\n"):
        files, problems = read_diff(header + b"--- " + name + b"\n+++ " + other + b"\n" + HUNK + NEXT)
        assert [file.path for file in files if file.path == "kernel/y.c"] == ["kernel/y.c"]
        assert all(".." not in file.path and not file.path.startswith("/") for file in files)
        assert len(files) == 1, files
        assert "left out" in problems[0].message
        assert problems[0].path.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        b"diff --git a/x b/x\nsimilarity index 100%\nrename from ../../x\nrename to y\n",
        b"diff --git a/x b/x\nsimilarity index 100%\nrename from y\nrename to .git/config\n",
        b"diff --git a/sub b/sub\nindex 1111111..2222222 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-a\n+b\n",
        b"diff --git a/sub b/sub\nnew file mode 160000\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+b\n",
        b"diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
        b"diff --git a/x b/x\nold mode 100644\nnew mode 160000\n",
    ],
)
def test_headers_that_are_refused(text: bytes) -> None:
    files, problems = read_diff(text + NEXT)
    assert [file.path for file in files] == ["kernel/y.c"]
    assert len(problems) == 1


def test_what_is_no_diff_gives_nothing() -> None:
    assert read_diff(b"") == ((), ())
    assert read_diff(b"--- \n+++ \ntext\n") == ((), ())
    assert read_diff(b"> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b\n") == ((), ())
    assert "combined" in read_diff(b"diff --cc x\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n")[1][0].message


def test_hunks_lines_and_files_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunks, "MAX_HUNK_LINES", 100)
    monkeypatch.setattr(hunks, "MAX_HUNKS", 100)
    monkeypatch.setattr(diff, "MAX_FILES", 10)
    files, problems = read_diff(HEAD + b"@@ -0,0 +1,101 @@\n" + b"+x\n" * 101 + NEXT)
    assert [len(file.hunks) for file in files] == [0, 1]
    assert "more than 100 lines" in problems[0].message
    files, problems = read_diff(HEAD + b"@@ -1 +1 @@\n-a\n+b\n" * 200)
    assert files == ()
    assert "more than 100 hunks" in problems[0].message
    files, problems = read_diff(NEXT * 20)
    assert len(files) == 10
    assert "more than 10 files" in problems[0].message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("index 1234567..89abcde 100644\n", True),
        ("index 1234567..89abcde 100644\n--- a/kernel/x.c\n", True),
        ("index 1234567..89abcde 100644\n--- a/kernel/x.c\n+++ b/kernel/x.c\n", True),
        ("new file mode 100644\nindex 0000000..89abcde\n--- /dev/null\n+++ b/kernel/x.c\n", True),
        ("old mode 100644\nnew mode 100755\n", False),
        ("new file mode 100644\nindex 0000000..e69de29\n", False),
        ("deleted file mode 100644\nindex e69de29..0000000\n", False),
        ("index 1234567..89abcde 100644\nBinary files a/kernel/x.c and b/kernel/x.c differ\n", False),
    ],
)
def test_a_file_that_is_cut_off_before_its_hunks(text: str, told: bool) -> None:
    files, problems = read_diff(f"diff --git a/kernel/x.c b/kernel/x.c\n{text}".encode())
    assert [file.path for file in files] == ["kernel/x.c"]
    assert [problem.path for problem in problems if "cut off" in problem.message] == ["kernel/x.c"] * told
    assert len(problems) == told
