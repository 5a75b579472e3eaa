"""The callers of functions whose results mean something else now: what they ask of the result, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import Macro, Source, source
from lint.cparse.returns import Pair, outcomes
from lint.cparse.returns_tree import Stmt, function_body, macro_body
from lint.cparse.returns_values import ERROR_POINTER, OTHER, evaluate
from lint.cparse.tests_of_result import Site, Test, sites
from lint.finding import Span
from lint.resolve import MANY_FILES, arch_of, is_host
from lint.rules._returns import Meaning, is_bool, pairs_of, stub_value, swapped


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A function or macro that calls the one in question, before and after the change."""

    src: Source
    name: str
    macro: bool
    static: bool
    before: Stmt | None
    after: Stmt


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    """Tests of one result that say something else now; ``kept``: they stand there as they did before."""

    caller: Caller
    site: Site
    tests: tuple[Test, ...]
    kept: bool


def callers(change: Change, meaning: Meaning) -> Iterator[Caller]:
    """Every function and macro that can mean this function and calls it, in order of path and place."""
    for path in _files(change, meaning):
        text = change.after.tree.read(path)
        if text is None:
            continue
        file = change.by_path.get(path)
        old_text = text if file is None else file.before
        src = source(path, text)
        old = None if old_text is None else source(path if file is None else file.old_path, old_text)
        named = meaning.name in {*(one.name for one in src.functions), *(one.name for one in src.macros)}
        if named and path not in meaning.paths and not path.endswith(".h"):
            continue  # another function of this name
        yield from _in_file(src, old, meaning.name)


def left_stubs(change: Change, meaning: Meaning) -> Iterator[tuple[str, int]]:
    """Path and line of stubs in headers that the change leaves alone, and that return the old value."""
    old = {before for before, after in meaning.pairs if bool(before) != bool(after)}
    turned = meaning.inverted and meaning.to_bool and meaning.places and not meaning.static
    for path in _files(change, meaning) if turned else ():
        text = change.after.tree.read(path) if path.endswith(".h") else None
        if text is None or meaning.name.encode() not in text:
            continue
        src = source(path, text)
        for span in src.functions:
            other = span.name == meaning.name and (path, span.line) not in meaning.places
            if other and not is_bool(src, span) and stub_value(function_body(src, span)) in old:
                yield path, span.line


def _files(change: Change, meaning: Meaning) -> list[str]:
    if meaning.static:
        return [meaning.path]
    found = change.after.search([meaning.name])[meaning.name]
    paths = list(dict.fromkeys(one.path for one in found if one.path.endswith((".c", ".h"))))
    archs = {arch_of(path) for path in meaning.paths}
    seen = [path for path in paths if None in archs or arch_of(path) is None or arch_of(path) in archs]
    return [path for path in seen if not is_host(path)] if len(paths) <= MANY_FILES else []


def _in_file(src: Source, old: Source | None, name: str) -> Iterator[Caller]:
    word = name.encode()
    for number, span in enumerate(src.functions):
        if word in src.code[span.body_start : span.body_end] and not span.macro:
            after = function_body(src, span)
            if after is not None:
                ordinal = sum(one.name == span.name for one in src.functions[:number])
                before = after if old is src else _old_body(old, span, ordinal)
                head = src.code[max(0, span.start - 200) : span.start].rpartition(b";")[2].rpartition(b"}")[2]
                static = b"static" in head.split() and not src.path.endswith(".h")
                yield Caller(src, span.name, False, static, before, after)
    for macro in src.macros:
        if macro.name != name and word in src.stripped[macro.body : macro.end]:
            body = macro_body(src, macro)
            if body is not None:
                was = body if old is src else _old_macro(old, macro)
                yield Caller(src, macro.name, True, not src.path.endswith(".h"), was, body)


def _old_body(old: Source | None, span: FunctionSpan, ordinal: int) -> Stmt | None:
    named = [] if old is None else [one for one in old.functions if one.name == span.name]
    return function_body(old, named[ordinal]) if old is not None and ordinal < len(named) else None


def _old_macro(old: Source | None, macro: Macro) -> Stmt | None:
    found = [] if old is None else [one for one in old.macros if one.name == macro.name]
    return macro_body(old, found[0]) if old is not None and len(found) == 1 else None


def misread(caller: Caller, meaning: Meaning, own: Meaning | None) -> Iterator[Misread]:
    """The results that a caller reads in another sense than before; ``own`` is the meaning of the caller itself."""
    if caller.before is None:
        return
    old = sites(caller.before, meaning.old_name)
    new = (
        old if caller.before is caller.after and meaning.old_name == meaning.name else sites(caller.after, meaning.name)
    )
    for number, site in enumerate(new):
        earlier = [old[number]] if len(old) == len(new) else list(old)
        wrong: list[Test] = []
        for position, test in enumerate(site.tests):
            candidates = [one for other in earlier for one in other.tests]
            if len(earlier) == 1 and len(candidates) == len(site.tests):
                candidates = [candidates[position]]
            if candidates and all(_differs(one, test, meaning.pairs, own) for one in candidates):
                wrong.append(test)
        if wrong and not _is_caught(site, meaning):
            first_only = len(wrong) == len(site.tests) and site.kept
            kept = all(any(one.text == test.text for other in earlier for one in other.tests) for test in wrong)
            yield Misread(caller, site, tuple(wrong[:1] if first_only else wrong), kept)


def _is_caught(site: Site, meaning: Meaning) -> bool:
    """Whether some test tells the new sign of a failed pointer from a pointer, so that the others matter less."""
    new = [after for pair in meaning.pairs for after in pair[1:] if ERROR_POINTER in pair]
    return any(test.holds(value) not in (None, test.holds(OTHER)) for test in site.tests for value in new)


def _differs(old: Test, new: Test, pairs: Sequence[Pair], own: Meaning | None) -> bool:
    """Whether a test says something else than before, and what hangs on it was not exchanged to make up for that."""
    said = [(old.holds(a), new.holds(b)) for a, b in pairs]
    known = [(a, b) for a, b in said if a is not None and b is not None]
    if all(a == b for a, b in known):
        return False
    if old is new or not all(a != b for a, b in known):
        return True
    was, is_now = [_texts(branch) for branch in old.branches], [_texts(branch) for branch in new.branches]
    return was == is_now or (was != is_now[::-1] and _same_way(old, new, own))


def _same_way(old: Test, new: Test, own: Meaning | None) -> bool:
    """Whether the branch of a test still ends as it did."""
    branches = old.branches[0], new.branches[0]
    if isinstance(branches[0], str) or isinstance(branches[1], str) or not branches[0] or not branches[1]:
        return False
    last, latest = branches[0][-1], branches[1][-1]
    if last.kind == latest.kind == "return" and last.expr is not None and latest.expr is not None:
        before, after = evaluate(last.expr, {}), evaluate(latest.expr, {})
        if before is not None and after is not None:
            return (bool(before) != bool(after)) == (own is not None and own.inverted)
    return last.text == latest.text


def _texts(branch: tuple[Stmt, ...] | str) -> str:
    return branch if isinstance(branch, str) else " ".join(f"{one.text}{_texts(one.body)}" for one in branch)


def passed_on(caller: Caller, meaning: Meaning, known: Mapping[tuple[str, str], Meaning]) -> Meaning | None:
    """What a caller that gives the result back means itself now; None when it gives back what it did."""
    if caller.before is None or not any(site.passed for site in sites(caller.after, meaning.name)):
        return None
    before, after = outcomes(caller.before, ()), outcomes(caller.after, ())
    pairs = pairs_of(before, after, caller.src.path, known)
    flips = swapped(pairs)
    if not flips:
        return None
    plain = all(one.expr.op == "call" for one in after.items if meaning.name in one.expr.text)
    site = next(site for site in sites(caller.after, meaning.name) if site.passed)
    line, column = caller.src.lines.place(site.call.start)
    origin = None if plain and not caller.macro else Span(caller.src.path, line, column, column + len(site.call.text))
    return Meaning(
        caller.name,
        caller.name,
        caller.src.path,
        caller.static,
        line,
        pairs,
        True,
        meaning.to_bool,
        (caller.src.path,),
        origin=meaning.origin or (None if plain else origin),
    )
