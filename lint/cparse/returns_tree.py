"""The statements and expressions of one function body, as values: what its results and its tests are read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import Macro, Source

if TYPE_CHECKING:
    from tree_sitter import Node

# Nobody nests deeper; what does is left out of the tree.
MAX_DEPTH = 150
_HEAD = b"int f(void)"


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """One expression without parentheses and casts.

    ``op`` is ``name``, ``const``, ``call``, ``member``, ``other``, ``?``, ``?:``, ``[]``,
    ``++`` (or ``--``) or the operator as written; ``name``
    that of a variable, constant or callee; ``start`` an offset in the file; ``text`` has its blanks folded.
    """

    op: str
    text: str
    start: int
    parts: tuple[Expr, ...] = ()
    name: str = ""

    def walk(self) -> Iterator[Expr]:
        """This expression and all below it, in the order of the text."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Stmt:
    """One statement.

    ``kind`` is ``if``, ``loop``, ``switch``, ``case``, ``label``, ``return``, ``goto``, ``jump``, ``expr``,
    ``init`` or ``block``; ``expr`` its condition, value or initialiser; ``name`` a label or an initialised variable;
    ``body`` and ``other`` what it holds, and its else.
    """

    kind: str
    start: int
    text: str
    expr: Expr | None = None
    name: str = ""
    body: tuple[Stmt, ...] = ()
    other: tuple[Stmt, ...] = ()


def function_body(src: Source, span: FunctionSpan) -> Stmt | None:
    """The body of a function; None for one that no parser should see."""
    return _parsed(src.readable[span.body_start : span.body_end], span.body_start)


def macro_body(src: Source, macro: Macro) -> Stmt | None:
    """The body of a macro, an expression being taken as what it returns."""
    text = src.uncommented[macro.body : macro.end].replace(b"\\\n", b" \n")
    bare = text.strip()
    if not bare or b"##" in bare:
        return None
    head, tail = (b"{ return ", b";}") if not bare.startswith((b"do", b"{", b"({")) else (b"{", b";}")
    return _parsed(head + text + tail, macro.body - len(head))


def _parsed(text: bytes, at: int) -> Stmt | None:
    from lint.cparse.parse import parse, readable

    if not readable(text):
        return None
    code = _HEAD + text
    for node in parse(code).children:
        if node.type == "function_definition":
            body = node.child_by_field_name("body")
            if body is not None:
                return _Reader(code, at - len(_HEAD)).block(body, 0)
    return None


_LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})


class _Reader:
    def __init__(self, code: bytes, shift: int) -> None:
        self._code = code
        self._shift = shift

    def block(self, node: Node, depth: int) -> Stmt:
        found = [one for child in node.named_children for one in self.statement(child, depth + 1)]
        return Stmt("block", self._at(node), "", body=tuple(found))

    def statement(self, node: Node, depth: int) -> Iterator[Stmt]:
        kind, start, text = node.type, self._at(node), self._text(node)
        if depth > MAX_DEPTH or kind == "comment":
            return
        if kind == "compound_statement":
            yield self.block(node, depth)
        elif kind == "if_statement":
            body, other = self._held(node, "consequence", depth), self._held(node, "alternative", depth)
            yield Stmt("if", start, text, self._part(node, "condition", depth), body=body, other=other)
        elif kind in _LOOPS:
            for field in ("initializer", "update"):
                part = node.child_by_field_name(field)
                if part is not None and part.type != "declaration":
                    yield Stmt("expr", self._at(part), self._text(part), self.expression(part, depth))
                elif part is not None:
                    yield from self.statement(part, depth + 1)
            yield Stmt("loop", start, text, self._part(node, "condition", depth), body=self._held(node, "body", depth))
        elif kind == "switch_statement":
            yield Stmt(
                "switch", start, text, self._part(node, "condition", depth), body=self._held(node, "body", depth)
            )
        elif kind == "case_statement":
            value = node.child_by_field_name("value")
            rest = [child for child in node.named_children if value is None or child.id != value.id]
            body = tuple(one for child in rest for one in self.statement(child, depth + 1))
            label = "default" if value is None else self._text(value)
            yield Stmt("case", start, text, self._part(node, "value", depth), label, body)
        elif kind == "labeled_statement":
            target = node.child_by_field_name("label")
            yield Stmt("label", start, text, name="" if target is None else self._text(target))
            for child in node.named_children[1:]:
                yield from self.statement(child, depth + 1)
        elif kind in ("return_statement", "goto_statement", "expression_statement"):
            first = next((one for one in node.named_children if one.type != "comment"), None)
            value_of = None if first is None or kind == "goto_statement" else self.expression(first, depth)
            yield Stmt(kind.partition("_")[0].replace("expression", "expr"), start, text, value_of)
        elif kind in ("break_statement", "continue_statement"):
            yield Stmt("jump", start, text)
        elif kind == "declaration":
            yield from self._declared(node, depth)
        elif kind in ("else_clause", "ERROR"):
            for child in node.named_children:
                yield from self.statement(child, depth + 1)
        elif kind.endswith(("_expression", "identifier")):
            yield Stmt("expr", start, text, self.expression(node, depth))

    def _declared(self, node: Node, depth: int) -> Iterator[Stmt]:
        for child in node.named_children:
            if child.type == "init_declarator":
                name, value = child.child_by_field_name("declarator"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    bare = self._text(name).lstrip("* ")
                    yield Stmt("init", self._at(child), self._text(child), self.expression(value, depth), bare)

    def _held(self, node: Node, field: str, depth: int) -> tuple[Stmt, ...]:
        child = node.child_by_field_name(field)
        if child is None:
            return ()
        found = tuple(self.statement(child, depth + 1))
        return found[0].body if len(found) == 1 and found[0].kind == "block" else found

    def _part(self, node: Node, field: str, depth: int) -> Expr | None:
        child = node.child_by_field_name(field)
        return None if child is None else self.expression(child, depth)

    def expression(self, node: Node, depth: int) -> Expr:
        while node.type in ("parenthesized_expression", "cast_expression"):
            inner = node.child_by_field_name("value") or next(iter(node.named_children), None)
            if inner is None:
                break
            node = inner
        kind, start, text = node.type, self._at(node), self._text(node)
        if kind in ("identifier", "type_identifier"):
            return Expr("name", text, start, name=text)
        if kind in ("number_literal", "true", "false", "null"):
            return Expr("const", text, start, name=text)
        if depth > MAX_DEPTH:
            return Expr("other", text, start)
        parts = tuple(self.expression(child, depth + 1) for child in self._operands(node))
        if kind == "call_expression":
            function = node.child_by_field_name("function")
            direct = function is not None and function.type == "identifier"
            return Expr("call", text, start, parts, self._text(function) if direct and function else "")
        if kind == "conditional_expression":
            return Expr("?" if len(parts) == 3 else "?:", text, start, parts)
        operator = node.child_by_field_name("operator")
        if kind in ("unary_expression", "binary_expression", "assignment_expression") and operator is not None:
            return Expr(self._text(operator), text, start, parts)
        if kind == "subscript_expression" and len(parts) == 2:
            return Expr("[]", text, start, parts)
        if kind == "update_expression" and parts:
            return Expr("++", text, start, parts)
        if kind == "pointer_expression" and operator is not None:
            return Expr(f"unary {self._text(operator)}", text, start, parts)
        return Expr("member" if kind == "field_expression" else "other", text, start, parts)

    def _operands(self, node: Node) -> list[Node]:
        if node.type == "call_expression":
            arguments = node.child_by_field_name("arguments")
            function = node.child_by_field_name("function")
            held = [] if arguments is None else [one for one in arguments.named_children if one.type != "comment"]
            return held if function is None or function.type == "identifier" else [*held, function]
        if node.type in ("compound_statement", "sizeof_expression", "alignof_expression", "offsetof_expression"):
            return []
        return [one for one in node.named_children if one.type not in ("comment", "type_descriptor")]

    def _at(self, node: Node) -> int:
        return node.start_byte + self._shift

    def _text(self, node: Node) -> str:
        return " ".join(self._code[node.start_byte : node.end_byte].decode("utf-8", "replace").split())
