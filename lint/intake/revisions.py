"""Patches out of a git repository: a range of commits, or what is staged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

from lint.errors import Problem, UserError
from lint.gitcmd import Git
from lint.intake.diff import read_diff
from lint.intake.message import decoded
from lint.intake.model import Mail, Patch, Series

MAX_COMMITS = 5_000
_DIFF = (
    "-p",
    "-r",
    "-M",
    "-l1000",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--submodule=short",
    "--ignore-submodules=none",
    "--unified=3",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)


@dataclass(frozen=True, slots=True)
class _Commit:
    name: str
    parent: str
    author: str
    date: str
    title: str
    changelog: str


def is_range(source: str) -> bool:
    """Whether a source on the command line is written like ``REV..REV``."""
    return ".." in source and not source.startswith("-") and "\n" not in source and not source.startswith(("../", "/"))


def read_range(source: str, repository: Path, first: int) -> tuple[Series, tuple[Problem, ...]]:
    """The commits of ``REV..REV`` along first parents, oldest first, as one series; patches count from ``first``.

    Raises UserError when there is no such repository or revision, or no commit in between.
    """
    git = _git(repository, f"{source} is no file")
    limit = ("--first-parent", "--reverse", f"--max-count={MAX_COMMITS + 1}")
    code, output, reason = git.attempt("rev-list", *limit, "--end-of-options", source, "--")
    if code != 0:
        where = f"{source} is no file and no range of commits in {repository}"
        raise UserError(f"{where} ({reason}): name two commits or tags, as in BASE..TIP")
    names = output.decode("ascii", "replace").split()
    if not names:
        raise UserError(f"{source} holds no commits: give the older revision first, as in BASE..TIP")
    if len(names) > MAX_COMMITS:
        raise UserError(f"{source} holds more than {MAX_COMMITS} commits: give a shorter range")
    commits = _commits(git, names)
    patches: list[Patch] = []
    problems: list[Problem] = []
    for index, (commit, diff) in enumerate(zip(commits, _diffs(git, names), strict=True), first):
        files, more = read_diff(diff)
        mail = Mail(subject=commit.title, author=commit.author, date=commit.date, body=commit.changelog)
        patches.append(
            Patch(index, "", commit.title, mail, commit.changelog, "", files, commit.name, author=commit.author)
        )
        problems.extend(_at(more, index))
    series = Series(commits[0].title, 1, len(patches), None, tuple(patches), source, commits[0].parent, from_git=True)
    return series, tuple(problems)


def read_staged(repository: Path, index: int) -> tuple[Series | None, tuple[Problem, ...]]:
    """What is staged in the index against HEAD, or against nothing before the first commit; None when nothing is."""
    git = _git(repository, "--staged reads git's index", index=True)
    code, head, _ = git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    base = head.decode("ascii", "replace").strip() if code == 0 else ""
    against = base or git.run("hash-object", "-t", "tree", "--stdin").decode("ascii", "replace").strip()
    diff = git.run("diff-index", "--cached", *_DIFF, against, "--")
    if not diff:
        return None, ()
    files, problems = read_diff(diff)
    title = "staged changes"
    patch = Patch(index, "", title, Mail(subject=title), "", "", files, "staged")
    return Series(title, 1, 1, None, (patch,), "staged", base), _at(problems, index)


def _git(repository: Path, why: str, *, index: bool = False) -> Git:
    git = Git(repository, index=index)
    code, _, reason = git.attempt("rev-parse", "--git-dir")
    if code != 0:
        raise UserError(
            f"{why}, and {repository} can't be used ({reason}): give --tree the directory of a git repository"
        )
    return git


def _at(problems: Sequence[Problem], index: int) -> tuple[Problem, ...]:
    return tuple(Problem(one.stage, one.message, one.path, one.line, index) for one in problems)


def _commits(git: Git, names: Sequence[str]) -> list[_Commit]:
    """The commits, read raw: no format of git's own can be confused by what a message holds."""
    output = git.run("cat-file", "--batch", input="".join(f"{name}\n" for name in names).encode())
    found: list[_Commit] = []
    at = 0
    for name in names:
        end = output.index(b"\n", at)
        fields = output[at:end].split(b" ")
        if len(fields) != 3 or fields[1] != b"commit":
            raise UserError(f"commit {name} can't be read in {git.repository}: run git fsck")
        size = int(fields[2])
        found.append(_commit(name, output[end + 1 : end + 1 + size]))
        at = end + 1 + size + 1
    return found


def _commit(name: str, raw: bytes) -> _Commit:
    head, _, text = raw.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        headers.setdefault(key, value)
    charset = headers.get(b"encoding", b"utf-8").decode("latin-1")
    message = decoded(text, charset).replace("\r\n", "\n").strip("\n")
    title, _, changelog = message.partition("\n\n")
    author, _, date = headers.get(b"author", b"").rpartition(b"> ")
    return _Commit(
        name,
        headers.get(b"parent", b"").decode("ascii", "replace"),
        decoded(author + b">", charset) if author else "",
        _date(date),
        " ".join(title.split()),
        changelog.strip("\n"),
    )


def _date(text: bytes) -> str:
    """``seconds +hhmm`` as a mail writes it; empty when it makes no sense."""
    seconds, _, zone = text.decode("ascii", "replace").partition(" ")
    try:
        minutes = int(zone[-4:-2]) * 60 + int(zone[-2:])
        offset = timezone(timedelta(minutes=-minutes if zone.startswith("-") else minutes))
        return format_datetime(datetime.fromtimestamp(int(seconds), offset))
    except (ValueError, OverflowError, OSError):
        return ""


def _diffs(git: Git, names: Sequence[str]) -> list[bytes]:
    """The diff of each commit to its first parent."""
    text = "".join(f"{name}\n" for name in names).encode()
    output = b"\n" + git.run(
        "diff-tree", "--stdin", "--root", "--diff-merges=first-parent", "--always", *_DIFF, input=text
    )
    # A line that is a commit's name and nothing else can't stand inside a diff: each of its lines has a mark in front.
    starts: list[tuple[int, int]] = []
    at = 0
    for name in names:
        mark = b"\n" + name.encode("ascii") + b"\n"
        at = output.find(mark, at)
        if at < 0:
            raise UserError(f"git diff-tree gives nothing for commit {name} in {git.repository}: run git fsck")
        starts.append((at, at + len(mark)))
        at += len(mark) - 1
    ends = [start for start, _ in starts[1:]] + [len(output)]
    return [output[begin : end + 1] for (_, begin), end in zip(starts, ends, strict=True)]
