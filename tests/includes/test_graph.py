"""What an include means, and which headers a unit reaches, on small trees."""

from __future__ import annotations

import pytest

from lint.cparse.model import Include
from lint.includes.graph import IncludeGraph, Known
from lint.includes.model import Status
from lint.logic import show
from lint.snapshot.memory import MemoryTree
from lint.snapshot.overlay import Entry, OverlayTree

TREE = {
    "Makefile": b"LINUXINCLUDE := -include $(srctree)/include/linux/kconfig.h\n",
    "include/linux/kconfig.h": b"",
    "include/linux/a.h": b"#include <linux/b.h>\n#ifdef CONFIG_B\n#include <asm/one.h>\n#endif\n",
    "include/linux/b.h": b"#ifndef B_H\n#define B_H\n#ifdef __ASSEMBLY__\n#include <linux/asm.h>\n#endif\n#endif\n",
    "include/linux/asm.h": b"",
    "include/uapi/linux/user.h": b"",
    "include/asm-generic/Kbuild": b"mandatory-y += must.h\n",
    "include/asm-generic/one.h": b"",
    "include/asm-generic/must.h": b"",
    "include/asm-generic/three.h": b"",
    "arch/a/include/asm/Kbuild": b"generic-y += one.h\ngenerated-y += made.h\n",
    "arch/a/include/asm/own.h": b"",
    "arch/b/include/asm/one.h": b"",
    "arch/b/include/asm/other.h": b"",
    "arch/b/Makefile": b"machdirs := $(patsubst %,arch/b/mach-%/,$(machine-y))\n"
    b"KBUILD_CPPFLAGS += $(patsubst %,-I$(srctree)/%include,$(machdirs))\n",
    "arch/b/mach-x/include/mach/x.h": b"",
    "drivers/d/Makefile": b"obj-y += d.o e.o\nccflags-y += -I$(src)/../common \\\n\t-I $(srctree)/drivers/far\n"
    b"$(obj)/table.h: $(src)/table.txt\n",
    "drivers/d/d.c": b'#include <linux/a.h>\n#include "d.h"\n',
    "drivers/d/d.h": b"",
    "drivers/common/common.h": b"",
    "drivers/far/far.h": b"",
    "drivers/nowhere/hidden.h": b"",
    ".gitignore": b"*.asn1.[ch]\n*.[ch]\n",
    "tools/include/linux/t.h": b"",
    "tools/prog/Makefile": b"CFLAGS += -I$(srctree)/tools/include\n",
    "tools/prog/prog.c": b"",
}


@pytest.mark.parametrize(
    ("name", "path", "arch", "expected"),
    [
        ("<linux/a.h>", "drivers/d/d.c", "a", "include/linux/a.h"),
        ("<linux/user.h>", "drivers/d/d.c", "a", "include/uapi/linux/user.h"),
        ('"d.h"', "drivers/d/d.c", "a", "drivers/d/d.h"),
        ("<d.h>", "drivers/nowhere/n.c", "a", Status.UNKNOWN),
        ("<asm/own.h>", "drivers/d/d.c", "a", "arch/a/include/asm/own.h"),
        ("<asm/own.h>", "drivers/d/d.c", "b", Status.MISSING),
        ("<asm/one.h>", "drivers/d/d.c", "a", "include/asm-generic/one.h"),
        ("<asm/one.h>", "drivers/d/d.c", "b", "arch/b/include/asm/one.h"),
        ("<asm/must.h>", "drivers/d/d.c", "b", "include/asm-generic/must.h"),
        ("<asm/three.h>", "drivers/d/d.c", "b", Status.MISSING),
        ("<asm/made.h>", "drivers/d/d.c", "a", Status.GENERATED),
        ("<asm/made.h>", "drivers/d/d.c", "b", Status.MISSING),
        ("<generated/bounds.h>", "drivers/d/d.c", "a", Status.GENERATED),
        ('"common.h"', "drivers/d/d.c", "a", "drivers/common/common.h"),
        ('"far.h"', "drivers/d/e.c", "a", "drivers/far/far.h"),
        ('"hidden.h"', "drivers/d/d.c", "a", Status.MISSING),
        ('"table.h"', "drivers/d/d.c", "a", Status.GENERATED),
        ('"x.asn1.h"', "drivers/d/d.c", "a", Status.GENERATED),
        ("<linux/none.h>", "include/linux/a.h", "a", Status.MISSING),
        ('"../none/none.h"', "drivers/d/d.c", "a", Status.MISSING),
        ("<mach/x.h>", "drivers/d/d.c", "b", "arch/b/mach-x/include/mach/x.h"),
        ("<mach/x.h>", "drivers/d/d.c", "a", Status.MISSING),
        ("<linux/t.h>", "tools/prog/prog.c", "a", "tools/include/linux/t.h"),
        ("<linux/a.h>", "tools/prog/prog.c", "a", Status.MISSING),
        ("<linux/a.h>", "tools/include/linux/t.h", "a", Status.MISSING),
        ("<linux/user.h>", "tools/prog/prog.c", "a", Status.UNKNOWN),
        ("<stdio.h>", "tools/prog/prog.c", "a", Status.UNKNOWN),
        ("<stdarg.h>", "drivers/d/d.c", "a", Status.UNKNOWN),
        ("", "drivers/d/d.c", "a", Status.UNKNOWN),
        ("../../../../etc/passwd", "drivers/d/d.c", "a", Status.UNKNOWN),
    ],
)
def test_resolve(name: str, path: str, arch: str, expected: str) -> None:
    include = Include(name.strip('<>"'), 1, name.startswith('"'), True)
    found = IncludeGraph(MemoryTree(TREE)).resolve(include, path, arch)
    assert (found.path or found.status) == expected


def test_reached_follows_chains_with_their_conditions() -> None:
    reached = IncludeGraph(MemoryTree(TREE)).reached("drivers/d/d.c", "b")
    assert list(reached) == [
        "include/linux/kconfig.h",
        "include/linux/a.h",
        "drivers/d/d.h",
        "include/linux/b.h",
        "arch/b/include/asm/one.h",
    ]
    assert reached.complete
    assert reached.condition("include/linux/b.h") is True
    assert show(reached.condition("arch/b/include/asm/one.h")) == "CONFIG_B"
    assert reached.condition("include/linux/asm.h") is False
    assert [edge.parent for edge in reached.chain("arch/b/include/asm/one.h")] == ["drivers/d/d.c", "include/linux/a.h"]
    assert reached.chain("include/linux/kconfig.h") == ()


def test_a_circle_of_includes_ends() -> None:
    tree = {
        "include/x.h": b"#ifdef CONFIG_A\n#include <y.h>\n#endif\n",
        "include/y.h": b"#include <x.h>\n#include <z.h>\n",
        "include/z.h": b"",
        "k.c": b"#ifdef CONFIG_K\n#include <y.h>\n#endif\n#include <x.h>\n",
    }
    reached = IncludeGraph(MemoryTree(tree)).reached("k.c", "")
    assert set(reached) == {"include/x.h", "include/y.h", "include/z.h"}
    assert show(reached.condition("include/z.h")) == "CONFIG_K || CONFIG_A"


def test_states_share_what_they_agree_on() -> None:
    base, known = MemoryTree(TREE), Known()
    before = IncludeGraph(base, known)
    one = Include("linux/new.h", 1, False, True)
    assert before.resolve(one, "drivers/d/d.c", "a").status is Status.MISSING
    after = IncludeGraph(OverlayTree(base, {"include/linux/new.h": Entry("100644", b"")}), known)
    assert after.resolve(one, "drivers/d/d.c", "a").path == "include/linux/new.h"
    edited = IncludeGraph(OverlayTree(base, {"include/linux/b.h": Entry("100644", b"#include <linux/asm.h>\n")}), known)
    assert edited.search is before.search
    assert "include/linux/asm.h" in edited.reached("drivers/d/d.c", "a")
    assert "include/linux/asm.h" not in before.reached("drivers/d/d.c", "a")
