from __future__ import annotations

import pytest

from lint.kconfig.shell import Shell
from lint.kconfig.toolchain import CLANG, GCC, TOOLCHAINS, Toolchain


def shell(arch: str = "arm64", toolchain: Toolchain = GCC) -> Shell:
    return Shell(toolchain, arch, lambda path: path == "scripts/here")


def success(command: str) -> str:
    return f'{{ {command}; }} >/dev/null 2>&1 && echo "y" || echo "n"'


def compiles(options: str, compiler: str = "gcc") -> str:
    return success(
        f'trap "rm -rf .tmp_$$" EXIT; mkdir .tmp_$$; {compiler} -Werror {options} -c -x c /dev/null -o .tmp_$$/tmp.o'
    )


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("./scripts/cc-version.sh gcc", "GCC 150200"),
        ("set -- GCC 150200 && echo $1", "GCC"),
        ("set -- GCC 150200 && echo $2", "150200"),
        ("set -- GCC && echo $2", ""),
        ("", ""),
        ("expr 200105 / 10000", "20"),
        ("bindgen --version 2>/dev/null", "bindgen 0.72.1"),
        ('{ true; } >/dev/null 2>&1 && echo "-m64" || echo ""', "-m64"),
        (success("command -v gcc"), "y"),
        (success("command -v tcc"), "n"),
        (success('test -z "GCC 150200"'), "n"),
        (success('test -z ""'), "y"),
        (success('test "GCC" = GCC'), "y"),
        (success('test "GCC" = Clang'), "n"),
        (success("[ 5 -ge 3 ]"), "y"),
        (success("[ ! 5 -ge 3 ]"), "n"),
        (success("! false"), "y"),
        (success("false || true"), "y"),
        (success("test -e ./scripts/here"), "y"),
        (success("test -e ./scripts/gone"), "n"),
        (success("test -e ../../etc/passwd"), "n"),
        (success("ld -v --gc-sections"), "y"),
        (success("objcopy --version | head -n1 | grep -qv llvm"), "y"),
        (success("nm --help | head -n 1 | grep -qi llvm"), "n"),
        (success("echo 'int x; { } | && ;' | gcc -x c - -S -o /dev/null"), "y"),
        (success("echo 'int x;' | $CC -x c - -c -o /dev/null"), "y"),
        (success('env "CC=gcc" ./scripts/tools-support-relr.sh'), "y"),
        (success('test "y" = 1'), "n"),
        ("echo __XTENSA_EB__ | gcc -E -P -", "__XTENSA_EB__"),
        (compiles("-fstack-protector-strong"), "y"),
        (compiles("-fsanitize=kcfi"), "n"),
        (compiles("-D__SIZEOF_INT128__=0"), "n"),
        (success("ld -v --pack-dyn-relocs=relr"), "n"),
        (compiles("-mllvm -asan-stack=1"), "n"),
        (compiles("--param asan-stack=1"), "y"),
        (compiles("-m32"), "n"),
    ],
)
def test_answers(command: str, answer: str) -> None:
    asked = shell()
    assert asked.answer(command) == (answer, True)
    assert not asked.unknown


def test_some_options_belong_to_some_architectures() -> None:
    assert shell("x86").answer(compiles("-m32"))[0] == "y"
    assert shell("riscv").answer(compiles("-m32"))[0] == "n"


def test_clang_differs() -> None:
    asked = shell(toolchain=CLANG)
    assert asked.answer(compiles("-fsanitize=kcfi", "clang")) == ("y", True)
    assert asked.answer(compiles("-fmin-function-alignment=8", "clang")) == ("n", True)
    assert asked.answer(success("llvm-nm --help | head -n 1 | grep -qi llvm")) == ("y", True)
    assert TOOLCHAINS == {"gcc": GCC, "clang": CLANG}


@pytest.mark.parametrize(
    "command",
    [
        "frobnicate --all",
        success("frobnicate"),
        "`ls`",
        "$(ls)",
        "cat /etc/passwd",
        "for x in a b; do echo $x; done",
        'echo "not closed',
        "expr a : b",
        "( " * 50 + "true" + " )" * 50,
        "grep .*.*.*x",
        "x" * 30_000,
        "&& &&",
    ],
)
def test_what_is_not_known_is_guessed_and_counted(command: str) -> None:
    asked = shell()
    text, known = asked.answer(command)
    assert not known
    assert text in ("", "y")
    assert list(asked.unknown) == [command]


@pytest.mark.parametrize(
    ("toolchain", "text", "answer"),
    [(GCC, b"$LD --pack-dyn-relocs=relr", "n"), (GCC, b"$LD -z pack-relative-relocs", "y"), (GCC, None, "y"), (CLANG, b"", "y")],
)  # fmt: skip
def test_a_script_that_tries_only_what_the_linker_refuses(
    toolchain: Toolchain, text: bytes | None, answer: str
) -> None:
    asked = Shell(toolchain, "arm64", lambda _: True, {"scripts/tools-support-relr.sh": text}.get)
    assert asked.answer(success("./scripts/tools-support-relr.sh")) == (answer, True)
