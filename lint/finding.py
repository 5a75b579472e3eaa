"""What rules yield and reports show: severities, places, hits and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

MAX_SYMBOLS = 8
_EMPTY: Mapping[str, str] = MappingProxyType({})


class Severity(StrEnum):
    """How bad it is: ``error`` breaks a build or a behaviour, ``warning`` should be mended, ``note`` is a hint."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst, growing as it gets milder."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure the rule is; written in the rule, never computed."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Side(StrEnum):
    """Which state of a file a line number counts in."""

    BEFORE = "before"
    AFTER = "after"


class Scope(StrEnum):
    """``step``: wrong after this patch, mended by a later one; ``series``: wrong at the end."""

    STEP = "step"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in one state of a file.

    ``line`` counts from 1 (0: the file as a whole); ``column`` and ``end_column`` count bytes from 1, the end is
    exclusive; 0 means the whole line.
    """

    path: str
    line: int
    column: int = 0
    end_column: int = 0
    side: Side = Side.AFTER


@dataclass(frozen=True, slots=True)
class Related:
    """A place that is evidence for a finding, with a few words on what is to be seen there.

    ``patch`` is the index of the patch whose before or after state the span counts in; 0: that of the finding.
    """

    span: Span
    note: str
    patch: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule says of one place; the engine stamps it with rule, severity, confidence and patch.

    ``symbols``: identifiers that it is about, most important first; CONFIG symbols without the prefix.
    ``arch``: architectures (directories of arch/) that it holds for, empty for all that were asked.
    ``severity``: only where this place is milder than the rule's own level (a suspicion that is not proven).
    """

    span: Span
    message: str
    symbols: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    arch: tuple[str, ...] = ()
    witness: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    function: str = ""
    suggestion: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit, stamped by the engine. ``origin`` is the rule that found it, where ``rule`` is another."""

    rule: str
    severity: Severity
    confidence: Confidence
    scope: Scope
    patch: int
    hit: Hit
    origin: str = ""
