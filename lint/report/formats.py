"""The formats of a check's report by name; a format's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lint.report.screen import Screen
    from lint.result import Result

Render: TypeAlias = "Callable[[Result, Screen], str | bytes]"


def _text() -> Render:
    from lint.report.text import render

    return render


def _terse() -> Render:
    from lint.report.terse import render

    return lambda result, screen: render(result)


def _json() -> Render:
    from lint.report.json_report import render

    return lambda result, screen: render(result)


def _sarif() -> Render:
    from lint.report.sarif import render

    return lambda result, screen: render(result)


def _github() -> Render:
    from lint.report.github import render

    return lambda result, screen: render(result)


def _rdjsonl() -> Render:
    from lint.report.rdjsonl import render

    return lambda result, screen: render(result)


def _b4() -> Render:
    from lint.report.b4 import render

    return lambda result, screen: render(result)


FORMATS: Mapping[str, Callable[[], Render]] = {
    "text": _text,
    "terse": _terse,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
    "rdjsonl": _rdjsonl,
    "b4": _b4,
}
