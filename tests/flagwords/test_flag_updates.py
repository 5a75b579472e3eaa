"""Who sets and clears what, for whom; and the pairs that real architectures have."""

from __future__ import annotations

import pytest

from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.rules._flag_updates import Op, operation, updates
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import open_tree
from lint.state import Knowledge, State
from tests.kernels import VERSIONS, kernel_tree

PAIRED = shipped()[0].paired[0]
WORDS = (shipped()[0].old_word, shipped()[0].new_word)


@pytest.mark.parametrize(
    ("accessor", "op"),
    [
        ("set_tsk_thread_flag", Op.SET),
        ("test_and_set_ti_thread_flag", Op.SET),
        ("__clear_bit", Op.CLEAR),
        ("test_and_clear_thread_flag", Op.CLEAR),
        ("test_thread_flag", None),
        ("update_thread_flag", Op.BOTH),
        ("barrier", None),
    ],
)
def test_accessors_are_told_by_their_words(accessor: str, op: Op | None) -> None:
    assert operation(accessor) is op


def found(body: str) -> list[tuple[str, str, str]]:
    text = f"static void low(struct thread_info *ti)\n{{\n\tclear_ti_thread_flag(ti, TIF_LOW);\n}}\n{body}"
    state = State(MemoryTree({"arch/x/a.c": text.encode()}), Knowledge(TOOLCHAINS["gcc"]))
    return [(one.op.value, one.written, one.task) for one in updates(state, "arch/x/a.c", "f", WORDS)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("set_thread_flag(TIF_A);", [("set", "TIF_A", "current")]),
        ("set_tsk_thread_flag(t, TIF_A);", [("set", "TIF_A", "#1")]),
        ("set_bit(TIF_A, &task_thread_info(t)->flags);", [("set", "TIF_A", "#1")]),
        ("struct thread_info *ti = task_thread_info(t); set_ti_thread_flag(ti, TIF_A);", [("set", "TIF_A", "#1")]),
        (
            "current_thread_info()->flags |= _TIF_A | _TIF_B;",
            [("set", "_TIF_A", "current"), ("set", "_TIF_B", "current")],
        ),
        ("task_thread_info(t)->flags &= ~_TIF_A;", [("clear", "_TIF_A", "#1")]),
        ("low(task_thread_info(t));", [("clear", "TIF_LOW", "#1")]),
        ("low(current_thread_info());", [("clear", "TIF_LOW", "current")]),
        ("set_tsk_thread_flag(next, TIF_A);", [("set", "TIF_A", "?")]),
        ("f(n, t);", []),
        ("test_tsk_thread_flag(t, TIF_A);", []),
    ],
)
def test_updates_and_their_task(body: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(f"void f(int n, struct task_struct *t)\n{{\n\t{body}\n}}\n") == expected


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_x86_updates_both_words_in_both_functions(version: str) -> None:
    state = State(open_tree(kernel_tree(version), None), Knowledge(TOOLCHAINS["gcc"]))
    sets = updates(state, "arch/x86/kernel/step.c", PAIRED.enable, WORDS)
    clears = updates(state, "arch/x86/kernel/step.c", PAIRED.disable, WORDS)
    for op, done in ((Op.SET, sets), (Op.CLEAR, clears)):
        assert {PAIRED.old, PAIRED.new} <= {name for one in done if one.op is op for name in one.names}
        assert {one.task for one in done} == {"#0"}
