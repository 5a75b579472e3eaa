"""Under which condition a line of a unit is built, and what the compiler keeps of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.kbuild.gates import Gate
from lint.logic import Formula, both, either
from lint.presence.alive import may_pass, passed_before
from lint.presence.view import View
from lint.resolve import Space

_CONSTANT = re.compile(rb"\{\s*return\s*\(?\s*(0|false|NULL|1|true)\s*\)?\s*;\s*\}\s*\Z")
_ONLY = re.compile(r"\(?\s*(0|false|NULL|1|true)\s*\)?\Z")
_EMPTY_DO = re.compile(r"do\s*\{\s*\}\s*while\s*\(\s*0\s*\)\Z")
_MOST_CALLERS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One use in the eyes of one unit: when the line is compiled, and when the compiler keeps it besides."""

    compiled: Formula
    kept: Formula


def gate_of(view: View) -> Gate:
    """When the unit is linked into the kernel, and when into a module."""
    return view.state.gating.gate(view.unit)


def place(view: View, path: str, reference: Reference) -> Place:
    """When a use in the unit or one of its headers is compiled and kept, the Makefiles left out."""
    file = view.state.facts(path)
    compiled = view.settled(both((view.condition_of(path), reference.condition)))
    if file is None or reference.use is Use.MACRO_BODY:
        return Place(compiled, True)
    return Place(compiled, kept(view, file, reference))


def kept(view: View, file: FileFacts, reference: Reference, depth: int = 2) -> Formula:
    """When the compiler keeps the code around a use, as far as its tests are constants."""
    source = file.source
    offset = source.lines.start(reference.line) + reference.column - 1
    function = source.function_at(offset)
    if function is None:
        return True
    tests = passed_before(source.code, function.body_start, function.body_end, offset)
    here = may_pass(tests, lambda name: constants(view, name))
    if here is False or depth == 0:
        return here
    own = next((d for d in file.definitions_of(function.name) if d.kind is Kind.FUNCTION and d.static), None)
    if own is None or file.path.endswith(".h"):
        return here
    return both((here, _called(view, file, own, depth - 1)))


def _called(view: View, file: FileFacts, function: Definition, depth: int) -> Formula:
    """When something in the file still needs a static function."""
    callers: list[Formula] = []
    uses = [r for r in file.references([function.name]) if not function.line <= r.line <= function.end_line]
    if len(uses) > _MOST_CALLERS:
        return True
    for one in uses:
        if one.use is Use.DEFINED or (one.use is Use.PLAIN and one.line == function.line):
            continue
        if _is_prototype(file, one):
            continue
        callers.append(both((view.settled(one.condition), _through(view, file, one), kept(view, file, one, depth))))
    return either(callers) if callers else True


def _is_prototype(file: FileFacts, one: Reference) -> bool:
    return any(d.line == one.line and d.column == one.column for d in file.definitions_of(one.name))


def _through(view: View, file: FileFacts, one: Reference) -> Formula:
    """When a macro like ``pm_ptr(f)`` passes its argument on."""
    for call in file.calls(None, (one.line, one.line)):
        if call.arguments == (one.name,) and call.name.endswith("_ptr"):
            never, _ = constants(view, call.name)
            passed = [_enabled(m.value) for m in view.macros(call.name)]
            found = [p for p in passed if p is not None]
            return view.settled(both(found)) if found else either([never is False])
    return True


def _enabled(value: str) -> Formula | None:
    from lint.cparse.conditions_expression import condition

    found = re.search(r"IS_ENABLED\(CONFIG_\w+\)", value)
    return condition(found[0])[0] if found is not None else None


def constants(view: View, name: str) -> tuple[Formula, Formula]:
    """When a function, macro or variable that stands in a test is a constant: false, and true."""
    never: list[Formula] = []
    always: list[Formula] = []
    if len(name) < 4 or not name.isidentifier():
        return False, False
    for offer in view.offers(name, Space.ORDINARY, promised=False):
        value = _constant(view, offer.definition)
        if value is not None:
            (always if value else never).append(offer.condition)
    return either(never), either(always)


def _constant(view: View, definition: Definition) -> bool | None:
    if definition.kind is Kind.MACRO:
        found = _ONLY.match(definition.value.strip())
        if found is None:
            return None
        return found[1] in ("1", "true")
    if definition.kind is not Kind.FUNCTION:
        return None
    text = view.state.tree.read(definition.path) or b""
    body = _CONSTANT.search(text[definition.start : definition.end])
    return None if body is None else body[1] in (b"1", b"true")
