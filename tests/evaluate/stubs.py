"""Stub tools for conf, written from the declared toolchain: small shell scripts that only look at their arguments."""

from __future__ import annotations

from pathlib import Path

from lint.kconfig.toolchain import GCC, Toolchain

HEAD = "#!/bin/sh\n"


def write_stubs(home: Path, arch: str, toolchain: Toolchain = GCC) -> Path:
    """The directory with one script per tool, for one architecture; written once."""
    directory = home / f"tools-{arch}"
    if directory.is_dir():
        return directory
    directory.mkdir()
    for below in ("plugin/include/plugin-version.h", "lib/rustlib/src/rust/library/core/src/lib.rs"):
        (directory / below).parent.mkdir(parents=True)
        (directory / below).touch()
    scripts = dict.fromkeys([*toolchain.variables.values(), "openssl"], "")
    scripts = {name: _banner(toolchain, name) for name in scripts if name.isalnum()}
    scripts["gcc"] = _compiler(toolchain, arch, directory)
    scripts["ld"] = _banner(toolchain, "ld") + _refuse(toolchain.refused.get("LD", ()))
    scripts["rustc"] = _rustc(toolchain, directory)
    scripts["bindgen"] = _banner(toolchain, "bindgen") + f'echo "clang version {_llvm(toolchain)}" >&2\n'
    scripts["pahole"] = "echo v1.30\n"
    scripts["nm"] = 'case "$1" in --help) ;; *) exit 0;; esac\n' + _banner(toolchain, "nm")
    for name, text in scripts.items():
        path = directory / name
        path.write_text(HEAD + text)
        path.chmod(0o755)
    return directory


def _llvm(toolchain: Toolchain) -> str:
    number = int(toolchain.scripts["rustc-llvm-version.sh"])
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _banner(toolchain: Toolchain, name: str) -> str:
    text = toolchain.banners.get(name)
    if text is None:
        return ""
    asked = "*" if name == "openssl" else "--version|--help"
    return f"case \"$1\" in {asked}) echo '{text}'; exit 0;; esac\n"


def _refuse(options: tuple[str, ...]) -> str:
    if not options:
        return ""
    patterns = "|".join(f"'{option}'*" for option in options)
    return f'for a; do case "$a" in {patterns}) exit 1;; esac; done\n'


def _compiler(toolchain: Toolchain, arch: str, directory: Path) -> str:
    refused = toolchain.refused["CC"] + tuple(flag for flag, only in toolchain.only.items() if arch not in only)
    words = toolchain.scripts["cc-version.sh"].split()
    version = int(words[1])
    numbers = f"{version // 10000} {version // 100 % 100} {version % 100}"
    missing = "".join(f"*'{word}'*) exit 1;; " for word in toolchain.missing)
    return (
        _banner(toolchain, "gcc")
        + 'all=" $* "\n'
        + f'case "$1" in -print-file-name=*) echo "{directory}/${{1#*=}}"; exit 0;; esac\n'
        + 'case "$all" in *" -Wa,--version "*) echo "GNU assembler (GNU Binutils) 2.45"; exit 0;; esac\n'
        + _refuse(refused)
        + 'case "$all" in *" - "*) text=$(cat);; *) exit 0;; esac\n'
        + f'case "$text" in *__GNUC_PATCHLEVEL__*) echo "{words[0]} {numbers}"; exit 0;; esac\n'
        + 'case "$all" in *" -E "*) echo "$text"; exit 0;; esac\n'
        + (f'case "$text" in {missing} esac\n' if missing else "")
        # what the checks of the stack protector on x86 look for
        + 'case "$all" in *" -fstack-protector "*) echo "%gs:40 %fs:20";; esac\n'
    )


def _rustc(toolchain: Toolchain, directory: Path) -> str:
    banner = toolchain.banners["rustc"]
    return (
        f"case \"$*\" in *--verbose*) echo '{banner}'; echo 'LLVM version: {_llvm(toolchain)}'; exit 0;;"
        f" *--version*) echo '{banner}'; exit 0;; *'--print sysroot'*) echo '{directory}'; exit 0;; esac\n"
        + _refuse(toolchain.refused.get("RUSTC", ()))
    )
