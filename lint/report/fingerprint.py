"""What stays the same of a finding when a series is rebased, so that it is not told twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lint.report.annotation import Texts

if TYPE_CHECKING:
    from lint.finding import Finding
    from lint.result import Result

LENGTH = 16


def fingerprints(result: Result, findings: Sequence[Finding]) -> list[str]:
    """For each finding 16 hex digits of its rule, path, symbols and line, and which of several equal ones it is.

    Line numbers, patch numbers and blanks are left out: what moves or is indented anew stays the same finding.
    """
    texts = Texts(result)
    counts: Counter[str] = Counter()
    prints = []
    for finding in findings:
        digest = _digest(finding, texts)
        counts[digest] += 1
        prints.append(f"{digest}:{counts[digest]}")
    return prints


def _digest(finding: Finding, texts: Texts) -> str:
    hit = finding.hit
    line = b" ".join(texts.at(finding.patch, hit.span).split())
    parts = (finding.rule, hit.span.path, *hit.symbols)
    data = b"\0".join([*(part.encode("utf-8", "backslashreplace") for part in parts), b"", line])
    return hashlib.sha256(data).hexdigest()[:LENGTH]
