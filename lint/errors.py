"""What goes wrong because of the input: one sentence for the user, or one entry in the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UserError(Exception):
    """The input or the arguments are wrong; the message is one sentence that says what to do next (exit 2)."""


class Stage(StrEnum):
    """The part of the pipeline that could not analyse something."""

    INTAKE = "intake"
    APPLY = "apply"
    CPARSE = "cparse"
    KCONFIG = "kconfig"
    KBUILD = "kbuild"
    RULE = "rule"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that could not be analysed; the run goes on with the rest and the report says so.

    ``patch`` is the index of the patch in the history, counted from 1, or 0 when it concerns no single patch.
    """

    stage: Stage
    message: str
    path: str = ""
    line: int = 0
    patch: int = 0
