"""Patches that the tree holds already are taken out of it again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lint.history import AppliedHistory, apply_history
from lint.intake.model import Change, Patch
from lint.kconfig.toolchain import TOOLCHAINS
from lint.snapshot.memory import EmptyTree, MemoryTree
from lint.snapshot.reverse import reverse, without
from lint.snapshot.tree import Tree
from lint.state import Knowledge
from tests.samples import parse_sample

SAMPLE = """\
@@ one
== a.c
 int one;
-int two;
+int TWO;
 int three;
== gone.c
-int gone;
== new.c
+int new;
@@ two
== a.c
 int one;
 int TWO;
-int three;
+int THREE;
+int four;
"""
BASE = {"a.c": b"int one;\nint two;\nint three;\n", "gone.c": b"int gone;\n"}
END = {"a.c": b"int one;\nint TWO;\nint THREE;\nint four;\n", "new.c": b"int new;\n"}
PATCHES = parse_sample(SAMPLE).patches


def applied(tree: Tree, patches: tuple[Patch, ...] = PATCHES) -> AppliedHistory:
    return apply_history(tree, patches, (), ("toy",), Knowledge(TOOLCHAINS["gcc"]))


def contents(tree: Tree) -> dict[str, bytes | None]:
    return {path: content for path in ("a.c", "gone.c", "new.c") if (content := tree.read(path)) is not None}


def test_a_tree_without_its_patches() -> None:
    base = without(MemoryTree(END), PATCHES)
    assert base is not None
    assert contents(base) == BASE


def test_what_the_tree_holds_is_applied_to_the_tree_without_it() -> None:
    history = applied(MemoryTree(END))
    assert history.problems == ()
    assert contents(history.steps[0].before.tree) == BASE
    assert contents(history.steps[-1].after.tree) == END


def test_one_patch_below_others_comes_out_alone() -> None:
    patch = parse_sample("== a.c\n int one;\n-int two;\n+int TWO;\n").patches
    history = applied(MemoryTree({"a.c": b"int zero;\nint one;\nint TWO;\nint more;\n"}), patch)
    assert history.steps[0].before.tree.read("a.c") == b"int zero;\nint one;\nint two;\nint more;\n"


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(MemoryTree(BASE), id="not-applied"),
        pytest.param(MemoryTree({**END, "a.c": BASE["a.c"]}), id="half-applied"),
        pytest.param(MemoryTree({**END, "new.c": b"int other;\n"}), id="changed-since"),
        pytest.param(EmptyTree(), id="no-tree"),
    ],
)
def test_what_is_not_all_there_stays(tree: Tree) -> None:
    assert without(tree, PATCHES) is None


def test_nothing_to_take_out() -> None:
    assert without(MemoryTree(END), ()) is None


def test_what_has_no_content_to_go_back_to() -> None:
    (file, *_) = PATCHES[1].files
    assert reverse(replace(PATCHES[1], files=(replace(file, binary=True),))) is None
    assert reverse(replace(PATCHES[1], files=(replace(file, change=Change.COPY),))) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(" +-"), st.integers(0, 9)), min_size=1, max_size=15))
def test_back_and_forth(lines: list[tuple[str, int]]) -> None:
    sample = "== a.c\n" + "".join(f"{kind}int x{number};\n" for kind, number in lines)
    parsed = parse_sample(sample)
    first = applied(MemoryTree(parsed.base), parsed.patches)
    base = without(first.steps[-1].after.tree, parsed.patches)
    assert first.problems == ()
    assert base is None or base.read("a.c") == parsed.base.get("a.c")
