from __future__ import annotations

import pytest

from lint.kconfig.arches import architectures, environment, kernel_version
from lint.kconfig.scan import Place, Selector, definitions, is_kconfig_file, selectors
from lint.snapshot.memory import MemoryTree

TREE = MemoryTree(
    {
        "Makefile": b"VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\nNAME = x\n",
        "arch/Kconfig": b"config A\n\tbool\n\nmenuconfig B # b\n\tbool\n\thelp\n\t  config A is here\n",
        "arch/arm64/Kconfig": b"config ARM64\n\tdef_bool y\n\tselect A if B && \\\n\t\tC # why\n\timply A\n\tselect AB\n",
        "arch/um/Kconfig": b'config UM\n\tbool\n\tselect A if(B)\nsource "arch/$(HEADER_ARCH)/um/Kconfig"\n',
        "arch/arm/mm/Kconfig-nommu": b"config A\n\tint\n",
        "arch/x.c": b"config A\n",
        "scripts/kconfig/tests/choice/Kconfig": b"config A\n",
    }
)


def test_definitions() -> None:
    assert definitions(TREE, ("A", "B", "GONE", "no word")) == {
        "A": (Place("arch/Kconfig", 1), Place("arch/arm/mm/Kconfig-nommu", 1)),
        "B": (Place("arch/Kconfig", 4),),
        "GONE": (),
        "no word": (),
    }


def test_selectors() -> None:
    assert selectors(TREE, "A") == (
        Selector("arch/arm64/Kconfig", 3, "B && C", "ARM64", False),
        Selector("arch/arm64/Kconfig", 5, "", "ARM64", True),
        Selector("arch/um/Kconfig", 3, "(B)", "UM", False),
    )
    assert selectors(TREE, "GONE") == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Kconfig", True),
        ("init/Kconfig", True),
        ("lib/Kconfig.debug", True),
        ("arch/arm/Kconfig-nommu", True),
        ("arch/arm/Kconfig_x", True),
        ("scripts/Kconfig.include", True),
        ("Documentation/Kconfig", True),
        ("Documentation/kbuild/Kconfig.select-break", False),
        ("Documentation/kbuild/kconfig-language.rst", False),
        ("scripts/kconfig/tests/choice/Kconfig", False),
        ("tools/verification/rvgen/templates/Kconfig", False),
        ("drivers/Kconfigs", False),
        ("drivers/Makefile", False),
    ],
)
def test_names_of_kconfig_files(path: str, expected: bool) -> None:
    assert is_kconfig_file(path) is expected


def test_architectures_and_their_environment() -> None:
    assert architectures(TREE) == ("arm64", "um")
    assert environment(TREE, "arm64")["SUBARCH"] == "arm64"
    assert environment(TREE, "um")["HEADER_ARCH"] == "x86"
    assert kernel_version(TREE) == "7.3.0-rc1"
    assert kernel_version(MemoryTree({})) == ""
