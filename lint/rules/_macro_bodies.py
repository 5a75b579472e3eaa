"""Macros whose body names something else than their parameter, and calls that paste a name which does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from lint.change import Change
from lint.cparse.calls_pastes import pasted_names
from lint.cparse.facts import FileFacts
from lint.cparse.facts_source import Macro
from lint.cparse.model import Definition, Reference, Use
from lint.logic import Formula, both
from lint.resolve import Site, arch_of, is_host
from lint.rules._name_evidence import headers_define, is_macro_in
from lint.rules._name_places import calls_around, declares, expansions, is_macro, macros
from lint.snapshot.words import scan
from lint.state import State

NEAR = 0.8
_WORD = re.compile(rb"[A-Za-z_]\w*+")


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A macro that leaves its parameter unused, and names something alike: ``line`` and ``column`` of that name."""

    macro: Macro
    path: str
    parameter: str
    name: str
    line: int
    column: int
    condition: Formula


def misspelt(file: FileFacts, macro: Macro) -> Misspelt | None:
    """The name in a macro's body that stands for a parameter which the body lacks; None when all is well."""
    if not macro.params:
        return None
    words = [(found[0].decode(), found.start()) for found in _WORD.finditer(file.stripped, macro.body, macro.end)]
    present = {word for word, _ in words}
    missing = [name for name in macro.params if name not in present and name != "__VA_ARGS__"]
    for parameter in missing:
        for word, offset in words:
            before = file.stripped[macro.body : offset].rstrip()[-2:]
            following = file.stripped[offset + len(word) : macro.end].lstrip()[:2]
            is_other = before.endswith((b"->", b".", b"#")) or following[:1] == b"(" or following == b"##"
            if word not in macro.params and not is_other and is_alike(word, parameter):
                line, column = file.source.lines.place(offset)
                return Misspelt(macro, file.path, parameter, word, line, column, file.conditions.at(macro.line))
    return None


def is_alike(word: str, parameter: str) -> bool:
    """Whether one name is the other but for its case or a slip of the fingers."""
    if word.casefold() == parameter.casefold():
        return True
    if min(len(word), len(parameter)) < 3 or abs(len(word) - len(parameter)) > 2:
        return False
    if sorted(word) == sorted(parameter) and word[0] == parameter[0]:
        return True
    return SequenceMatcher(None, word, parameter).ratio() >= NEAR


def broken_macros(change: Change) -> Iterator[tuple[Misspelt, Site]]:
    """Misspelt macros that the change adds, each with an expansion where nothing declares the name."""
    for file in change.files:
        facts = change.after.facts(file.new_path) if file.new_path.endswith((".c", ".h")) and file.added else None
        if facts is None or b"define" not in facts.text:
            continue
        for macro in facts.source.macros:
            last = facts.source.lines.line(max(macro.start, macro.end - 1))
            if file.added.isdisjoint(range(macro.line, last + 1)):
                continue
            found = misspelt(facts, macro)
            if found is not None and found.line in file.added and not _is_known(change.after, found):
                definition = next((d for d in facts.definitions_of(macro.name) if d.line == macro.line), None)
                site = _expansion(change.after, definition, found.name) if definition is not None else None
                if site is not None:
                    yield found, site


def broken_calls(change: Change, site: Site, header: str = "") -> Iterator[Misspelt]:
    """Misspelt macros that an added call may expand, for one architecture at least; those of ``header``, or any."""
    file = change.after.facts(site.path)
    if file is None or site.reference.use is not Use.CALL:
        return
    name = site.reference.name
    for path, line in _suspects(change.after, name, site.path, header):
        owner = change.after.facts(path)
        macro = next((one for one in owner.source.macros if one.line == line), None) if owner else None
        found = misspelt(owner, macro) if owner is not None and macro is not None else None
        if found is not None and not declares(file, site.reference, found.name) and not _is_known(change.after, found):
            yield found


def _suspects(state: State, name: str, path: str, header: str) -> Iterator[tuple[str, int]]:
    """Macros of one line that leave a parameter unused, for code in ``path``: those of a header, or of any."""
    text = state.tree.read(header) if header else None
    if header:
        places = scan([name], [(header, text)] if text is not None else [])[name]
    elif headers_define(state, name, path):
        places = [*(state.headers([name])[name] or ())]
    else:
        places = [*state.search([name])[name]]
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\(([^()]*+)\)(.*[^\\])\Z" % re.escape(name.encode()))
    own = arch_of(path)
    for place in places:
        found = define.match(place.text) if place.path.endswith((".h", ".c")) else None
        if found is None or is_host(place.path) != is_host(path):
            continue
        shared = place.path.endswith(".h") and (own is None or arch_of(place.path) in (None, own))
        words = set(_WORD.findall(found[2]))
        params = {word.strip() for word in found[1].split(b",")} - {b"", b"..."}
        if (shared or place.path == path) and not params <= words:
            yield place.path, place.line


@dataclass(frozen=True, slots=True)
class Pasted:
    """A name that a call makes out of its argument, by a macro, under the condition that chooses this macro."""

    name: str
    macro: Definition
    condition: Formula


def pasted_by(state: State, site: Site) -> Iterator[Pasted]:
    """The names that the call around a use would paste the used name into."""
    file = state.facts(site.path)
    if file is None or not site.reference.function or site.reference.use is not Use.PLAIN:
        return
    for call, position in calls_around(file, site.reference):
        if call.arguments[position] != site.reference.name:
            continue
        for macro in macros(state, call.name, site.path):
            owner = state.facts(macro.path)
            if owner is None or not macro.params or position >= len(macro.params):
                continue
            parameter = macro.params[position]
            for paste in owner.pastes:
                if paste.macro == macro.name and paste.parameter == parameter and paste.params == macro.params:
                    here = both((site.reference.condition, macro.condition))
                    if macro.line <= paste.line <= macro.end_line:
                        yield from (Pasted(name, macro, here) for name in pasted_names(call, [paste]))


def hands_on(state: State, macro: Definition, path: str) -> bool:
    """Whether a macro gives what it pastes to another macro, for which it need not be a name; or pastes nothing."""
    owner = state.facts(macro.path)
    calls = owner.calls(None, (macro.line, macro.end_line)) if owner is not None else ()
    pasting = [call for call in calls if any("##" in argument for argument in call.arguments)]
    if not pasting:
        return "##" not in macro.value
    return any(is_macro(state, call.name, path) for call in pasting)


def _is_known(state: State, found: Misspelt) -> bool:
    """Whether the misspelt name may well be something else that the macro's file can see."""
    directory = found.path.rpartition("/")[0] + "/"
    own = arch_of(found.path)
    places = {directory, "include/linux/", "include/asm-generic/", *([f"arch/{own}/include/"] if own else [])}
    return is_macro_in(state, found.name, found.path, sorted(places))


def _expansion(state: State, macro: Definition, name: str) -> Site | None:
    """An expansion in a function that does not declare the name; None when all of them might."""
    for site in expansions(state, macro):
        file = state.facts(site.path)
        if file is not None and site.reference.condition is not False and not declares(file, site.reference, name):
            return site
    return None


def reference_of(found: Misspelt) -> Reference:
    """The misspelt name as a use in the macro's body."""
    return Reference(found.name, found.line, found.column, Use.MACRO_BODY, found.macro.name, found.condition)
