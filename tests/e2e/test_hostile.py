"""Repositories, trees and patches that want something run, shown or leaked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.driving import (
    MBOX,
    check,
    committed_series,
    git,
    mails,
    mbox,
    new_file,
    patch,
    plain_tree,
    process,
    rules_of,
    run,
    write,
)

# Escape, C1 and DEL, other control characters than line end and tab, bidi and zero-width marks.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b\r\x08"
HOOKS = ("fsmonitor-watchman", "pre-commit", "post-index-change", "post-checkout", "reference-transaction")


def trap(place: Path) -> tuple[Path, Path]:
    """A script, and the file that is there once it has run."""
    marker = place / "marker"
    script = place / "script"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    return script, marker


def hostile_repository(place: Path) -> tuple[Path, Path]:
    script, marker = trap(place)
    tree = committed_series(place / "linux")
    attributes = "*.c diff=evil filter=evil merge=evil text\n*.S diff=evil filter=evil working-tree-encoding=UTF-16\n"
    (tree / ".gitattributes").write_text(attributes)
    git(tree, "add", ".gitattributes")
    git(tree, "commit", "-q", "-m", "attributes")
    (tree / "kernel/seccomp.c").write_text("int staged;\n")
    git(tree, "add", "kernel/seccomp.c")
    for path in tree.rglob("*.c"):
        path.touch()
    (tree / "kernel/ptrace.c").write_text("int edited;\n")
    for name in HOOKS:
        hook = tree / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_bytes(script.read_bytes())
        hook.chmod(0o755)
    settings = (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy",
        "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge",
        "filter.evil.process", "merge.evil.driver", "credential.helper", "gpg.program", "uploadpack.packObjectsHook",
        "pager.diff-index", "pager.ls-files", "interactive.diffFilter",
    )  # fmt: skip
    for name in settings:
        git(tree, "config", name, str(script))
    git(tree, "config", "filter.evil.required", "true")
    git(tree, "config", "core.hooksPath", str(tree / ".git" / "hooks"))
    for name in ("diff-index", "rev-parse", "cat-file", "ls-files", "grep", "diff-tree", "rev-list", "config"):
        git(tree, "config", f"alias.{name}", f"!{script}")
    return tree, marker


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    tree, marker = hostile_repository(tmp_path)
    config = (tree / ".git" / "config").read_bytes()
    series = check(MBOX, "--tree", tree, "--base", "base")
    commits = check("base..HEAD~1", "--tree", tree)
    assert rules_of(series.report) == rules_of(commits.report) != []
    check("base..HEAD", "--tree", tree)
    staged = check("--staged", "--tree", tree)
    assert staged.report["series"]["patches"] == 1
    assert process("check", "--staged", cwd=tree, GIT_EXTERNAL_DIFF=str(tmp_path / "script")).code in (0, 1)
    assert not marker.exists()
    assert (tree / ".git" / "config").read_bytes() == config


def kconfig_with(script: Path, marker: Path) -> str:
    return (
        f"evil := $(shell,{script} && touch {marker})\n$(shell,touch {marker})\n"
        f"config EVIL_RUN\n\tdef_bool $(success,touch {marker})\n\tdefault y if $(evil)\n"
        f'config EVIL_TEXT\n\tstring\n\tdefault "$(shell,touch {marker})"\n\tdefault "$(HOME)$(GITHUB_TOKEN)"\n'
        '\tdefault "$(python,touch)"\n$(error-if,y,$(HOME)$(GITHUB_TOKEN))\n$(warning-if,y,$(GITHUB_TOKEN))\n'
        '$(info,$(GITHUB_TOKEN))\nsource "$(GITHUB_TOKEN)/Kconfig"\n'
    )


def test_no_kconfig_runs_or_leaks_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the tree, and arriving in a patch; kconfiglib would also import a module of the user's."""
    script, marker = trap(tmp_path)
    tree = plain_tree(tmp_path / "linux")
    evil = kconfig_with(script, marker)
    with (tree / "Kconfig").open("a") as file:
        file.write(evil)
    module = f'open({str(marker)!r}, "w")\nfunctions = {{}}\n'
    for name in ("kconfigfunctions.py", "evil_functions.py", "sitecustomize.py", "kconfiglib.py", "click.py"):
        (tree / name).write_text(module)
    arriving = patch(new_file("arch/arm64/Kconfig.evil", *evil.splitlines()))
    lines = (tree / "arch/arm64/Kconfig").read_text().splitlines()
    change = f"@@ -1,{len(lines)} +1,{len(lines) + 1} @@\n" + "".join(f" {line}\n" for line in lines)
    names = "--- a/arch/arm64/Kconfig\n+++ b/arch/arm64/Kconfig\n"
    arriving += f'diff --git a/arch/arm64/Kconfig b/arch/arm64/Kconfig\n{names}{change}+source "arch/arm64/Kconfig.evil"\n'.encode()
    (tmp_path / "arriving.patch").write_bytes(arriving)
    secret = "hunter2-secret"
    environment = {
        "KCONFIG_FUNCTIONS": "evil_functions",
        "GITHUB_TOKEN": secret,
        "HOME": str(tmp_path / "private-home"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tree)
    monkeypatch.syspath_prepend(str(tree))
    for inputs in ((MBOX,), (tmp_path / "arriving.patch", MBOX)):
        done = check(*inputs, "--tree", tree)
        text = run("check", *inputs, "--tree", tree)
        assert "redundant-select" in rules_of(done.report)
        for out in (done.out, text.out, text.err.encode()):
            assert secret.encode() not in out
            assert b"private-home" not in out
    assert not marker.exists()


def test_the_command_does_not_import_from_where_it_stands(tmp_path: Path) -> None:
    _, marker = trap(tmp_path)
    tree = plain_tree(tmp_path / "linux")
    for name in ("kconfigfunctions.py", "evil_functions.py"):
        (tree / name).write_text(f'open({str(marker)!r}, "w")\n')
    done = process("check", MBOX, cwd=tree, KCONFIG_FUNCTIONS="evil_functions")
    assert (done.code, done.err) == (1, "")
    assert not marker.exists()


def nasty_mail() -> bytes:
    path = "arch/arm64/kernel/x\u202e\x9b[31m.c"
    lines = (f"#ifdef CONFIG_NO_SUCH /* {NASTY} */", f"int x{NASTY};", "#endif")
    return patch(new_file(path, *lines), f"[PATCH 1/2] arm64: {NASTY.replace(chr(13), '')} title")


@pytest.mark.parametrize("form", ["text", "terse", "json"])
def test_nothing_moves_a_cursor_or_reorders_text(tmp_path: Path, form: str) -> None:
    quoted = b'diff --git "a/kernel/q\\033[1m.c" "b/kernel/q\\033[1m.c"\nnew file mode 100644\n--- /dev/null\n'
    quoted += b'+++ "b/kernel/q\\033[1m.c"\n@@ -0,0 +1,2 @@\n+#ifdef CONFIG_NOT_THERE\xff\xfe\x1b[3m\n+#endif\n'
    broken = f"diff --git a/../{NASTY} b/../{NASTY}\n--- a/../{NASTY}\n+++ b/../{NASTY}\n@@ -1 +1 @@\n-a\n+b\n"
    second = patch(quoted + broken.encode(), f"[PATCH 2/2] {NASTY}")
    path = tmp_path / "nasty.mbox"
    start = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\n"
    path.write_bytes(mbox(start + nasty_mail(), start + second, *mails()))
    tree = plain_tree(tmp_path / "linux")
    done = run("check", path, "--tree", tree, "--format", form)
    assert (done.code, done.err) == (1, "")
    shown = done.out.decode()
    assert not RAW.search(shown), RAW.findall(shown)
    assert "NO_SUCH" in shown
    refusal = run("check", tmp_path / f"no{NASTY}", "--tree", tree)
    assert refusal.code == 2
    assert not RAW.search(refusal.err)
    assert refusal.err.count("\n") == 1


def test_a_nasty_tree_and_commit(tmp_path: Path) -> None:
    tree = committed_series(tmp_path / "linux")
    source = f"#ifdef CONFIG_NO_SUCH /* {NASTY} */\n#endif\n".encode()
    write(tree, {f"arch/arm64/kernel/{name}.c": source for name in ("y\u202e\x9b[31m", "z\x1b[31m")})
    with (tree / "Kconfig").open("a") as file:
        file.write(f'source "{NASTY.replace(chr(13), "")}"\nconfig {NASTY}\n')
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", f"nasty {NASTY}")
    for form in ("text", "terse", "json"):
        done = run("check", "base..HEAD", "--tree", tree, "--format", form)
        assert (done.code, done.err) == (1, "")
        assert not RAW.search(done.out.decode())
        assert "NO_SUCH" in done.out.decode()


def test_sizes_that_explode_stay_bounded(tmp_path: Path) -> None:
    """Deep nesting, long lines, a macro that doubles, a hunk that lies about its length."""
    macros = ["x0 := aaaaaaaaaa", *(f"x{n} := $(x{n - 1})$(x{n - 1})" for n in range(1, 60))]
    diff = new_file("arch/arm64/Kconfig.deep", *macros, *(["if A"] * 1000), "config A", '\tstring "' + "(" * 5000)
    diff += new_file("arch/arm64/kernel/deep.c", "#if " + "(" * 20000, "{" * 20000, "a" * 200_000, *(["#if X"] * 5000))
    diff += b"diff --git a/Makefile b/Makefile\n--- a/Makefile\n+++ b/Makefile\n@@ -1,999999999 +1,999999999 @@\n-VERSION = 7\n+x\n"
    lines = (plain_tree(tmp_path / "linux") / "arch/arm64/Kconfig").read_text().splitlines()
    change = f"@@ -1,{len(lines)} +1,{len(lines) + 1} @@\n" + "".join(f" {line}\n" for line in lines)
    head = "diff --git a/arch/arm64/Kconfig b/arch/arm64/Kconfig\n--- a/arch/arm64/Kconfig\n+++ b/arch/arm64/Kconfig\n"
    diff += f'{head}{change}+source "arch/arm64/Kconfig.deep"\n'.encode()
    path = tmp_path / "deep.patch"
    path.write_bytes(patch(diff))
    done = process("check", path, MBOX, "--tree", tmp_path / "linux", "--format", "json")
    assert (done.code, done.err) == (1, "")
    assert done.report["problems"]
