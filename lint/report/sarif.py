"""SARIF 2.1.0, for code scanning: the findings as results, what was not analysed as notifications of the run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lint import __version__
from lint.report.annotation import Place, Places, counted, number, unanalysed
from lint.report.fingerprint import fingerprints
from lint.report.replacement import replacement
from lint.report.sarif_rules import descriptor
from lint.report.sarif_text import columns, plain, uri
from lint.report.visible import json_safe, visible

if TYPE_CHECKING:
    from lint.errors import Problem
    from lint.finding import Finding, Related
    from lint.result import Result
    from lint.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
ROOT_TEXT = "The top of the kernel tree with all patches applied."
INTERNAL = "internal-error"


def render(result: Result, rules: Sequence[Rule] | None = None) -> bytes:
    """The whole log, one run, whose lines count after the last patch; ``rules`` default to all that ran."""
    if rules is None:
        from lint.rules import RULES

        rules = [rule for rule in RULES if rule.id in result.rules]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(result, rules)]}
    return (json_safe(json.dumps(log, indent=2, ensure_ascii=False)) + "\n").encode()


def _run(result: Result, rules: Sequence[Rule]) -> dict[str, Any]:
    findings = [one for one in result.findings if one.rule != INTERNAL]
    described = [descriptor(rule) for rule in rules]
    known = {rule.id: index for index, rule in enumerate(rules)}
    for finding in findings:
        if finding.rule not in known:
            known[finding.rule] = len(described)
            described.append({"id": finding.rule})
    places = Places(result)
    prints = fingerprints(result, findings)
    return {
        "tool": {"driver": {"name": "kmiglint", "semanticVersion": __version__, "rules": described}},
        "automationDetails": {"id": "kmiglint/"},
        "invocations": [_invocation(result)],
        "originalUriBaseIds": {ROOT: {"description": {"text": ROOT_TEXT}}},
        "columnKind": "utf16CodeUnits",
        "results": [
            _result(result, finding, known[finding.rule], places, prints[index])
            for index, finding in enumerate(findings)
        ],
        "properties": {
            "tree": {
                "kind": result.tree.kind,
                "kernel": visible(result.tree.kernel),
                "revision": visible(result.tree.revision),
            },
            "patches": len(result.history.patches),
            "suppressed": result.suppressed,
        },
    }


def _result(result: Result, finding: Finding, index: int, places: Places, fingerprint: str) -> dict[str, Any]:
    hit = finding.hit
    place = places.of(finding)
    location = _location(place)
    if hit.function:
        location["logicalLocations"] = [{"name": visible(hit.function), "kind": "function"}]
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": plain(hit.message)},
        "locations": [location] if place.path else [],
        "relatedLocations": [
            _related(result, finding, one, places, count) for count, one in enumerate(hit.related, start=1)
        ],
        "partialFingerprints": {"kmiglint/v1": fingerprint, "primaryLocationLineHash": fingerprint},
        "properties": _properties(result, finding, place),
    }
    edit = replacement(place, hit.suggestion)
    if edit is not None:
        made["fixes"] = [_fix(place, *edit)]
    return made


def _location(place: Place) -> dict[str, Any]:
    """A place; code scanning wants a line for everything, so a file as a whole is its first line."""
    region = {"startLine": place.line or 1, **columns(place.text, place.column, place.end_column)}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": uri(path), "uriBaseId": ROOT}


def _related(result: Result, finding: Finding, related: Related, places: Places, count: int) -> dict[str, Any]:
    patch = related.patch or finding.patch
    note = plain(related.note)
    if not related.span.path:
        return {"id": count, "message": {"text": note}}
    place = places.carried(patch, related.span)
    if not place.exact:
        note = f"{note}: {plain(counted(result, patch, related.span))}"
    return {"id": count, **_location(place), "message": {"text": note}}


def _properties(result: Result, finding: Finding, place: Place) -> dict[str, Any]:
    """What only this tool knows; ``place`` is the place as the patch counts it where the line is gone since."""
    hit = finding.hit
    properties: dict[str, Any] = {
        "confidence": finding.confidence.value,
        "scope": finding.scope.value,
        "patch": {
            "index": finding.patch,
            "number": number(result, finding.patch),
            "subject": visible(result.patch(finding.patch).title),
        },
        "symbols": [visible(symbol) for symbol in hit.symbols],
        "arch": [visible(arch) for arch in hit.arch],
    }
    if hit.witness:
        properties["witness"] = {visible(name): visible(hit.witness[name]) for name in sorted(hit.witness)}
    if hit.suggestion:
        properties["suggestion"] = visible(hit.suggestion)
    if not place.exact and hit.span.path:
        properties["place"] = counted(result, finding.patch, hit.span)
    return properties


def _fix(place: Place, start: int, end: int, text: str) -> dict[str, Any]:
    region = {"startLine": place.line, **columns(place.text, start, end)}
    change = {
        "artifactLocation": _artifact(place.path),
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": text}}],
    }
    return {"description": {"text": plain(f"write {text}")}, "artifactChanges": [change]}


def _invocation(result: Result) -> dict[str, Any]:
    """What could not be analysed, and rules that broke: both are said of the run, they are no findings."""
    notes = [_notification(problem) for problem in result.problems]
    notes += [
        {"descriptor": {"id": INTERNAL}, "level": "error", "message": {"text": plain(one.hit.message)}}
        for one in result.findings
        if one.rule == INTERNAL
    ]
    return {"executionSuccessful": not result.broken, "toolExecutionNotifications": notes}


def _notification(problem: Problem) -> dict[str, Any]:
    note: dict[str, Any] = {
        "descriptor": {"id": problem.stage.value},
        "level": "warning",
        "message": {"text": plain(unanalysed(problem))},
    }
    if problem.patch:
        note["properties"] = {"patch": problem.patch}
    return note
