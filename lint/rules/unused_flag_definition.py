"""A flag, mask, offset, member or HAVE_ macro is added, moved or renumbered, and nothing uses it at the end.

Why: a flag that nobody sets and nobody tests takes a bit that others need, and readers look for the code behind it. A
conversion that touches every line of a list is the moment to leave it out.
Bad: `#define TIF_FREEZE 18` gets a new number, years after its last user went.
Good: the definition goes, or its user comes in the same series.
Source: https://lore.kernel.org/all/20260317082020.737779-14-ruanjinjie@huawei.com/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change, is_source
from lint.cparse.facts import facts
from lint.cparse.model import Definition, Kind
from lint.finding import Confidence, Hit, Severity, Span
from lint.flagwords import is_alias, is_count
from lint.migrations.model import Word
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._unused import Question, is_pasted_somewhere, is_used
from lint.snapshot.apply import FileChange

BAD = """\
== arch/new/include/asm/thread_info.h
-#define TIF_SIGPENDING	0
-#define TIF_FREEZE	19
+#define TIF_SIGPENDING	16
!#define TIF_FREEZE	18
== kernel/signal.c
 void signal_wake_up(struct task_struct *t)
 {
 	set_tsk_thread_flag(t, TIF_SIGPENDING);
 }
"""

GOOD = """\
== arch/new/include/asm/thread_info.h
-#define TIF_SIGPENDING	0
-#define TIF_FREEZE	19
+#define TIF_SIGPENDING	16
== kernel/signal.c
 void signal_wake_up(struct task_struct *t)
 {
 	set_tsk_thread_flag(t, TIF_SIGPENDING);
 }
"""

_HAVE = re.compile(r"_*(?:[A-Z0-9]+_)*HAVE_\w+\Z")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A definition on an added line, with every name under which it can be used."""

    definition: Definition
    what: str
    done: str
    names: tuple[str, ...]
    short: str


def words(change: Change) -> Iterable[str]:
    """The names of what is added, moved or renumbered."""
    return (name for one in _candidates(change) for name in one.names)


@rule(
    "unused-flag-definition",
    Severity.WARNING,
    Confidence.MEDIUM,
    since="0.5",
    bad=BAD,
    good=GOOD,
    words=words,
    at_end=True,
)
def unused_flag_definition(change: Change) -> Iterator[Hit]:
    """Definitions that the change touches and that nothing uses after it."""
    for one in _candidates(change):
        item = one.definition
        arch = arch_of(item.path)
        question = Question(one.names, arch, one.what == "macro")
        if is_used(change.after, question, {(item.path, item.line)}):
            continue
        prefixes = {name.removesuffix(one.short) for name in one.names}
        if one.short and is_pasted_somewhere(change.after, one.short, prefixes, arch):
            continue
        yield Hit(
            Span(item.path, item.line, item.column, item.column + len(item.name)),
            f"{one.what} {item.name} is {one.done}, but nothing uses it",
            (item.name,),
        )


def _candidates(change: Change) -> Iterator[_Candidate]:
    vocabulary = [word for one in change.migrations for word in (one.old_word, one.new_word)]
    if not vocabulary:
        return
    files = [file for file in change.files if _may_hold(change, file, vocabulary)]
    old: dict[str, list[Definition]] = {}
    for file in change.files if files else ():
        if file.before is not None and is_source(file.path):
            for item in facts(file.old_path or file.path, file.before).definitions.items:
                old.setdefault(item.name, []).append(item)
    for file in files:
        if file.after is not None:
            every = facts(file.path, file.after).definitions.items
            names = {item.name for item in every}
            for item in every:
                if item.line in file.added:
                    yield from _candidate(item, names, old.get(item.name, []), vocabulary)


def _may_hold(change: Change, file: FileChange, vocabulary: list[Word]) -> bool:
    """A cheap first look at the added lines of a file that is no interface to user space."""
    if file.after is None or file.binary or file.fragment or not is_source(file.path):
        return False
    if is_host(file.path) or "/uapi/" in file.path or file.path.startswith("include/uapi/"):
        return False
    if "asm-offsets" in file.path or any(f"struct {word.struct} ".encode() in file.after for word in vocabulary):
        return True
    marks = tuple(mark.encode() for word in vocabulary for mark in (word.bit_prefix, word.mask_prefix))
    return any(b"HAVE_" in text or any(m in text for m in marks) for _, text in change.added_lines(file))


def _candidate(
    item: Definition, names: set[str], old: list[Definition], vocabulary: list[Word]
) -> Iterator[_Candidate]:
    if item.kind is Kind.MEMBER:
        if not old and item.scope in {word.struct for word in vocabulary}:
            yield _Candidate(item, "member", "added", (item.name,), "")
    elif item.kind is Kind.LABEL:
        if not old and item.type.isidentifier() and item.path.endswith(".c"):
            yield _Candidate(item, "offset", "added", (item.name,), "")
    elif item.kind is Kind.MACRO and item.params is None and not item.value:
        if not old and _HAVE.match(item.name) and not item.name.endswith("_H"):
            yield _Candidate(item, "macro", "added", (item.name,), "")
    elif item.kind in (Kind.MACRO, Kind.ENUMERATOR) and item.params is None and item.path.endswith(".h"):
        done = _done(item, old)
        if done and not (item.kind is Kind.MACRO and is_alias(item.value)):
            yield from _flag(item, done, names, vocabulary)


def _flag(item: Definition, done: str, names: set[str], vocabulary: list[Word]) -> Iterator[_Candidate]:
    for word in vocabulary:
        if item.name.startswith(word.bit_prefix):
            short = item.name.removeprefix(word.bit_prefix)
            if not is_count(item.name):
                yield _Candidate(item, "flag", done, (item.name, word.mask_prefix + short), short)
            return
    for word in vocabulary:
        short = item.name.removeprefix(word.mask_prefix)
        if short != item.name and word.bit_prefix + short not in names and done == "added":
            yield _Candidate(item, "mask", done, (item.name,), short)
            return


def _done(item: Definition, old: list[Definition]) -> str:
    """What the change does with a definition; empty when only its blanks or its comment differ."""
    if not old:
        return "added"
    if all(one.path != item.path for one in old):
        return "moved"
    implicit = item.kind is Kind.ENUMERATOR and not item.value
    return "" if implicit or any(one.value == item.value for one in old if one.path == item.path) else "renumbered"
