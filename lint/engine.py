"""Run the rules over a history: stamp what they yield, tell bisection breaks from defects, survive broken rules."""

from __future__ import annotations

import gc
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lint.change import Change
from lint.finding import MAX_SYMBOLS, Confidence, Finding, Hit, Scope, Severity, Span
from lint.rule import Rule

INTERNAL = "internal-error"
BISECT = "broken-bisect-step"

_MOST_LATER = 64

Later = Callable[[int, int], Change]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings of a run, sorted, and whether a rule broke."""

    findings: tuple[Finding, ...]
    broken: bool


def judge(
    steps: Sequence[Change], later: Later, rules: Sequence[Rule], progress: Progress = lambda text: None
) -> Judgement:
    """Run every rule on every step. ``later(i, j)`` is the change from before step ``i`` to after step ``j``.

    With the rule ``broken-bisect-step`` among them, what breaks a build until a later patch mends it is its finding.
    """
    later = _remembered(later)
    bisect = next((rule for rule in rules if rule.id == BISECT), None)
    findings: list[Finding] = []
    with _rare_collections():
        _search_once(steps, rules)
        for index, step in enumerate(steps):
            progress(f"patch {step.patch.index} of {len(steps)}")
            for rule in rules:
                findings += _judge_step(rule, index, steps, later, bisect)
    findings.sort(key=_order)
    return Judgement(tuple(findings), any(finding.rule == INTERNAL for finding in findings))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Python's garbage collector looks at everything again and again; facts are kept, and hold no cycles to find."""
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], 200_000), 20, 50) if usual[0] else None
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _remembered(later: Later) -> Later:
    """The longer changes, made once for all rules; the last ones are kept."""
    known: OrderedDict[tuple[int, int], Change] = OrderedDict()

    def between(first: int, last: int) -> Change:
        key = first, last
        if key not in known:
            known[key] = later(first, last)
            if len(known) > _MOST_LATER:
                known.popitem(last=False)
        return known[key]

    return between


def _search_once(steps: Sequence[Change], rules: Sequence[Rule]) -> None:
    words: set[str] = set()
    for step in steps:
        for rule in rules:
            try:
                words.update(rule.words(step))
            except Exception:  # the check itself is going to break the same way, and says so
                continue
    if words:
        steps[0].before.search(sorted(words))


def _judge_step(
    rule: Rule, index: int, steps: Sequence[Change], later: Later, bisect: Rule | None
) -> Iterator[Finding]:
    step = steps[index]
    said: dict[int, list[Hit]] = {}  # by the last step of a longer change, what the rule says of it

    def stands(hit: Hit, last: int) -> bool:
        if last not in said:
            said[last] = list(rule.check(later(index, last)))
        return any(_same(hit, other) for other in said[last])

    try:
        for hit in _distinct(rule.check(step)):
            mender = _mender(hit, index, len(steps) - 1, stands)
            if mender is None:
                yield _stamp(rule, hit, step)
            elif not rule.at_end:
                yield _stamp_mended(rule, hit, step, steps[mender], bisect)
    except Exception as error:
        yield _internal(rule, step, error)


def _mender(hit: Hit, index: int, last: int, stands: Callable[[Hit, int], bool]) -> int | None:
    """The first later step after which the hit is gone; None when it still stands at the end."""
    if index == last or stands(hit, last):
        return None
    return next((step for step in range(index + 1, last) if not stands(hit, step)), last)


def _distinct(hits: Iterator[Hit]) -> list[Hit]:
    """One hit per place and message; the architectures of equal ones are joined."""
    kept: dict[tuple[Span, str], Hit] = {}
    for hit in hits:
        key = (hit.span, hit.message)
        known = kept.get(key)
        kept[key] = hit if known is None else replace(known, arch=tuple(sorted({*known.arch, *hit.arch})))
    return list(kept.values())


def _same(one: Hit, other: Hit) -> bool:
    """Line numbers move from step to step; what a hit is about and in which file does not."""
    return one.symbols[:1] == other.symbols[:1] and (one.span.path == other.span.path or bool(one.symbols))


def _stamp(rule: Rule, hit: Hit, step: Change, scope: Scope = Scope.SERIES) -> Finding:
    severity = rule.severity if hit.severity is None else max(rule.severity, hit.severity, key=lambda s: s.rank)
    hit = replace(hit, symbols=hit.symbols[:MAX_SYMBOLS])
    return Finding(rule.id, severity, rule.confidence, scope, step.patch.index, hit)


def _stamp_mended(rule: Rule, hit: Hit, step: Change, mended: Change, bisect: Rule | None) -> Finding:
    number = mended.patch.number or f"{mended.patch.index}"
    found = _stamp(rule, hit, step, Scope.STEP)
    if rule.mended is not None:
        found = replace(found, severity=max(found.severity, rule.mended, key=lambda s: s.rank))
    if bisect is None or not rule.breaks_build or found.severity is not Severity.ERROR:
        return replace(found, hit=replace(found.hit, message=f"{hit.message} (until patch {number} mends it)"))
    message = f"{hit.message} ({rule.id} until patch {number} mends it)"
    return replace(found, rule=bisect.id, hit=replace(found.hit, message=message), origin=rule.id)


def _internal(rule: Rule, step: Change, error: Exception) -> Finding:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    message = f"rule {rule.id} broke on patch {step.patch.index} ({type(error).__name__} in {where}): please report it"
    path = step.files[0].new_path or step.files[0].old_path if step.files else ""
    return Finding(INTERNAL, Severity.ERROR, Confidence.HIGH, Scope.STEP, step.patch.index, Hit(Span(path, 0), message))


def _order(finding: Finding) -> tuple[object, ...]:
    span = finding.hit.span
    return (finding.patch, finding.severity.rank, span.path, span.line, span.column, finding.rule, finding.hit.message)
