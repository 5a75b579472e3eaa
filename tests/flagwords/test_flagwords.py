"""Bits of words: expressions, counted enumerators, reserved ranges, and the real trees without a single collision."""

from __future__ import annotations

import pytest

from lint.flagwords import Flag, evaluate, flag_word, is_alias, is_count, possible, satisfiable, width
from lint.kconfig.toolchain import TOOLCHAINS
from lint.logic import Atom, both, negate
from lint.migrations.model import shipped
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import open_tree
from lint.state import Knowledge, State
from tests.kernels import VERSIONS, kernel_tree

OLD, NEW = shipped()[0].old_word, shipped()[0].new_word


def state(files: dict[str, str]) -> State:
    return State(MemoryTree({path: text.encode() for path, text in files.items()}), Knowledge(TOOLCHAINS["gcc"]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13", 13),
        ("0x1F", 31),
        ("017", 15),
        ("(A + 1)", 8),
        ("1UL << 3", 8),
        ("BIT(A)", 128),
        ("_AC(4, UL)", 4),
        ("(1 << 2) | 1", 5),
        ("A - 2", 5),
        ("sizeof(int)", None),
        ("B", None),
        ("1 <<", None),
        ("((", None),
        ("", None),
        ("1 << 99999999", None),
        ("(" * 70 + "1", None),
    ],
)
def test_expressions(text: str, value: int | None) -> None:
    assert evaluate(text, {"A": 7}.get) == value


def test_what_is_no_flag() -> None:
    assert is_alias("(TIF_A)")
    assert not is_alias("1")
    assert is_count("TIF_WORK_MASK")
    assert not is_count("TIF_POLLING_NRFLAG")


def test_enumerators_are_counted_and_macros_resolved() -> None:
    found = flag_word(
        state(
            {
                "include/linux/a.h": "enum a {\n\tSYSCALL_WORK_BIT_A,\n\tSYSCALL_WORK_BIT_B,\n"
                "#ifdef CONFIG_C\n\tSYSCALL_WORK_BIT_C,\n#endif\n\tSYSCALL_WORK_BIT_D,\n\tSYSCALL_WORK_BIT_E = 9,\n};\n"
                "#define SYSCALL_WORK_BIT_F (SYSCALL_WORK_BIT_E + 1)\n#define SYSCALL_WORK_A 1\n"
            }
        ),
        "include/linux/a.h",
        None,
        NEW,
    )
    bits = {flag.name.rpartition("_")[2]: flag.bit for flag in found.flags}
    assert bits == {"A": 0, "B": 1, "C": 2, "E": 9, "F": 10}


def test_includes_bring_flags_and_the_reserved_bits() -> None:
    found = flag_word(
        state(
            {
                "arch/x/include/asm/t.h": "#include <asm-generic/t.h>\nstruct thread_info {\n\tu32 flags;\n};\n"
                "#define TIF_A 16\n",
                "include/asm-generic/t.h": "/* Bits 16-31 are reserved for architecture specific purposes */\n"
                "#define TIF_G 1\n#ifdef HAVE_TIF_L\n#define TIF_L 2\n#endif\n",
            }
        ),
        "arch/x/include/asm/t.h",
        "x",
        OLD,
    )
    assert [(flag.name, flag.bit, flag.fallback) for flag in found.flags] == [
        ("TIF_A", 16, False),
        ("TIF_G", 1, False),
        ("TIF_L", 2, True),
    ]
    assert found.reserved is not None
    assert (found.reserved.first, found.reserved.last) == (16, 31)
    assert width(found.member) == 32


def test_conditions_without_an_architecture() -> None:
    a = Atom("defined(A)")
    assert not satisfiable(both((a, negate(a))))
    assert possible(state({}), (), both((a, Atom("CONFIG_B"))))


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_real_trees_have_no_collision(version: str) -> None:
    tree = open_tree(kernel_tree(version), None)
    real = State(tree, Knowledge(TOOLCHAINS["gcc"]))
    headers = {arch: tree.list(f"arch/{arch}/include/asm/") for arch in real.architectures}
    paths = [
        (arch, p) for arch, files in headers.items() for p in files if p.rpartition("/")[2].startswith("thread_info")
    ]
    assert len(paths) >= 20
    for arch, path in paths:
        word = flag_word(real, path, arch, OLD)
        assert word.member is not None or arch == "sparc"
        flags = [flag for flag in word.flags if not flag.fallback]
        assert flags or path.endswith("thread_info.h")
        assert not list(collisions(flags)), path
        for flag in flags:
            if word.reserved is not None:
                inside = word.reserved.first <= flag.bit <= word.reserved.last
                assert inside is flag.path.startswith("arch/"), flag
    generic = flag_word(real, "include/linux/thread_info.h", None, NEW)
    assert [flag.bit for flag in generic.flags] == list(range(len(generic.flags)))
    assert len(generic.flags) >= 7


def collisions(flags: list[Flag]) -> list[tuple[Flag, Flag]]:
    return [
        (one, other)
        for n, one in enumerate(flags)
        for other in flags[n + 1 :]
        if one.bit == other.bit and one.name != other.name and satisfiable(both((one.condition, other.condition)))
    ]
