"""The report for programs: JSON, version 1 (lint/report/wire.py has the types)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, cast

from lint import __version__
from lint.report import wire
from lint.report.visible import json_safe

if TYPE_CHECKING:
    from lint.effects.model import Effect
    from lint.errors import Problem
    from lint.finding import Finding, Related
    from lint.intake.model import Patch
    from lint.result import Result


def render(result: Result) -> bytes:
    """The whole result as one JSON object; the same result gives the same bytes."""
    return json_safe(wire.encode(to_wire(result)).decode()).encode()


def to_wire(result: Result) -> wire.Report:
    """The result in the types of the wire format."""
    return wire.Report(
        format="kmiglint/1",
        tool=wire.Tool("kmiglint", __version__),
        tree=wire.Tree(cast(wire.TreeKind, result.tree.kind), _text(result.tree.kernel), _text(result.tree.revision)),
        series=_series(result),
        findings=[_finding(finding, result.patch(finding.patch)) for finding in result.findings],
        effects=[_effect(effect) for effect in result.effects],
        problems=[_problem(problem) for problem in result.problems],
        suppressed=result.suppressed,
    )


def _series(result: Result) -> wire.Series | None:
    series = result.series
    if series is None:
        return None
    head = series.cover or next((patch.mail for patch in series.patches), None)
    return wire.Series(
        subject=_text(series.subject),
        version=max(series.version, 1),
        patches=len(result.history.patches),
        message_id=_or_null(head.message_id) if head else None,
    )


def _finding(finding: Finding, patch: Patch) -> wire.Finding:
    hit = finding.hit
    return wire.Finding(
        rule=finding.rule,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        message=_text(hit.message),
        symbols=[_text(symbol) for symbol in hit.symbols],
        arch=list(hit.arch),
        scope=finding.scope.value,
        patch=wire.Patch(
            index=finding.patch,
            number=_or_null(patch.number),
            subject=_text(patch.title),
            message_id=_or_null(patch.mail.message_id),
        ),
        location=wire.Location(_text(hit.span.path), hit.span.line, hit.span.side.value, _or_null(hit.function)),
        related=[_related(related) for related in hit.related],
        witness={_text(name): _text(hit.witness[name]) for name in sorted(hit.witness)},
        suggestion=None if hit.suggestion is None else _text(hit.suggestion),
    )


def _related(related: Related) -> wire.Related:
    return wire.Related(_text(related.span.path), related.span.line, _text(related.note))


def _effect(effect: Effect) -> wire.Effect:
    return wire.Effect(
        kind=effect.kind.value,
        subject=_text(effect.subject),
        arch=list(effect.arch),
        configs=list(effect.configs),
        witness={_text(name): _text(effect.witness[name]) for name in sorted(effect.witness)},
        before=_text(effect.before),
        after=_text(effect.after),
        patch=wire.PatchRef(effect.patch),
        chain=[wire.ChainLink(_text(link.path), link.line, _text(link.text)) for link in effect.chain],
        disclosed=effect.disclosed,
        held_back=[
            wire.HeldBack(_text(one.symbol), _text(one.unmet), _text(one.path), one.line) for one in effect.held_back
        ],
    )


def _problem(problem: Problem) -> wire.Problem:
    return wire.Problem(problem.stage.value, problem.patch or None, portable(problem.path), _text(problem.message))


def portable(path: str) -> str:
    """A problem's path without the machine: one in the tree as it stands, an absolute one by its last part."""
    return _text(posixpath.basename(path.rstrip("/")) if path.startswith("/") else path)


def _or_null(text: str) -> str | None:
    return _text(text) or None


def _text(text: str) -> str:
    """Text that can be encoded as UTF-8: lone surrogates, from bytes that were not, become escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
