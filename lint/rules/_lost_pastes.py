"""Names that a macro made by pasting before the change and makes no more, while code still uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.change import Change, is_source
from lint.cparse.calls_pastes import Paste
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Use
from lint.resolve import Names, Site, arch_of
from lint.snapshot.apply import FileChange

LEAST_LETTERS = 4  # of a prefix and suffix together, so that they say something


def lost_pastes(change: Change) -> Iterator[tuple[Definition, Names]]:
    """Macros of which the change takes or renames a paste, as the definition of each name that is still used."""
    for file in change.files:
        if file.before is None or file.after is None or not file.removed or b"##" not in file.before:
            continue
        if not is_source(file.path):
            continue
        before, after = change.before.facts(file.old_path), change.after.facts(file.new_path)
        if before is None or after is None:
            continue
        left = _all_pastes(change, file.new_path)
        for paste in before.pastes:
            if paste.line in file.removed and len(paste.prefix) + len(paste.suffix) >= LEAST_LETTERS:
                yield from _lost(change, file, before, after, paste, left)


def _lost(
    change: Change, file: FileChange, before: FileFacts, after: FileFacts, paste: Paste, left: list[Paste]
) -> Iterator[tuple[Definition, Names]]:
    macro = next((d for d in before.definitions_of(paste.macro) if d.kind is Kind.MACRO and d.line == paste.line), None)
    if macro is None or len(paste.pieces) > 3:
        return
    for name in sorted(after.identifiers):
        if not _makes(paste, name) or any(_makes(other, name) for other in left) or after.definitions_of(name):
            continue
        rest = name[len(paste.prefix) : len(name) - len(paste.suffix)]
        if not _is_given(change, paste, rest):
            continue
        sites = tuple(
            Site(file.new_path, reference)
            for reference in after.references([name])
            if reference.use in (Use.CALL, Use.PLAIN, Use.MACRO_BODY) and not after.is_local(reference)
        )
        if sites:
            made = Definition(
                Kind.FUNCTION, name, macro.path, macro.line, macro.column, macro.end_line, macro.start, macro.end
            )
            yield made, Names(name, (), sites)


def _makes(paste: Paste, name: str) -> bool:
    return (
        len(name) >= len(paste.prefix) + len(paste.suffix)
        and name.startswith(paste.prefix)
        and name.endswith(paste.suffix)
    )


def _is_given(change: Change, paste: Paste, rest: str) -> bool:
    """Whether some call gave the macro just what stands between prefix and suffix, before the change."""
    position = paste.params.index(paste.parameter) if paste.parameter in paste.params else 0
    # A call that makes the name of a function looks like the head of one.
    given = re.compile(
        rb"\b%b[ \t]*+\((?:[^(),]*+,){%d}[ \t]*+%b[ \t]*+[,)]"
        % (paste.macro.encode(), position, re.escape(rest.encode()))
    )
    for path in dict.fromkeys(place.path for place in change.before.search([paste.macro])[paste.macro]):
        facts = change.before.facts(path) if is_source(path) else None
        if facts is not None and given.search(facts.source.code):
            return True
    return False


def _all_pastes(change: Change, user: str) -> list[Paste]:
    """The pastes that the changed files hold after the change, those for other architectures left out."""
    found: list[Paste] = []
    for file in change.files:
        if arch_of(file.path) not in (None, arch_of(user)):
            continue
        facts = change.after.facts(file.new_path) if file.after is not None and is_source(file.new_path) else None
        found += facts.pastes if facts is not None else ()
    return [paste for paste in found if len(paste.prefix) + len(paste.suffix) >= 2]
