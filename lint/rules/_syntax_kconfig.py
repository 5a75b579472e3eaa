"""What a change breaks in Kconfig files: the grammar of the tree's own scripts/kconfig, and what they source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.finding import Hit, Related, Severity, Side, Span
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, statements
from lint.snapshot.apply import FileChange
from lint.snapshot.tree import Occurrence
from lint.state import State

TOP = "Kconfig"
_SOURCE = ("source",)
_MOST_FILES = 300


def words(change: Change) -> Iterable[str]:
    """What is searched: a part of the path of every Kconfig file that goes."""
    return (_word(file.old_path) for file in _gone(change))


def kconfig_hits(change: Change) -> Iterator[Hit]:
    """What is refused after the change and was not before, and sources that lead nowhere."""
    for file in change.files:
        if is_kconfig_file(file.path) and file.after is not None and file.added | file.removed and not file.fragment:
            yield from _refused(change, file)
            yield from _sources(change, file)
    for file in _gone(change):
        yield from _left(change, file)


def _refused(change: Change, file: FileChange) -> Iterator[Hit]:
    from lint.kconfig.grammar import read_grammar
    from lint.kconfig.grammar_check import check

    grammar = read_grammar(change.after.tree)
    issues = check(file.after or b"", grammar, top=file.path == TOP)
    if not issues:
        return
    old = check(file.before or b"", read_grammar(change.before.tree), top=file.path == TOP)
    known = Counter(issue.message for issue in old)
    # What stood there before is first looked for among the lines that the change did not add.
    touched = {issue: any(n in file.added for n in range(issue.first, issue.last + 1)) for issue in issues}
    for issue in sorted(issues, key=lambda issue: (touched[issue], issue.first)):
        if known[issue.message]:
            known[issue.message] -= 1
            continue
        begin = (Related(Span(file.path, issue.begin), "the block begins here"),) if issue.begin else ()
        yield Hit(
            Span(file.path, issue.first),
            f"{issue.message} (the kernel's parser only warns of it)" if issue.warned else issue.message,
            symbols=(issue.word,) if issue.word else (),
            related=begin,
            severity=Severity.WARNING if issue.warned else None,
        )


def _sources(change: Change, file: FileChange) -> Iterator[Hit]:
    """Added lines that source what is not there, or the file itself in a circle."""
    before = {_target(one) for one in statements(file.before or b"")}
    for statement in statements(file.after or b""):
        path = _target(statement)
        if not path or statement.line not in file.added:
            continue
        if not _is_there(change.after, path):
            if path not in before or _is_there(change.before, path):
                yield Hit(Span(file.path, statement.line), f"{path} is sourced, but there is no such file", (path,))
        elif path not in before and _leads_to(change.after, path, file.path):
            message = f"{path} is sourced, and sources this file again"
            yield Hit(Span(file.path, statement.line), message, (path,))


def _target(statement: Statement) -> str:
    """The path that a ``source`` names; empty for every other statement."""
    if statement.word not in _SOURCE or not statement.tokens or not statement.tokens[0].quoted:
        return ""
    return statement.tokens[0].text


def _is_there(state: State, path: str) -> bool:
    """Whether a sourced file exists: for one architecture at least where its path names them all."""
    if path.startswith("arch/$(") and "$" not in path[6:]:
        rest = path.partition(")")[2]
        return not state.architectures or any(state.tree.exists(f"arch/{arch}{rest}") for arch in state.architectures)
    return "$" in path or path.startswith("/") or state.tree.exists(path)


def _leads_to(state: State, path: str, wanted: str) -> bool:
    pending, seen = [path], {path}
    while pending and len(seen) < _MOST_FILES:
        one = pending.pop()
        if one == wanted:
            return True
        for statement in statements(state.tree.read(one) or b""):
            target = _target(statement)
            if target and target not in seen:
                seen.add(target)
                pending.append(target)
    return False


def _gone(change: Change) -> Iterator[FileChange]:
    for file in change.files:
        old = file.old_path
        if old and old != file.new_path and is_kconfig_file(old) and not change.after.tree.exists(old):
            yield file


def _left(change: Change, file: FileChange) -> Iterator[Hit]:
    """Lines that still source a file that goes."""
    for occurrence in change.after.search((_word(file.old_path),))[_word(file.old_path)]:
        if not is_kconfig_file(occurrence.path) or f'"{file.old_path}"'.encode() not in occurrence.text:
            continue
        if any(_target(one) == file.old_path for one in statements(occurrence.text)) and not _is_added(
            change, occurrence
        ):
            moved = f"renames it to {file.new_path}" if file.new_path else "deletes it"
            yield Hit(
                Span(occurrence.path, occurrence.line),
                f"{file.old_path} is still sourced, but there is no such file any more",
                (file.old_path,),
                (Related(Span(file.old_path, 0, side=Side.BEFORE), f"this patch {moved}"),),
            )


def _is_added(change: Change, occurrence: Occurrence) -> bool:
    file = change.by_path.get(occurrence.path)
    return file is not None and occurrence.line in file.added


def _word(path: str) -> str:
    """A part of a Kconfig file's path that can be searched as a word, the rarer the better."""
    folder, _, name = path.rpartition("/")
    last = name.removeprefix("Kconfig").lstrip(".-_") or folder.rpartition("/")[2] or name
    pieces = "".join(char if char.isalnum() or char == "_" else " " for char in last).split()
    return max(pieces or ["Kconfig"], key=len)
