"""What a unit sees of a name, and under which condition."""

from __future__ import annotations

import pytest

from lint.kconfig.toolchain import TOOLCHAINS
from lint.logic import show
from lint.presence.view import View
from lint.resolve import Space
from lint.snapshot.memory import MemoryTree
from lint.state import Knowledge, State

FILES = {
    "arch/one/Kconfig": b"config ONE\n\tdef_bool y\n",
    "arch/one/include/asm/own.h": b"#define HAVE_OWN 1\n#define WIDTH 64\n",
    "arch/two/Kconfig": b"config TWO\n\tdef_bool y\n",
    "arch/two/include/asm/own.h": b"#ifdef CONFIG_WIDE\n#define WIDTH 64\n#else\n#define WIDTH 32\n#endif\n",
    "include/linux/a.h": b"""\
#include <asm/own.h>
#ifdef CONFIG_B
#include <linux/b.h>
#endif
#ifndef HAVE_OWN
#define generic_only 1
#endif
#if WIDTH == 64
#define wide_only 1
#endif
#ifdef __GNUC__
#define always_there 1
#endif
""",
    "include/linux/b.h": b"int from_b(void);\n",
    "kernel/unit.c": b"#include <linux/a.h>\n#define own_macro 1\n",
}


def seen(name: str, arch: str) -> str:
    """The condition under which the unit has a name; empty when it never does."""
    state = State(MemoryTree(FILES), Knowledge(TOOLCHAINS["gcc"]))
    offers = View(state, "kernel/unit.c", arch).offers(name, Space.ORDINARY)
    return " or ".join(show(one.condition) for one in offers)


@pytest.mark.parametrize(
    ("name", "arch", "condition"),
    [
        ("own_macro", "one", "1"),
        ("from_b", "one", "CONFIG_B"),
        ("generic_only", "one", "0"),
        ("generic_only", "two", "1"),
        ("wide_only", "one", "1"),
        ("wide_only", "two", "CONFIG_WIDE"),
        ("always_there", "two", "1"),
        ("nowhere", "one", ""),
    ],
)
def test_condition_of_a_name(name: str, arch: str, condition: str) -> None:
    assert seen(name, arch) == condition
