"""Definitions from the nodes of tree-sitter-c: only top-level nodes and the bodies of types are looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lint.cparse.definitions_out import Collector, folded
from lint.cparse.model import Kind

if TYPE_CHECKING:
    from tree_sitter import Node

_STORAGE = re.compile(rb"\b(?:static|extern|typedef|register|auto|inline|__inline(?:__)?|_Noreturn|_Thread_local)\b")
_EXTERN = re.compile(rb"\bextern\b")
_TAGS = frozenset(("struct_specifier", "union_specifier", "enum_specifier"))
_NAMES = frozenset(("identifier", "field_identifier", "type_identifier", "primitive_type"))
# How many wrappers a declarator may have: (*(*f[3])(int))[4] has six.
_MAX_WRAPPERS = 64


class TreeReader:
    """Reads nodes of a tree over ``masked``, whose first byte stands at ``shift`` in the file.

    ``gap`` bytes were cut out of it at ``cut``. It holds one top-level construct.
    """

    def __init__(self, out: Collector, masked: bytes, shift: int, cut: int = 0, gap: int = 0) -> None:
        self.out = out
        self.masked = masked
        self.shift = shift
        self.cut = cut
        self.gap = gap

    def _place(self, offset: int) -> int:
        """Where a byte of ``masked`` stands in the file."""
        return offset + self.shift + (self.gap if self.gap and offset >= self.cut else 0)

    def read(self, node: Node) -> bool:
        """Collect what one top-level node defines; False when its shape says that it was not understood."""
        kind = node.type
        if kind == "function_definition":
            return self._function(node)
        if kind == "declaration":
            return self._declaration(node)
        if kind == "type_definition":
            return self._typedef(node)
        if kind in _TAGS:
            self._types(node, "")
            return True
        return kind not in ("ERROR", "expression_statement", "if_statement", "for_statement", "while_statement")

    def _function(self, node: Node) -> bool:
        declarator = node.child_by_field_name("declarator")
        body = node.child_by_field_name("body")
        if declarator is None or body is None or declarator.has_error:
            return False
        name, params, inner = _unwrap(declarator)
        if name is None or not inner:
            return False
        type_node = node.child_by_field_name("type")
        if type_node is not None and type_node.type in _TAGS:
            self._types(type_node, "")
        self._add(
            Kind.FUNCTION,
            name,
            (0, node.end_byte),
            type=self._type(self._specifiers(node, type_node, declarator), declarator, name, params),
            params=self._params(params),
            marks=self._flags(0, body.start_byte),
        )
        return True

    def _declaration(self, node: Node) -> bool:
        type_node = node.child_by_field_name("type")
        declarators = node.children_by_field_name("declarator")
        if type_node is not None and type_node.type in _TAGS:
            self._types(type_node, "")
        if not declarators:
            return True
        specifiers = self._specifiers(node, type_node, declarators[0])
        external = _EXTERN.search(self.masked, node.start_byte, declarators[0].start_byte) is not None
        initialised = any(one.type == "init_declarator" for one in declarators)
        marks = self._flags(0, declarators[0].start_byte if initialised else node.end_byte)
        for declarator in declarators:
            value = ""
            whole = declarator
            if declarator.type == "init_declarator":
                given = declarator.child_by_field_name("value")
                value = self._original(given) if given is not None else ""
                inner = declarator.child_by_field_name("declarator")
                if inner is None:
                    continue
                whole = inner
            name, params, function = _unwrap(whole)
            if name is None or name.is_missing:
                continue
            kind = Kind.DECLARATION if function else Kind.EXTERN if external and not value else Kind.VARIABLE
            self._add(
                kind,
                name,
                (0, node.end_byte),
                type=self._type(specifiers, whole, name, params if function else None),
                params=self._params(params) if function else None,
                value=value,
                marks=marks,
            )
        return True

    def _typedef(self, node: Node) -> bool:
        type_node = node.child_by_field_name("type")
        declarators = node.children_by_field_name("declarator")
        first = ""
        specifiers = self._specifiers(node, type_node, declarators[0]) if declarators else b""
        for declarator in declarators:
            name, _, _ = _unwrap(declarator)
            if name is None or name.is_missing:
                continue
            first = first or self._text(name)
            self._add(
                Kind.TYPEDEF,
                name,
                (0, node.end_byte),
                type=self._type(specifiers, declarator, name, None),
            )
        if type_node is not None and type_node.type in _TAGS:
            self._types(type_node, first)
        return bool(declarators)

    def _types(self, node: Node, scope: str) -> None:
        """The tag of a type with a body, its members, and what is nested in it."""
        stack = [(node, scope)]
        while stack:
            node, scope = stack.pop()
            body = node.child_by_field_name("body")
            if body is None:
                continue
            name = node.child_by_field_name("name")
            if name is not None:
                scope = self._text(name)
                self._add(Kind.TAG, name, (node.start_byte, node.end_byte), type=node.type.removesuffix("_specifier"))
            for child in body.named_children:
                if child.type == "enumerator":
                    self._enumerator(child, scope)
                elif child.type == "field_declaration":
                    self._members(child, scope, stack)

    def _enumerator(self, node: Node, scope: str) -> None:
        name = node.child_by_field_name("name")
        if name is None or name.is_missing:
            return
        value = node.child_by_field_name("value")
        self._add(
            Kind.ENUMERATOR,
            name,
            (node.start_byte, node.end_byte),
            scope=scope,
            value=self._original(value) if value is not None else "",
        )

    def _members(self, node: Node, scope: str, stack: list[tuple[Node, str]]) -> None:
        type_node = node.child_by_field_name("type")
        if type_node is not None and type_node.type in _TAGS:
            stack.append((type_node, scope))
        declarators = node.children_by_field_name("declarator")
        specifiers = self._specifiers(node, type_node, declarators[0]) if declarators else b""
        for declarator in declarators:
            name, _, _ = _unwrap(declarator)
            if name is None or name.is_missing:
                continue
            self._add(
                Kind.MEMBER,
                name,
                (node.start_byte, node.end_byte),
                scope=scope,
                type=self._type(specifiers, declarator, name, None),
            )

    def _add(
        self,
        kind: Kind,
        name: Node,
        span: tuple[int, int],
        *,
        scope: str = "",
        params: tuple[str, ...] | None = None,
        value: str = "",
        type: str = "",
        marks: tuple[bool, bool, bool] = (False, False, False),
    ) -> None:
        self.out.add(
            kind,
            (self._place(name.start_byte), self._place(name.end_byte)),
            (self._place(span[0]), self._place(span[1])),
            scope=scope,
            params=params,
            value=value,
            type=type,
            marks=marks,
        )

    def _flags(self, start: int, end: int) -> tuple[bool, bool, bool]:
        return self.out.flags(self._place(start), self._place(end))

    def _text(self, node: Node) -> str:
        return self.masked[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _original(self, node: Node) -> str:
        return self.out.value(self._place(node.start_byte), self._place(node.end_byte))

    def _specifiers(self, node: Node, type_node: Node | None, declarator: Node) -> bytes:
        """What the declarators of a declaration share, without storage classes; a type with a body by its tag."""
        if type_node is None:
            return _STORAGE.sub(b" ", self.masked[node.start_byte : declarator.start_byte])
        if type_node.type in _TAGS and type_node.child_by_field_name("body") is not None:
            tag = type_node.child_by_field_name("name")
            word = type_node.type.removesuffix("_specifier").encode()
            named = word + b" " + self._text(tag).encode() if tag is not None else word
            specifiers = self.masked[node.start_byte : type_node.start_byte] + named + b" "
            specifiers += self.masked[type_node.end_byte : declarator.start_byte]
        else:
            specifiers = self.masked[node.start_byte : declarator.start_byte]
        return specifiers if node.type == "field_declaration" else _STORAGE.sub(b" ", specifiers)

    def _type(self, specifiers: bytes, declarator: Node, name: Node, params: Node | None) -> str:
        """Specifiers and declarator without the name and (for functions) without the parameter list."""
        pointer = self.masked[declarator.start_byte : name.start_byte]
        rest = self.masked[name.end_byte : params.start_byte if params is not None else declarator.end_byte]
        if params is not None:
            rest += self.masked[params.end_byte : declarator.end_byte]
        return folded(specifiers + b" " + pointer + rest)

    def _params(self, params: Node | None) -> tuple[str, ...]:
        if params is None:
            return ()
        return tuple(folded(self.masked[one.start_byte : one.end_byte]) for one in params.named_children)


def _unwrap(node: Node) -> tuple[Node | None, Node | None, bool]:
    """The name in a declarator, the parameter list right behind it, and whether it declares a function."""
    params: Node | None = None
    function = False
    current: Node | None = node
    for _ in range(_MAX_WRAPPERS):
        if current is None:
            break
        kind = current.type
        if kind in _NAMES:
            return current, params, function
        if kind == "function_declarator":
            params = current.child_by_field_name("parameters")
            function = True
        elif kind in ("pointer_declarator", "array_declarator"):
            function = False
        following = current.child_by_field_name("declarator")
        if following is None:
            named = [one for one in current.named_children if one.type.endswith("declarator") or one.type in _NAMES]
            following = named[0] if named else None
        current = following
    return None, None, False
