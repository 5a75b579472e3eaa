"""Functions whose results mean something else after a change: found in what they return, and in what they pass on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import Source, source
from lint.cparse.returns import Outcomes, Pair, aligned, constant_pairs, outcomes, passed_pairs
from lint.cparse.returns_tree import Stmt, function_body
from lint.cparse.returns_values import ERROR_POINTER, Value, evaluate, is_negative
from lint.finding import Span
from lint.snapshot.apply import FileChange

MAX_FUNCTIONS = 2_000
_RETURN = re.compile(rb"\breturn\b\s*+([^;]*+);|[^=!<>]=\s*+([-\w]++)\s*+;")
_HEAD_END = re.compile(rb"[;}]|\n\s*+\n")
_BOOL = re.compile(rb"\bbool\b|\b_Bool\b")
_VOID = re.compile(rb"\bvoid\s*+\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """One function before and after the change; ``static`` says that only its own file can call it."""

    path: str
    name: str
    old_name: str
    static: bool
    span: FunctionSpan
    old_span: FunctionSpan
    before: Stmt
    after: Stmt
    to_bool: bool
    from_bool: bool

    @property
    def retyped(self) -> bool:
        """Whether the change makes it a bool, or stops it from being one."""
        return self.to_bool != self.from_bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which result of a function before the change is which after it; ``inverted``: truth and falsehood swapped."""

    name: str
    old_name: str
    path: str
    static: bool
    line: int
    pairs: tuple[Pair, ...]
    inverted: bool
    to_bool: bool
    paths: tuple[str, ...] = ()  # where it is defined, as far as the change touches it
    keepers: tuple[tuple[str, int], ...] = ()  # definitions that return what they did: path and line
    places: frozenset[tuple[str, int]] = frozenset()  # every definition that the change touches: path and line
    origin: Span | None = None  # the unchanged expression that turns the result of another function round

    @property
    def key(self) -> tuple[str, str]:
        """What tells functions of one name apart."""
        return self.name, self.path if self.static else ""


def twins(change: Change) -> list[Twin]:
    """The touched functions whose type or whose return statements differ, in file order."""
    found: list[Twin] = []
    for file in change.files:
        if file.before is None or file.after is None or file.fragment or not file.path.endswith((".c", ".h")):
            continue
        if file.added or file.removed:
            found += _twins(file, file.before, file.after)
    return found[:MAX_FUNCTIONS]


def _twins(file: FileChange, before: bytes, after: bytes) -> Iterator[Twin]:
    old, new = source(file.old_path or file.path, before), source(file.path, after)
    old_by_name, new_by_name = _by_name(old), _by_name(new)
    renamed = dict(_renamed((old, old_by_name), (new, new_by_name)))
    for name, spans in new_by_name.items():
        olds = old_by_name.get(renamed.get(name, name), [])
        if len(olds) != len(spans):
            continue
        for old_span, span in zip(olds, spans, strict=True):
            one = _twin(file.path, (old, old_span), (new, span))
            if one is not None:
                yield one


def _renamed(
    before: tuple[Source, Mapping[str, Sequence[FunctionSpan]]],
    after: tuple[Source, Mapping[str, Sequence[FunctionSpan]]],
) -> Iterator[tuple[str, str]]:
    """New names of functions with their old ones: what stands behind the same function with the same parameters."""
    (old, old_named), (new, new_named) = before, after
    gone, come = _between(old_named, new_named), _between(new_named, old_named)
    for place, spans in come.items():
        earlier = gone.get(place, [])
        if len(earlier) == len(spans):
            for was, span in zip(earlier, spans, strict=True):
                alike = _parts(was.name) & _parts(span.name) or _are_alike(_lines(old, was), _lines(new, span))
                if alike and was.parameters == span.parameters:
                    yield span.name, was.name


def _between(
    these: Mapping[str, Sequence[FunctionSpan]], those: Mapping[str, Sequence[FunctionSpan]]
) -> dict[str, list[FunctionSpan]]:
    """The first definitions that only one side has, by the last function before them that both have."""
    found: dict[str, list[FunctionSpan]] = {}
    last = ""
    for span in sorted((spans[0] for spans in these.values()), key=lambda one: one.start):
        if span.name in those:
            last = span.name
        else:
            found.setdefault(last, []).append(span)
    return found


def _lines(src: Source, span: FunctionSpan) -> set[bytes]:
    rows = src.code[span.body_start : span.body_end].split(b"\n")
    return {row.strip() for row in rows if len(row.strip()) > 1 and b"return" not in row}


def _are_alike(one: set[bytes], other: set[bytes]) -> bool:
    """Whether two bodies share most of their lines, those that return left out."""
    return bool(one) and 2 * len(one & other) >= max(len(one), len(other))


def _parts(name: str) -> set[str]:
    return set(name.split("_")) - {""}


def _by_name(src: Source) -> dict[str, list[FunctionSpan]]:
    named: dict[str, list[FunctionSpan]] = {}
    for span in src.functions:
        if not span.macro:
            named.setdefault(span.name, []).append(span)
    return named


def _twin(path: str, before: tuple[Source, FunctionSpan], after: tuple[Source, FunctionSpan]) -> Twin | None:
    (old, old_span), (new, span) = before, after
    old_head, head = _head(old, old_span), _head(new, span)
    if _VOID.search(old_head) or _VOID.search(head):
        return None
    old_text, text = (src.code[one.body_start : one.body_end] for src, one in (before, after))
    was, is_now = _is_bool(old_head), _is_bool(head)
    if was == is_now and (old_text == text or _RETURN.findall(old_text) == _RETURN.findall(text)):
        return None
    bodies = function_body(old, old_span), function_body(new, span)
    if bodies[0] is None or bodies[1] is None:
        return None
    static = b"static" in head.split() and not path.endswith(".h")
    return Twin(path, span.name, old_span.name, static, span, old_span, bodies[0], bodies[1], is_now, was)


def _head(src: Source, span: FunctionSpan) -> bytes:
    before = src.code[max(0, span.start - 400) : span.start]
    ends = [match.end() for match in _HEAD_END.finditer(before)]
    return before[ends[-1] if ends else 0 :]


def _is_bool(head: bytes) -> bool:
    return _BOOL.search(head) is not None and b"*" not in head


def meanings(found: Sequence[Twin]) -> dict[tuple[str, str], Meaning]:
    """The functions whose results mean something else now, by name (and path, for those of one file)."""
    names = {name for twin in found for name in (twin.name, twin.old_name)}
    sides = {id(twin): (outcomes(twin.before, names), outcomes(twin.after, names)) for twin in found}
    known: dict[tuple[str, str], Meaning] = {}
    for _ in range(6):
        groups: dict[tuple[str, str], list[tuple[Twin, tuple[Pair, ...]]]] = {}
        for twin in found:
            pairs = pairs_of(*sides[id(twin)], twin.path, known)
            groups.setdefault((twin.name, twin.path if twin.static else ""), []).append((twin, pairs))
        new = {key: one for key, group in groups.items() if (one := _meaning(group)) is not None}
        if {key: one.pairs for key, one in new.items()} == {key: one.pairs for key, one in known.items()}:
            break
        known = new
    return known


def pairs_of(
    before: Outcomes, after: Outcomes, path: str, known: Mapping[tuple[str, str], Meaning]
) -> tuple[Pair, ...]:
    """Which result stands for which in one function, as far as its outcomes say so."""
    free: list[Pair] = []
    bound: list[Pair] = []
    for old, new in aligned(before, after):
        pairs: list[Pair] = []
        called = dict.fromkeys(one.name for one in new.expr.walk() if one.op == "call")
        changed = [one for name in called if (one := known.get((name, path)) or known.get((name, "")))]
        for meaning in changed:
            pairs += passed_pairs(old.expr, new.expr, (meaning.old_name, meaning.name), meaning.pairs)
        if not changed:
            pairs += constant_pairs(old.expr, new.expr)
        (bound if old.depends or new.depends else free).extend(pairs)
    return tuple(dict.fromkeys(free or bound))


def _meaning(group: Sequence[tuple[Twin, tuple[Pair, ...]]]) -> Meaning | None:
    turned = [(twin, pairs) for twin, pairs in group if swapped(pairs)]
    kept = [twin for twin, pairs in group if pairs and swapped(pairs) == set() and _is_stub(twin)]
    if turned:
        group = [(twin, pairs) for twin, pairs in group if twin not in kept]
    pairs = tuple(dict.fromkeys(pair for _, found in group for pair in found))
    flips = swapped(pairs)
    retyped = all(twin.retyped for twin, _ in group)
    pointers = any(ERROR_POINTER in pair for pair in pairs)
    if flips is None or not (retyped or pointers or flips == {True, False}):
        return None
    if not flips and not any(_key(old) != _key(new) for old, new in pairs):
        return None
    first = next((twin for twin, _ in turned), group[0][0])
    return Meaning(
        first.name,
        first.old_name,
        first.path,
        first.static,
        first.span.line,
        pairs,
        bool(flips),
        all(twin.to_bool for twin, _ in group),
        tuple(dict.fromkeys(twin.path for twin, _ in group)),
        tuple((twin.path, twin.span.line) for twin in kept) if turned else (),
        frozenset((twin.path, twin.span.line) for twin in (*kept, *(twin for twin, _ in group))),
    )


def _is_stub(twin: Twin) -> bool:
    return stub_value(twin.after) is not None


def stub_value(body: Stmt | None) -> Value | None:
    """The constant that is all a function returns; None for a function that does more."""
    if body is None or len(body.body) != 1 or body.body[0].kind != "return" or body.body[0].expr is None:
        return None
    return evaluate(body.body[0].expr, {})


def is_bool(src: Source, span: FunctionSpan) -> bool:
    """Whether a function returns a bool."""
    return _is_bool(_head(src, span))


def swapped(pairs: Sequence[Pair]) -> set[bool] | None:
    """The truth values that became their opposite; None when one of them became both."""
    images: dict[bool, set[bool]] = {}
    for old, new in pairs:
        images.setdefault(bool(old), set()).add(bool(new))
    if any(len(image) > 1 for image in images.values()):
        return None
    flips = {sense for sense, image in images.items() if sense not in image}
    return None if flips and len(images) == 2 and len(flips) == 1 else flips


def _key(value: Value) -> str:
    """What a comparison can tell: zero, below, an error pointer, or above."""
    if not value:
        return "zero"
    return ERROR_POINTER if value == ERROR_POINTER else "below" if is_negative(value) else "above"
