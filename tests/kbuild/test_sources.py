"""What an object is made from: no line of a released kernel lists one that cannot be made, but for those known here."""

from __future__ import annotations

import pytest

from lint.kbuild.sources import Sources, read_makefile
from lint.rules._objects import is_makefile, missing_in
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.memory import MemoryTree
from tests.kernels import VERSIONS, kernel_tree

# Each is a line that no configuration can use, or a source that Debian's archive leaves out (the trees are made of it).
KNOWN = {
    "arch/parisc/math-emu/unimplemented-math-emulation.o",  # the name says so
    "arch/powerpc/platforms/8xx/micropatch.o",  # left out
    "drivers/media/i2c/vs6624.o",  # left out
    "drivers/media/platform/st/sti/stm32",  # nothing enters this Makefile
}


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_every_listed_object_of_a_kernel_can_be_made(version: str) -> None:
    tree = DirectoryTree(kernel_tree(version))
    sources = Sources(tree)
    makefiles = [path for path in tree.list() if is_makefile(path)]
    missing = {one.path for path in makefiles for one in missing_in(tree, sources, path)}
    assert len(makefiles) > 2_500
    assert missing <= KNOWN


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_without_its_source_an_object_of_a_kernel_is_missing(version: str) -> None:
    tree = DirectoryTree(kernel_tree(version))
    makefiles = [path for path in tree.list() if is_makefile(path)][::40]
    files = {path: b"" for path in tree.list("scripts/") if path.startswith("scripts/Makefile.")}
    texts = {path: tree.read(path) or b"" for path in [*files, *makefiles]}
    bare = MemoryTree(texts)
    found = sum(1 for path in makefiles for one in missing_in(bare, Sources(bare), path) if one.path.endswith(".o"))
    listed = sum(line.count(b".o") for path in makefiles for line in texts[path].split(b"\n") if line[:4] == b"obj-")
    assert found > listed / 2


@pytest.mark.parametrize(
    ("makefile", "made"),
    [
        (b"obj-y := a.o\n", False),
        (b"$(obj)/a.o: $(src)/a.list\n", True),
        (b"$(obj)/%.o: $(src)/%.list\n", False),
        (b"$(obj)/%.o: $(src)/b.list\n", True),
        (b"$(obj)/%.o: $(obj)/%.asm FORCE\n$(obj)/%.asm: gen\n", True),
        (b"$(obj)/$(THEM).o: x\n", True),
        (b"THEM := b\n$(obj)/$(THEM).o: x\n", False),
        (b"THEM := a b\n$(addsuffix .o,$(addprefix $(obj)/,$(THEM))): x\n", True),
        (b"$(foreach x,a b,$(eval $(call rule,$(x))))\n", True),
        (b"a-objs := b.o\n", True),
        (b"a-$(CONFIG_B) += b.o\n", True),
        (b"a-main-y := b.o\n", False),
        (b"$(them): %.o: %.elsewhere\n", False),
        (b"$(obj)/a.o: CFLAGS = -g\n", False),
        (b"\t$(obj)/a.o: no rule\n", False),
        (b"include $(src)/Makefile.rules\n", True),
        (b"a.o" * 10 + b": $(" * 5_000, False),
    ],
)
def test_what_makes_an_object(makefile: bytes, made: bool) -> None:
    tree = MemoryTree({"dir/Makefile": makefile, "dir/Makefile.rules": b"$(obj)/a.o: x\n"})
    assert Sources(tree).is_made("dir", "dir/a.o") is made


def test_words_of_rules() -> None:
    made = read_makefile(b"A := x y\n$(obj)/$(A).o $(srctree)/lib/z.o: $(src)/$(B) | order ; recipe\n")
    (rule,) = made.rules
    assert rule.targets == ("x", "y.o", "/lib/z.o")
    assert rule.prerequisites == ("*",)
