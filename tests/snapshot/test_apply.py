"""What becomes of a file, case by case."""

from __future__ import annotations

from lint.errors import Stage
from lint.intake.model import Change, FilePatch, Hunk, HunkLine
from lint.snapshot.apply import apply_patch
from lint.snapshot.memory import EmptyTree, MemoryTree
from lint.snapshot.overlay import OverlayTree
from lint.snapshot.tree import Tree

from .patches import file_patch, patch

SIX = b"one\ntwo\nthree\nfour\nfive\nsix\n"
MIDDLE = b"@@ -2,3 +2,4 @@\n two\n-three\n+3\n+drei\n four\n"


def test_a_hunk_at_its_place() -> None:
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(MIDDLE)))
    (change,) = done.files
    assert done.problems == ()
    assert done.tree.read("f") == change.after == b"one\ntwo\n3\ndrei\nfour\nfive\nsix\n"
    assert change.before == SIX
    assert change.added == {3, 4}
    assert change.removed == {3}
    (placed,) = change.placed
    assert (placed.old_start, placed.new_start, placed.offset, placed.fuzz) == (2, 2, 0, 0)


def test_a_hunk_at_an_offset_is_no_problem() -> None:
    done = apply_patch(MemoryTree({"f": b"0\n0\n" + SIX}), patch(file_patch(MIDDLE)))
    assert done.problems == ()
    assert done.files[0].added == {5, 6}
    assert done.files[0].placed[0].offset == 2


def test_an_offset_counts_from_where_earlier_hunks_put_it() -> None:
    text = b"@@ -1,1 +1,2 @@\n+new\n one\n" + b"@@ -4,2 +5,1 @@\n-four\n five\n"
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(text)))
    assert done.problems == ()
    assert [placed.offset for placed in done.files[0].placed] == [0, 0]
    assert [(placed.old_start, placed.new_start) for placed in done.files[0].placed] == [(1, 1), (4, 5)]


def test_less_context_is_a_problem_and_still_applies() -> None:
    text = b"@@ -1,5 +1,5 @@\n uno\n two\n-three\n+3\n four\n five\n"
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(text)))
    assert done.tree.read("f") == SIX.replace(b"three", b"3")
    (problem,) = done.problems
    assert (problem.stage, problem.path, problem.line, problem.patch) == (Stage.APPLY, "f", 1, 1)
    assert "fuzz 1" in problem.message
    assert not done.files[0].fragment
    assert (done.files[0].placed[0].offset, done.files[0].placed[0].old_start) == (0, 2)


def test_a_hunk_that_fits_nowhere_makes_a_fragment_on_true_lines() -> None:
    text = b"@@ -1,2 +1,2 @@\n-one\n+1\n two\n" + b"@@ -4,2 +4,3 @@\n vier\n+neu\n sechs\n"
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(text)))
    (change,) = done.files
    assert change.fragment
    assert change.before == b"one\ntwo\n\nvier\nsechs\n"
    assert change.after == b"1\ntwo\n\nvier\nneu\nsechs\n"
    assert change.added == {1, 5}
    assert change.removed == {1}
    assert done.tree.read("f") == SIX.replace(b"one", b"1")
    (problem,) = done.problems
    assert "line 4" in problem.message


def test_a_file_that_is_not_there() -> None:
    done = apply_patch(MemoryTree({"g": b""}), patch(file_patch(MIDDLE)))
    assert [problem.message for problem in done.problems] == ["the file does not exist in the tree"]
    assert done.files[0].fragment
    assert not done.tree.exists("f")


def test_without_a_tree_nothing_can_be_missing() -> None:
    done = apply_patch(EmptyTree(), patch(file_patch(MIDDLE), file_patch(b"@@ -0,0 +1,1 @@\n+x\n", "n", Change.ADD)))
    assert done.problems == ()
    assert [change.fragment for change in done.files] == [True, False]
    assert done.files[0].added == {3, 4}
    again = apply_patch(done.tree, patch(file_patch(b"@@ -1,1 +1,1 @@\n-x\n+y\n", "n")))
    assert again.problems == ()
    assert again.tree.read("n") == b"y\n"


def test_a_new_file_and_a_deleted_one() -> None:
    tree: Tree = MemoryTree({"f": SIX})
    new = file_patch(b"@@ -0,0 +1,2 @@\n+a\n+b\n", "n", Change.ADD, new_mode="100755")
    gone = file_patch(b"@@ -1,6 +0,0 @@\n-one\n-two\n-three\n-four\n-five\n-six\n", "f", Change.DELETE)
    done = apply_patch(tree, patch(new, gone))
    assert done.problems == ()
    assert (done.tree.read("n"), done.tree.mode("n"), done.tree.exists("f")) == (b"a\nb\n", "100755", False)
    added, removed = done.files
    assert added.before is None
    assert added.added == {1, 2}
    assert removed.after is None
    assert removed.removed == {1, 2, 3, 4, 5, 6}


def test_an_empty_new_file() -> None:
    done = apply_patch(MemoryTree({}), patch(FilePatch(Change.ADD, "", "n", new_mode="100644")))
    assert done.problems == ()
    assert done.tree.read("n") == b""
    assert done.tree.mode("n") == "100644"


def test_a_new_file_over_one_that_exists_is_reported_and_used() -> None:
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(b"@@ -0,0 +1,1 @@\n+x\n", "f", Change.ADD)))
    assert done.tree.read("f") == b"x\n"
    assert "already exists" in done.problems[0].message


def test_a_deletion_that_does_not_name_everything_still_deletes() -> None:
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(b"@@ -1,1 +0,0 @@\n-one\n", "f", Change.DELETE)))
    assert not done.tree.exists("f")
    assert done.problems


def test_a_rename_with_an_edit_and_a_swap_of_names() -> None:
    tree = MemoryTree({"a": SIX, "b": b"b\n"})
    done = apply_patch(
        tree, patch(file_patch(MIDDLE, "b", Change.RENAME, old_path="a"), FilePatch(Change.RENAME, "b", "a"))
    )
    assert done.problems == ()
    assert (done.tree.read("a"), done.tree.read("b")) == (b"b\n", SIX.replace(b"three\n", b"3\ndrei\n"))
    assert done.files[0].before == SIX


def test_a_copy_keeps_its_source() -> None:
    done = apply_patch(MemoryTree({"a": SIX}), patch(FilePatch(Change.COPY, "a", "b")))
    assert (done.tree.read("a"), done.tree.read("b")) == (SIX, SIX)


def test_a_change_of_mode_alone() -> None:
    one = FilePatch(Change.MODIFY, "a", "a", old_mode="100644", new_mode="100755")
    done = apply_patch(MemoryTree({"a": SIX}), patch(one))
    assert (done.tree.mode("a"), done.tree.read("a"), done.files[0].added) == ("100755", SIX, frozenset())


def test_the_same_file_twice_in_one_patch() -> None:
    second = b"@@ -3,3 +3,3 @@\n 3\n-drei\n+trois\n four\n"
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(MIDDLE), file_patch(second)))
    assert done.problems == ()
    assert done.tree.read("f") == SIX.replace(b"three\n", b"3\ntrois\n")


def test_no_newline_at_the_end_on_either_side() -> None:
    gains = b"@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n"
    loses = b"@@ -1,1 +1,1 @@\n-x\n+x\n\\ No newline at end of file\n"
    assert apply_patch(MemoryTree({"f": b"x"}), patch(file_patch(gains))).tree.read("f") == b"x\n"
    assert apply_patch(MemoryTree({"f": b"x\n"}), patch(file_patch(loses))).tree.read("f") == b"x"


def test_crlf_is_kept_and_counts() -> None:
    text = b"@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n"
    assert apply_patch(MemoryTree({"f": b"one\r\ntwo\r\n"}), patch(file_patch(text))).tree.read("f") == b"one\r\n2\r\n"
    assert apply_patch(MemoryTree({"f": b"one\ntwo\n"}), patch(file_patch(text))).files[0].fragment


def test_the_first_line_is_anchored_to_the_beginning() -> None:
    text = b"@@ -1,2 +1,3 @@\n+new\n one\n two\n"
    done = apply_patch(MemoryTree({"f": b"0\n" + SIX}), patch(file_patch(text)))
    assert [problem.line for problem in done.problems] == [1]
    assert done.tree.read("f") == b"0\nnew\n" + SIX


def test_later_hunks_never_match_what_earlier_ones_wrote() -> None:
    text = b"@@ -1,1 +1,1 @@\n-one\n+four\n" + b"@@ -2,1 +2,1 @@\n-four\n+4\n five\n"
    done = apply_patch(MemoryTree({"f": SIX}), patch(file_patch(text)))
    assert done.tree.read("f") == b"four\ntwo\nthree\n4\nfive\nsix\n"


def test_binary_files_are_there_without_content() -> None:
    tree = MemoryTree({"f": b"\0\1"})
    changed = FilePatch(Change.MODIFY, "f", "f", binary=True)
    new = FilePatch(Change.ADD, "", "n", binary=True)
    gone = FilePatch(Change.DELETE, "f", "", binary=True)
    done = apply_patch(tree, patch(changed, new))
    assert done.problems == ()
    assert (done.tree.read("n"), done.tree.exists("n"), done.tree.read("f")) == (None, True, None)
    assert all(change.binary and change.after is None for change in done.files)
    assert not apply_patch(tree, patch(gone)).tree.exists("f")
    assert apply_patch(done.tree, patch(file_patch(MIDDLE))).problems


def test_overlays_stay_one_deep_and_older_trees_keep_their_state() -> None:
    base = MemoryTree({"f": SIX})
    first = apply_patch(base, patch(file_patch(MIDDLE))).tree
    second = apply_patch(first, patch(FilePatch(Change.RENAME, "f", "g"))).tree
    assert isinstance(second, OverlayTree)
    assert second.base is base
    assert (base.read("f"), first.exists("f"), second.exists("f"), second.exists("g")) == (SIX, True, False, True)


def test_paths_that_leave_the_tree_are_refused() -> None:
    for path in ("../x", "/etc/passwd", ".git/hooks/x", "a/.GIT/x", "a//b", "a/./b", "a\\b", "a\0b", "", "a\nb"):
        done = apply_patch(MemoryTree({"f": SIX}), patch(FilePatch(Change.ADD, "", path), file_patch(MIDDLE)))
        assert not done.tree.exists(path)
        assert done.tree.read("f") != SIX
        assert bool(done.problems) is bool(path)


def test_a_symlink_is_recorded_and_never_followed() -> None:
    link = file_patch(b"@@ -0,0 +1,1 @@\n+/etc\n\\ No newline at end of file\n", "l", Change.ADD, new_mode="120000")
    done = apply_patch(MemoryTree({"f": SIX}), patch(link))
    assert done.problems
    assert (done.tree.mode("l"), done.tree.read("l"), done.tree.exists("l")) == ("120000", None, False)
    beyond = apply_patch(done.tree, patch(file_patch(b"@@ -0,0 +1,1 @@\n+x\n", "l/passwd", Change.ADD)))
    assert "symbolic link" in beyond.problems[0].message
    assert not beyond.tree.exists("l/passwd")


def test_a_submodule_is_left_out() -> None:
    done = apply_patch(MemoryTree({}), patch(FilePatch(Change.ADD, "", "sub", new_mode="160000")))
    assert done.problems
    assert not done.tree.exists("sub")


def test_a_header_that_claims_a_billion_lines_takes_no_room() -> None:
    hunk = Hunk(10**9, 1, 10**9, 1, b"", (HunkLine("-", b"a\n"), HunkLine("+", b"b\n")))
    (change,) = apply_patch(MemoryTree({"f": SIX}), patch(FilePatch(Change.MODIFY, "f", "f", hunks=(hunk,)))).files
    assert change.fragment
    assert (change.before, change.after) == (b"a\n", b"b\n")
    assert change.added == {1}


def test_equal_lines_without_end_are_given_up() -> None:
    lines = (*[HunkLine(" ", b"\n")] * 20_000, HunkLine("-", b"x\n"))
    hunk = Hunk(5, len(lines), 5, len(lines) - 1, b"", lines)
    done = apply_patch(MemoryTree({"f": b"\n" * 100_000}), patch(FilePatch(Change.MODIFY, "f", "f", hunks=(hunk,))))
    assert done.files[0].fragment


def test_many_files() -> None:
    files = [file_patch(b"@@ -0,0 +1,1 @@\n+x\n", f"d/{n}", Change.ADD) for n in range(20_000)]
    done = apply_patch(MemoryTree({}), patch(*files))
    assert len(done.tree.list("d/")) == 20_000
