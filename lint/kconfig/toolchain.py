"""The declared toolchains: what a compiler, assembler, linker and their helpers answer when Kconfig asks.

Nothing here is ever run. An option is taken as supported unless a table below refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One set of tools, by what they answer.

    ``variables``: what make passes on to Kconfig (CC, LD, CC_VERSION_TEXT, ...). ``scripts``: the output of a helper
    script by its base name; a script that is not listed succeeds silently. ``banners``: the first line of ``--version``
    and ``--help`` of a tool. ``refused``: beginnings of options that a tool does not know, by variable (CC, LD, RUSTC).
    ``only``: beginnings of compiler options that only some architectures have. ``macros``: predefined ones that are
    asked for. ``missing``: beginnings of words in assembly that the assembler does not know.
    ``needs``: pairs of a helper script and a word that it must hold to succeed, because the other ways are refused.
    """

    name: str
    variables: Mapping[str, str]
    scripts: Mapping[str, str]
    banners: Mapping[str, str]
    refused: Mapping[str, tuple[str, ...]]
    only: Mapping[str, frozenset[str]]
    macros: Mapping[str, str]
    failing: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


_RUST = {
    "rustc-version.sh": "109600",
    "rustc-llvm-version.sh": "220100",
    "pahole-version.sh": "130",
}
_RUST_TEXT = "rustc 1.96.0 (built from a source tarball)"

_GCC_ONLY_ON = {
    "-m32": frozenset({"powerpc", "sparc", "um", "x86"}),
    "-m64": frozenset({"powerpc", "s390", "sparc", "um", "x86"}),
    "-mrecord-mcount": frozenset({"s390", "um", "x86"}),
    "-fsanitize=kernel-hwaddress": frozenset({"arm64"}),
    "-fsanitize=shadow-call-stack": frozenset({"arm64"}),
    "-fsanitize=kernel-address": frozenset(
        {"arm", "arm64", "loongarch", "mips", "powerpc", "riscv", "s390", "sparc", "um", "x86", "xtensa"}
    ),
}

GCC = Toolchain(
    name="gcc",
    variables=MappingProxyType(
        {
            "CC": "gcc",
            "HOSTCC": "gcc",
            "LD": "ld",
            "AR": "ar",
            "NM": "nm",
            "OBJCOPY": "objcopy",
            "OBJDUMP": "objdump",
            "STRIP": "strip",
            "READELF": "readelf",
            "PAHOLE": "pahole",
            "RUSTC": "rustc",
            "BINDGEN": "bindgen",
            "PYTHON3": "python3",
            "CLANG_FLAGS": "",
            "CC_VERSION_TEXT": "gcc (GCC) 15.2.0",
            "RUSTC_VERSION_TEXT": _RUST_TEXT,
            "PAHOLE_VERSION": "130",
        }
    ),
    scripts=MappingProxyType(
        {"cc-version.sh": "GCC 150200", "as-version.sh": "GNU 24500", "ld-version.sh": "BFD 24500", **_RUST}
    ),
    banners=MappingProxyType(
        {
            "ld": "GNU ld (GNU Binutils) 2.45",
            "gcc": "gcc (GCC) 15.2.0",
            "ar": "Usage: ar [emulation options] [-]{dmpqrstx}[abcDfilMNoOPsSTuvV] [--plugin <name>] archive-file",
            "nm": "Usage: nm [option(s)] [file(s)]",
            "objcopy": "GNU objcopy (GNU Binutils) 2.45",
            "bindgen": "bindgen 0.72.1",
            "rustc": _RUST_TEXT,
            "openssl": "{ 2.16.840.1.101.3.4.3.19, id-ml-dsa-87, ML-DSA-87, MLDSA87 } @ default",
        }
    ),
    refused=MappingProxyType(
        {
            "CC": (
                "--target=",
                "-D__SIZEOF_INT128__=",
                "-Wunreachable-code-fallthrough",
                "-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang",
                "-falloc-token",
                "-fbasic-block-sections",
                "-fexperimental-",
                "-fms-anonymous-structs",
                "-frandomize-layout-seed",
                "-fsanitize-cfi",
                "-fsanitize-coverage-stack-depth",
                "-fsanitize-ignorelist",
                "-fsanitize-kcfi",
                "-fsanitize-undefined-ignore-overflow-pattern",
                "-fsanitize=array-bounds",
                "-fsanitize=cfi",
                "-fsanitize=implicit-",
                "-fsanitize=kcfi",
                "-fsanitize=kernel-memory",
                "-fsanitize=unsigned-integer-overflow",
                "-fsanitize=local-bounds",
                "-mllvm",
                "-mno-global-merge",
            ),
            "LD": ("--lto", "--no-relax-gp", "--pack-dyn-relocs=", "--thinlto", "--use-android-relr-tags"),
        }
    ),
    only=MappingProxyType(_GCC_ONLY_ON),
    macros=MappingProxyType({"__XTENSA_CALL0_ABI__": "1"}),
    needs=(("tools-support-relr.sh", "pack-relative-relocs"),),
)

CLANG = Toolchain(
    name="clang",
    variables=MappingProxyType(
        {
            **GCC.variables,
            "CC": "clang",
            "HOSTCC": "clang",
            "LD": "ld.lld",
            "AR": "llvm-ar",
            "NM": "llvm-nm",
            "OBJCOPY": "llvm-objcopy",
            "OBJDUMP": "llvm-objdump",
            "STRIP": "llvm-strip",
            "READELF": "llvm-readelf",
            "CC_VERSION_TEXT": "clang version 22.1.0",
        }
    ),
    scripts=MappingProxyType(
        {"cc-version.sh": "Clang 220100", "as-version.sh": "LLVM 220100", "ld-version.sh": "LLD 220100", **_RUST}
    ),
    banners=MappingProxyType(
        {
            **GCC.banners,
            "ld.lld": "LLD 22.1.0 (compatible with GNU linkers)",
            "clang": "clang version 22.1.0",
            "llvm-ar": "OVERVIEW: LLVM Archiver",
            "llvm-nm": "OVERVIEW: LLVM symbol table dumper",
            "llvm-objcopy": "llvm-objcopy, compatible with GNU objcopy",
        }
    ),
    refused=MappingProxyType(
        {
            "CC": (
                "--param",
                "-D__SIZEOF_INT128__=",
                "-Wimplicit-fallthrough=",
                "-fconserve-stack",
                "-finline-stringops",
                "-fmin-function-alignment",
                "-fplugin",
                "-fsanitize=bounds-strict",
                "-mabi=n32-",
                "-mindirect-branch=",
                "-mindirect-branch-register",
                "-mrecord-mcount",
            ),
        }
    ),
    only=MappingProxyType(
        {
            **{flag: arches for flag, arches in _GCC_ONLY_ON.items() if flag in ("-m32", "-m64")},
            "-fsanitize=kernel-hwaddress": frozenset({"arm64", "riscv", "x86"}),
            "-fsanitize=shadow-call-stack": frozenset({"arm64", "riscv"}),
            "-fsanitize=kcfi": frozenset({"arm", "arm64", "loongarch", "riscv", "um", "x86"}),
            "-fsanitize=kernel-memory": frozenset({"s390", "x86"}),
        }
    ),
    macros=GCC.macros,
)

TOOLCHAINS: Mapping[str, Toolchain] = MappingProxyType({"gcc": GCC, "clang": CLANG})
