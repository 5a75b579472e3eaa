"""What the dialect reads, as it was written: one Entry per statement, conditions not yet joined."""

from __future__ import annotations

from typing import NamedTuple

from lint.kconfig.tokens import RawExpr


class Raw(NamedTuple):
    """One ``default``, ``select``, ``imply`` or ``depends on``, its own ``if`` (None without one) and its line."""

    value: RawExpr
    condition: RawExpr | None
    line: int


class RawRange(NamedTuple):
    """One ``range``."""

    low: RawExpr
    high: RawExpr
    condition: RawExpr | None
    line: int


class Entry:
    """A ``config`` (or menuconfig), ``choice``, ``menu``, ``comment`` or ``if``; ``parent`` is the enclosing block."""

    __slots__ = (
        "defaults",
        "depends",
        "implies",
        "kind",
        "line",
        "name",
        "optional",
        "parent",
        "path",
        "prompt",
        "prompt_line",
        "ranges",
        "selects",
        "toolchain",
        "type",
        "visible",
    )

    def __init__(self, kind: str, name: str, path: str, line: int, parent: Entry | None) -> None:
        self.kind = kind
        self.name = name
        self.path = path
        self.line = line
        self.parent = parent
        self.type = ""
        self.prompt: tuple[str, RawExpr | None] | None = None
        self.prompt_line = 0
        self.depends: list[Raw] = []
        self.visible: list[RawExpr] = []
        self.defaults: list[Raw] = []
        self.ranges: list[RawRange] = []
        self.selects: list[Raw] = []
        self.implies: list[Raw] = []
        self.optional = False
        self.toolchain = False
