from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lint.errors import UserError
from lint.gitcmd import Git

_PLAIN = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A U Thor",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z",
}


def git(repository: Path, *args: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(repository), *args], check=True, capture_output=True, env=_PLAIN, timeout=60
    ).stdout


def make(repository: Path, *commits: dict[str, str]) -> Path:
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    for number, files in enumerate(commits, 1):
        for path, text in files.items():
            (repository / path).parent.mkdir(parents=True, exist_ok=True)
            (repository / path).write_text(text)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", f"commit {number}")
    return repository


def hostile(repository: Path, marker: Path) -> None:
    """A configuration that leaves the marker whenever git runs anything of it."""
    trap = repository.parent / "trap"
    trap.write_text(f"#!/bin/sh\necho $0 $* >> {marker}\ncat\n")
    trap.chmod(0o755)
    hooks = repository.parent / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    for key, value in {
        "core.fsmonitor": str(trap),
        "core.hooksPath": str(hooks),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "core.askPass": str(trap),
        "core.editor": str(trap),
        "pager.diff-tree": str(trap),
        "pager.grep": "true",
        "pager.rev-list": "true",
        "diff.external": str(trap),
        "diff.evil.command": str(trap),
        "diff.evil.textconv": str(trap),
        "diff.evil.cachetextconv": "true",
        "filter.evil.clean": str(trap),
        "filter.evil.smudge": str(trap),
        "filter.evil.process": str(trap),
        "filter.evil.required": "true",
        "alias.rev-list": f"!{trap}",
        "alias.diff-tree": f"!{trap}",
        "log.showSignature": "true",
        "gpg.program": str(trap),
        "credential.helper": f"!{trap}",
        "remote.origin.url": str(repository),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": str(trap),
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "protocol.file.allow": "always",
        "protocol.ext.allow": "always",
        "submodule.recurse": "true",
    }.items():
        git(repository, "config", key, value)
    (repository / ".git/info/attributes").write_text("* diff=evil filter=evil\n")


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make(tmp_path / "tree", {"Kconfig": "config A\n"}, {"Kconfig": "config B\n"})
    marker = tmp_path / "marker"
    hostile(repository, marker)
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH", "GIT_ASKPASS", "GIT_EDITOR"):
        monkeypatch.setenv(name, str(tmp_path / "trap"))
    runner = Git(repository)
    (repository / "Kconfig").write_text("config C\n")
    assert b"config B" in runner.run("diff-tree", "-p", "--no-ext-diff", "--no-textconv", "HEAD~1", "HEAD")
    assert runner.run("diff-index", "--cached", "-p", "--no-ext-diff", "--no-textconv", "HEAD") == b""
    assert len(runner.run("rev-list", "HEAD").split()) == 2
    assert b"config B" in runner.run("cat-file", "--batch", input=b"HEAD:Kconfig\n")
    assert b"config" in runner.run("grep", "--no-textconv", "-F", "-e", "config", "HEAD")
    assert b"config C" in runner.run("grep", "--no-textconv", "-F", "-e", "config")
    assert runner.run("ls-files", "-z") == b"Kconfig\0"
    missing = "1" * 40
    assert runner.attempt("cat-file", "-p", missing)[0] != 0
    assert not marker.exists(), marker.read_text()


def test_the_trap_works(tmp_path: Path) -> None:
    repository = make(tmp_path / "tree", {"Kconfig": "config A\n"}, {"Kconfig": "config B\n"})
    marker = tmp_path / "marker"
    hostile(repository, marker)
    subprocess.run(["git", "-C", str(repository), "diff", "HEAD~1"], capture_output=True, env=_PLAIN, timeout=60)
    assert marker.exists()


def test_gits_reason_reaches_the_user(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"git rev-parse failed in .*: not a git repository"):
        Git(tmp_path).run("rev-parse", "HEAD")
    with pytest.raises(UserError, match="No such file"):
        Git(tmp_path / "missing").run("rev-parse", "HEAD")


def test_output_is_bounded(tmp_path: Path) -> None:
    repository = make(tmp_path / "tree", {"a": "x" * 100_000})
    with pytest.raises(UserError, match="more than 1000 bytes"):
        Git(repository).run("cat-file", "-p", "HEAD:a", limit=1000)
    assert len(Git(repository).run("cat-file", "-p", "HEAD:a", limit=100_000)) == 100_000


def test_without_git_the_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="install git"):
        Git(tmp_path).run("rev-parse", "HEAD")


def test_only_the_index_of_a_hook_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "next-index.lock")
    assert "GIT_DIR" not in Git(Path(".")).environment()
    assert "GIT_INDEX_FILE" not in Git(Path(".")).environment()
    assert Git(Path("."), index=True).environment()["GIT_INDEX_FILE"] == os.path.abspath("next-index.lock")
