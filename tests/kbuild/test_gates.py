from __future__ import annotations

import pytest

from lint.kbuild.gates import Gates, sources_of
from lint.kbuild.lists import parse_lists
from lint.logic import Formula, atoms, show
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.memory import MemoryTree
from tests.kernels import kernel_tree

TOP = b"obj-y += kernel/\nobj-$(CONFIG_NET) += net/\nobj-y += arch/$(SRCARCH)/\nobj-$(CONFIG_BUS) += bus/\n"
TREE = MemoryTree(
    {
        "Kbuild": TOP + b"targets += arch/$(SRCARCH)/mm/asm-offsets.s\n",
        "Makefile": b"ifeq ($(need-sub-make),1)\nelse\nlibs-y := lib/\nendif\n",
        "lib/Makefile": b"lib-y := string.o\n",
        "arch/toy/Makefile": b"libs-y += arch/toy/lib/\ndrivers-$(CONFIG_PCI) += arch/toy/pci/\n",
        "arch/toy/Kbuild": b"obj-y += mm/\n",
        "arch/toy/mm/Makefile": b"obj-y := fault.o\nextra-y += kernel.lds\nalways-$(KBUILD_BUILTIN) += later.lds\n",
        "arch/toy/pci/Makefile": b"obj-y := host.o\n",
        "kernel/Makefile": b"""
# obj-y += commented.o
obj-y := plain.o \\
\t two.o entry/
ifdef CONFIG_MMU
\tobj-$(CONFIG_ADVISE) += advise.o
endif
ifeq ($(CONFIG_FAST),y)
obj-y += fast.o
else
obj-y += slow.o
endif
ifneq ($(shell date),)
obj-y += odd.o
endif
obj-${CONFIG_BRACE} += brace.o
""",
        "kernel/entry/Makefile": b"obj-$(CONFIG_GENERIC_SYSCALL) += common.o dispatch.o\n",
        "kernel/dispatch_user.c": b"\n",
        "kernel/plain.c": b'# include "part.c"\n',
        "kernel/part.c": b"\n",
        "kernel/entry/dispatch.c": b"\n",
        "kernel/entry/common.c": b"\n",
        "bus/Makefile": b"""
obj-$(CONFIG_BUS) += bus.o
bus-y := core.o $(addprefix sub/, a.o \\
\tb.o)
bus-$(CONFIG_BUS_DEBUG) += debug.o
bus-objs += $(extra)
extra := more.o
obj-$(subst m,y,$(CONFIG_BUS)) += glue.o
""",
    }
)


def _shown(formula: Formula) -> str:
    return show(formula)


@pytest.mark.parametrize(
    ("path", "builtin", "module"),
    [
        ("kernel/plain.c", "1", "0"),
        ("kernel/two.c", "1", "0"),
        ("kernel/part.c", "1", "0"),
        ("lib/string.c", "1", "0"),
        ("arch/toy/mm/fault.c", "1", "0"),
        ("arch/toy/mm/kernel.lds.S", "1", "0"),
        ("arch/toy/mm/later.lds.S", "1", "0"),
        ("arch/toy/mm/asm-offsets.c", "1", "0"),
        ("arch/toy/pci/host.c", "CONFIG_PCI", "0"),
        ("kernel/advise.c", "CONFIG_MMU && CONFIG_ADVISE", "CONFIG_MMU && CONFIG_ADVISE_MODULE"),
        ("kernel/fast.c", "CONFIG_FAST", "0"),
        ("kernel/slow.S", "!CONFIG_FAST", "0"),
        ("kernel/brace.c", "CONFIG_BRACE", "CONFIG_BRACE_MODULE"),
        ("kernel/entry/dispatch.c", "CONFIG_GENERIC_SYSCALL", "CONFIG_GENERIC_SYSCALL_MODULE"),
    ],
)
def test_a_source_file_is_gated_by_the_lines_above_it(path: str, builtin: str, module: str) -> None:
    gate = Gates(TREE).gate(path)
    assert (_shown(gate.builtin), _shown(gate.module)) == (builtin, module)


@pytest.mark.parametrize("path", ["bus/core.c", "bus/sub/a.c", "bus/sub/b.c", "bus/more.c"])
def test_a_part_of_a_composite_is_built_where_the_composite_is(path: str) -> None:
    gate = Gates(TREE).gate(path)
    assert _shown(gate.builtin) == "CONFIG_BUS"
    assert gate.modular


def test_a_composite_takes_a_modular_part_into_modules_only() -> None:
    gate = Gates(TREE).gate("bus/debug.c")
    assert _shown(gate.builtin) == "CONFIG_BUS && CONFIG_BUS_DEBUG"
    assert "CONFIG_BUS_DEBUG_MODULE" in set(atoms(gate.module))


def test_what_make_would_have_to_compute_stays_open() -> None:
    assert any(name.startswith("?") for name in atoms(Gates(TREE).condition("kernel/odd.c")))
    assert list(atoms(Gates(TREE).condition("kernel/nowhere.c"))) == ["?unbuilt(kernel/nowhere.c)"]


def test_headers_are_always_there() -> None:
    assert Gates(TREE).condition("include/linux/x.h") is True


def test_the_sources_of_a_symbol_are_the_objects_that_its_line_lists() -> None:
    assert sources_of(TREE, "GENERIC_SYSCALL") == ("kernel/entry/common.c", "kernel/entry/dispatch.c")


@pytest.mark.parametrize(
    "text",
    [
        b"else\nendif\nendif\n",
        b"ifeq (\nobj-y += a.o",
        b"obj-$( += x.o",
        b"\\\n\\\n\\",
        b"ifeq\n",
        b"\xff\xfe = \x00.o",
    ],
)
def test_broken_makefiles_do_not_stop_anything(text: bytes) -> None:
    assert isinstance(parse_lists("Makefile", text), tuple)


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("prefix", "least"),
    [
        ("kernel/", 97),
        ("mm/", 97),
        ("drivers/net/ethernet/intel/", 97),
        ("arch/arm64/kernel/", 92),
        ("net/", 97),
        ("fs/", 97),
    ],
)
def test_nearly_every_file_of_a_real_tree_has_a_known_condition(prefix: str, least: int) -> None:
    tree = DirectoryTree(kernel_tree("7.2"))
    gates = Gates(tree)
    sources = [path for path in tree.list(prefix) if path.endswith(".c")]
    known = [path for path in sources if not any(name.startswith("?") for name in atoms(gates.condition(path)))]
    assert 100 * len(known) >= least * len(sources), sorted(set(sources) - set(known))


@pytest.mark.kernel
def test_syscall_user_dispatch_is_gated_by_what_its_makefile_names() -> None:
    gate = Gates(DirectoryTree(kernel_tree("7.2"))).gate("kernel/entry/syscall_user_dispatch.c")
    assert _shown(gate.builtin) == "CONFIG_GENERIC_SYSCALL"
