"""The JSON report, version 1, as types: what ``--format json`` promises, apart from what kmiglint uses itself.

A change here that is not a new optional key is a new version of the format.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0)]
Index = Annotated[int, Meta(ge=1, description="which patch of the history that was given, counted from 1")]
Path = Annotated[str, Meta(description="relative to the top of the tree, with slashes")]
Line = Annotated[int, Meta(ge=0, description="counted from 1; 0 means the file as a whole")]
TreeKind = Literal["git", "directory", "none"]
Severity = Literal["error", "warning", "note"]
Confidence = Literal["high", "medium", "low"]
Archs = Annotated[
    list[str], Meta(description="the architectures it holds for, as directories of arch/; empty: all that were asked")
]
Witness = Annotated[dict[str, str], Meta(description="values of CONFIG symbols, without the prefix, that show it")]


class Strict(Struct, forbid_unknown_fields=True):
    """The base of all wire types: every key is always there, and no other."""


class Tool(Strict):
    """What made the report."""

    name: Literal["kmiglint"]
    version: str


class Tree(Strict):
    """What the patches were held against; ``kernel`` and ``revision`` are empty where they are not known."""

    kind: TreeKind
    kernel: Annotated[str, Meta(description="the version that the top Makefile names, as 7.2.13")]
    revision: Annotated[str, Meta(description="the full commit id, in a git tree")]


class Series(Strict):
    """The first input that has a cover letter or a numbered subject."""

    subject: str
    version: Annotated[int, Meta(ge=1, description="16 for [PATCH v16 1/18]")]
    patches: Annotated[Count, Meta(description="the length of the whole history that was given")]
    message_id: Annotated[str | None, Meta(description="of the cover letter, or of the first patch; no angle brackets")]


class Patch(Strict):
    """The patch that a finding is about."""

    index: Index
    number: Annotated[str | None, Meta(description="what the subject says, as 16/18")]
    subject: Annotated[str, Meta(description="without [PATCH ...]")]
    message_id: str | None


class PatchRef(Strict):
    """The patch that has an effect."""

    index: Index


class Location(Strict):
    """The one place of a finding."""

    path: Path
    line: Line
    side: Annotated[Literal["after", "before"], Meta(description="which state of the file the line counts in")]
    function: Annotated[str | None, Meta(description="the function around it, where there is one")]


class Related(Strict):
    """A place that is evidence, often in the untouched tree."""

    path: Path
    line: Line
    note: Annotated[str, Meta(description="what is to be seen there")]


class Finding(Strict):
    """Something that is wrong or missing."""

    rule: Annotated[str, Meta(description="`kmiglint explain RULE` tells more; internal-error for a rule that broke")]
    severity: Severity
    confidence: Confidence
    message: str
    symbols: Annotated[
        list[str],
        Meta(max_length=8, description="identifiers, most important first; CONFIG symbols without the prefix"),
    ]
    arch: Archs
    scope: Annotated[
        Literal["step", "series"],
        Meta(description="step: wrong after this patch and mended by a later one; series: wrong at the end"),
    ]
    patch: Patch
    location: Location
    related: list[Related]
    witness: Witness
    suggestion: Annotated[str | None, Meta(description="an edit that would mend it")]


class ChainLink(Strict):
    """One step from cause to effect."""

    path: Path
    line: Line
    text: str


class HeldBack(Strict):
    """A symbol that hangs on a changed one and still is n in every configuration."""

    symbol: str
    unmet: Annotated[str, Meta(description="the dependency that never holds")]
    path: Path
    line: Line


class Effect(Strict):
    """Something that the series changes beyond its own lines."""

    kind: Literal["value", "option-gained", "option-lost", "object", "conditional", "override"]
    subject: str
    arch: Archs
    configs: Annotated[
        list[str], Meta(description='configurations that show it; ["witness"] when only the solver does')
    ]
    witness: Witness
    before: str
    after: str
    patch: PatchRef
    chain: list[ChainLink]
    disclosed: Annotated[bool, Meta(description="whether the changelog says so")]
    held_back: Annotated[list[HeldBack], Meta(description="what depends on the symbol and does not follow")] = []


class Problem(Strict):
    """Something that could not be analysed; the rest was."""

    stage: Literal["intake", "apply", "cparse", "kconfig", "kbuild", "rule"]
    patch: Annotated[Index | None, Meta(description="null when it concerns no single patch")]
    path: Annotated[str, Meta(description="relative to the tree, or the name of an input; empty for neither")]
    message: str


class Report(Strict):
    """What `kmiglint check --format json` prints: one object."""

    format: Literal["kmiglint/1"]
    tool: Tool
    tree: Tree
    series: Annotated[Series | None, Meta(description="null when there was no patch at all")]
    findings: Annotated[list[Finding], Meta(description="by patch, then severity, then place")]
    effects: list[Effect]
    problems: list[Problem]
    suppressed: Annotated[Count, Meta(description="findings that were filtered out")]


def encode(report: Report) -> bytes:
    """The report as UTF-8 JSON, indented by two, with a line end; the same report gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
