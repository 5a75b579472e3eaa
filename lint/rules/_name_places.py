"""Where a name stands: as the argument of which call, in the body of which macro, and who expands that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lint.cparse.facts import FileFacts
from lint.cparse.model import Call, Definition, Kind, Reference, Use
from lint.resolve import Site, Space, arch_of, definitions_in, is_host, is_local_to_file
from lint.snapshot.tree import Occurrence
from lint.state import State

MOST_FILES = 120
MOST_EXPANSIONS = 200
_WORD = re.compile(rb"\w+")


def calls_around(file: FileFacts, reference: Reference) -> Iterator[tuple[Call, int]]:
    """The calls that take a name as it stands for one of their arguments, with its position among them."""
    line = reference.line
    for call in file.calls(None, (max(1, line - 8), line)):
        if (call.line, call.column) < (line, reference.column):
            for position, argument in enumerate(call.arguments):
                if argument == reference.name:
                    yield call, position


def first_use(file: FileFacts, reference: Reference) -> Reference:
    """The first use of the name in the same function: where a macro would declare it."""
    span = file.source.function_at(file.source.lines.start(reference.line) + reference.column - 1)
    if span is None:
        return reference
    for other in file.references([reference.name]):
        if span.line <= other.line <= span.end_line and other.use is not Use.MEMBER:
            return other
    return reference


def is_macro(state: State, name: str, path: str) -> bool:
    """Whether a name is, or may be, a macro for code in ``path``."""
    return next(macros(state, name, path), None) is not None


def macros(state: State, name: str, path: str) -> Iterator[Definition]:
    """The macros of this name that code in ``path`` can mean, for any architecture."""
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\b" % re.escape(name.encode()))
    own = arch_of(path)
    directory = path.rpartition("/")[0] + "/"

    def defining(places: Iterable[Occurrence]) -> dict[str, None]:
        files: dict[str, None] = {}
        for place in places:
            reaches = is_host(place.path) == is_host(path) and (own is None or arch_of(place.path) in (None, own))
            if reaches and define.match(place.text) and place.path.endswith((".c", ".h", ".S", ".inc")):
                files[place.path] = None
        return files

    files = defining(state.headers([name])[name] or ())
    if files:  # a source beside the user may still have its own
        files |= defining(state.search([name], [directory])[name])
    else:
        files = defining(state.search([name])[name])
    near = [file for file in files if file.startswith(directory)]
    for file in (near or list(files))[:MOST_FILES]:
        for item in definitions_in(state, file, name, Space.ORDINARY):
            if item.kind is Kind.MACRO and (file == path or not is_local_to_file(item) or file.startswith(directory)):
                yield item


def expansions(state: State, macro: Definition) -> Iterator[Site]:
    """Uses of a macro in functions, through other macros too; none when the name has another meaning elsewhere."""
    pending, seen = [macro], {macro.name}
    count = 0
    while pending:
        current = pending.pop()
        for site in _uses(state, current):
            count += 1
            if count > MOST_EXPANSIONS:
                return
            if site.reference.use is Use.MACRO_BODY:
                name = site.reference.function
                if name and name not in seen:
                    seen.add(name)
                    pending += [
                        d for d in definitions_in(state, site.path, name, Space.ORDINARY) if d.kind is Kind.MACRO
                    ]
            elif site.reference.function:
                yield site


def _uses(state: State, macro: Definition) -> Iterator[Site]:
    places = state.search([macro.name])[macro.name]
    directory = macro.path.rpartition("/")[0] + "/"
    defining = {p.path for p in places if b"define" in p.text and p.text.lstrip().startswith(b"#")}
    own = arch_of(macro.path)
    files = dict.fromkeys(
        p.path
        for p in places
        if p.path.endswith((".c", ".h"))
        and is_host(p.path) == is_host(macro.path)
        and own in (None, arch_of(p.path) or own)
    )
    if len(defining - {macro.path}) and not macro.path.startswith(("include/", "arch/")):
        files = {path: None for path in files if path.startswith(directory)}
    if is_local_to_file(macro):
        files = {path: None for path in files if path == macro.path}
    for path in list(files)[:MOST_FILES]:
        file = state.facts(path)
        if file is None or (path != macro.path and path in defining):
            continue
        for reference in file.references([macro.name]):
            if reference.use in (Use.CALL, Use.PLAIN, Use.MACRO_BODY):
                yield Site(path, reference)


def declares(file: FileFacts, site: Reference, name: str) -> bool:
    """Whether the function around a place has a local variable or parameter of a name."""
    return file.is_local(replace(site, name=name, use=Use.PLAIN))
