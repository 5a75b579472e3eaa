"""The architectures of a tree: the directories of arch/ that have a Kconfig."""

from __future__ import annotations

from lint.snapshot.tree import Tree


def architectures(tree: Tree) -> tuple[str, ...]:
    """The names of the directories below arch/ that hold a file called Kconfig, sorted."""
    found = {path.split("/")[1] for path in tree.list("arch/") if path.endswith("/Kconfig") and path.count("/") == 2}
    return tuple(sorted(found))


def environment(tree: Tree, arch: str) -> dict[str, str]:
    """The variables that the kernel's makefiles set for Kconfig, as far as the architecture decides them.

    ARCH names the directory, which leaves the choice between 32 and 64 bit to the configuration. User-mode Linux
    borrows the headers of the machine that it runs on.
    """
    borrows = b"$(HEADER_ARCH)" in (tree.read(f"arch/{arch}/Kconfig") or b"")
    host = "x86" if borrows else arch
    return {
        "ARCH": arch,
        "SRCARCH": arch,
        "SUBARCH": host,
        "HEADER_ARCH": host,
        "srctree": ".",
        "KERNELVERSION": kernel_version(tree),
    }


def kernel_version(tree: Tree) -> str:
    """The version that the top Makefile states, such as ``7.2.13`` or ``7.3.0-rc1``; empty without one."""
    data = tree.read("Makefile")
    parts: dict[str, str] = {}
    for line in (data or b"")[:4096].decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() in ("VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION"):
            parts.setdefault(name.strip(), value.strip())
    numbers = [parts.get(name, "") for name in ("VERSION", "PATCHLEVEL", "SUBLEVEL")]
    return ".".join(number for number in numbers if number) + parts.get("EXTRAVERSION", "")
