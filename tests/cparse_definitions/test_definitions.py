from __future__ import annotations

import pytest

from lint.cparse.definitions import definitions
from lint.cparse.model import Definition, Kind
from lint.logic import show


def items(text: str, path: str = "x.c") -> dict[str, Definition]:
    return {item.name: item for item in definitions(path, text.encode()).items}


def test_a_function_with_everything() -> None:
    found = items("static __always_inline int __must_check\nfoo(struct bar *b, int n)\n{\n\treturn 1;\n}\n")["foo"]
    assert (found.kind, found.line, found.column, found.end_line) == (Kind.FUNCTION, 2, 1, 5)
    assert found.params == ("struct bar *b", "int n")
    assert (found.type, found.static, found.inline, found.weak) == ("int", True, True, False)
    assert found.start == 0


@pytest.mark.parametrize("text", ["int __weak f(void) {}", "__attribute__((weak)) int f(void)\n{}"])
def test_weak(text: str) -> None:
    assert items(text)["f"].weak


def test_a_construct_starts_with_its_annotations() -> None:
    found = items("int a;\n__visible int f(void) {}")["f"]
    assert (found.start, found.end) == (7, 31)


def test_noinline_is_not_inline() -> None:
    assert not items("static noinline int f(void) {}")["f"].inline


def test_old_style_parameters() -> None:
    assert items("int f(a, b)\n\tint a;\n\tchar *b;\n{\n}\nint g(void) {}\n")["g"].line == 6
    assert items("int f(a, b)\n\tint a;\n\tchar *b;\n{\n}\n")["f"].kind is Kind.FUNCTION


def test_a_function_that_returns_a_function_pointer() -> None:
    found = items("void (*pick(int n))(char c)\n{\n}\n")["pick"]
    assert (found.kind, found.params, found.type) == (Kind.FUNCTION, ("int n",), "void (*)(char c)")


def test_an_unknown_annotation_is_known_by_its_place() -> None:
    text = "static __frobnicated int a(void) __locks(x)\n{\n}\nstruct s __shiny *b;\nint c MY_SECTION;\nint MY_NAME;\n"
    assert set(items(text)) == {"a", "b", "c", "MY_NAME"}


def test_double_underscore_types_are_no_annotations() -> None:
    found = items("static __be32 addr;\n__wsum sum(const __u8 *p);\n__kernel_old_time_t t;\n")
    assert {name: item.type for name, item in found.items()} == {
        "addr": "__be32",
        "sum": "__wsum",
        "t": "__kernel_old_time_t",
    }


def test_declarations() -> None:
    found = items("extern int proto(int a, void (*f)(int));\nextern unsigned long jiffs, x[3];\nint a, *b = &a;\n")
    assert found["proto"].kind is Kind.DECLARATION
    assert found["proto"].params == ("int a", "void (*f)(int)")
    assert (found["jiffs"].kind, found["x"].kind, found["x"].type) == (Kind.EXTERN, Kind.EXTERN, "unsigned long [3]")
    assert (found["b"].kind, found["b"].type, found["b"].value) == (Kind.VARIABLE, "int *", "&a")


def test_a_table_keeps_its_initialiser_and_what_follows_it() -> None:
    found = items('static const char * const names[] = { "a", /* c */ "b;}" }, other;\n')
    assert found["names"].value == '{ "a", "b;}" }'
    assert found["other"].column == 61


def test_macros() -> None:
    text = (
        '#define A(x, y, ...) do { \\\n\tf(x); /* c */ \\\n} while (0)\n#if X\n# define B "a /* b */" // t\n#endif\n'
        "#define C\n#define D() 1\n"
    )
    found = items(text, "x.h")
    assert found["A"].params == ("x", "y", "...")
    assert found["A"].value == "do { f(x); } while (0)"
    assert (found["A"].line, found["A"].end_line) == (1, 3)
    assert (found["B"].value, found["B"].params, found["B"].column) == ('"a /* b */"', None, 10)
    assert (found["C"].value, found["D"].params) == ("", ())
    assert show(found["B"].condition) != "1"


def test_a_macro_goes_on_behind_a_comment_over_lines() -> None:
    found = items("#define A 1 + /* one\n two */ 2\nint b;\n")
    assert found["A"].value == "1 + 2"
    assert found["b"].line == 3


def test_enumerators() -> None:
    found = items(
        "enum color { RED, GREEN = 1 << 3, /* c */\n#ifdef CONFIG_B\n\tBLUE = RED,\n#else\n\tTEAL,\n#endif\n};\n"
    )
    assert {name: (item.value, item.scope) for name, item in found.items() if item.kind is Kind.ENUMERATOR} == {
        "RED": ("", "color"),
        "GREEN": ("1 << 3", "color"),
        "BLUE": ("RED", "color"),
        "TEAL": ("", "color"),
    }
    assert show(found["BLUE"].condition) == "CONFIG_B"
    assert show(found["TEAL"].condition) == "!CONFIG_B"


def test_macro_calls_between_enumerators() -> None:
    found = items("enum e { A, X(B), C, LIST(GEN) D = f(1, 2), E };\n")
    assert {name for name, item in found.items() if item.kind is Kind.ENUMERATOR} == {"A", "C", "D", "E"}


def test_members() -> None:
    text = """struct __packed outer {
	u8 x[4] __aligned(8), y:3;
	int (*fn)(struct outer *, int);
	union { int a; struct { int b; }; };
	struct inner { int c; } in;
	struct { int d; } anonymous;
	struct_group(grp, int e; int f;);
	DECLARE_BITMAP(bits, 32);
	phys_addr_t (*map)(struct outer *o,
			int n);
#ifdef CONFIG_A
	long only;
#endif
} ____cacheline_aligned;
"""
    found = items(text)
    scopes = {name: item.scope for name, item in found.items() if item.kind is Kind.MEMBER}
    assert scopes == {
        **dict.fromkeys(("x", "y", "fn", "a", "b", "in", "anonymous", "d", "grp", "e", "f", "bits", "map"), "outer"),
        "c": "inner",
        "only": "outer",
    }
    assert found["fn"].type == "int (*)(struct outer *, int)"
    assert (found["x"].type, found["outer"].type) == ("u8 [4]", "struct")
    assert show(found["only"].condition) == "CONFIG_A"
    assert "____cacheline_aligned" not in found


def test_typedefs() -> None:
    found = items("typedef struct { int a; } s_t;\ntypedef int (*cb_t)(void *), n_t;\ntypedef void (fn_t)(int);\n")
    assert {name for name, item in found.items() if item.kind is Kind.TYPEDEF} == {"s_t", "cb_t", "n_t", "fn_t"}
    assert found["a"].scope == "s_t"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("static DEFINE_MUTEX(lock);", "lock", Kind.VARIABLE),
        ("DEFINE_PER_CPU(struct foo *, ptr) = NULL;", "ptr", Kind.VARIABLE),
        ("DEFINE_PER_CPU(call_data, data);", "data", Kind.VARIABLE),
        ("DEFINE_STATIC_KEY_FALSE(key);", "key", Kind.VARIABLE),
        ("static LIST_HEAD(head);", "head", Kind.VARIABLE),
        ("static BLOCKING_NOTIFIER_HEAD(chain);", "chain", Kind.VARIABLE),
        ("TRACE_EVENT(ev, TP_PROTO(int a), TP_ARGS(a), TP_fast_assign(x = a;));", "trace_ev", Kind.FUNCTION),
        ("DEFINE_EVENT(class, ev,\n\tTP_PROTO(int a), TP_ARGS(a));", "trace_ev", Kind.FUNCTION),
        ("SYSCALL_DEFINE2(close_it, int, fd, int, x)\n{\n}\n", "sys_close_it", Kind.FUNCTION),
        ("COMPAT_SYSCALL_DEFINE1(open_it, int, fd)\n{\n}\n", "compat_sys_open_it", Kind.FUNCTION),
        ("BPF_CALL_1(helper, int, x)\n{\n}\n", "helper", Kind.FUNCTION),
        ("context_lock_struct(spin) {\n\tint raw;\n};\n", "spin", Kind.TAG),
    ],
)
def test_macro_calls(text: str, name: str, kind: Kind) -> None:
    assert items(text)[name].kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "EXPORT_SYMBOL(foo);",
        'MODULE_LICENSE("GPL");',
        "module_init(foo)\nmodule_exit(bar);",
        "DEFINE_FREE(put, int *, if (_T) put(_T))\n",
    ],
)
def test_calls_that_define_nothing(text: str) -> None:
    assert not items(text)


def test_a_header_only_declares() -> None:
    assert items("DECLARE_PER_CPU(int, x);", "x.h")["x"].kind is Kind.EXTERN


def test_what_is_never_compiled_is_left_out() -> None:
    assert set(items('#if 0\nint a; { "\n#endif\n#ifdef __cplusplus\nextern "C" {\n#endif\nint b;\n', "x.h")) == {"b"}


def test_bytes_count_in_columns() -> None:
    found = definitions("x.c", "/* é */ int a; int 	b;\r\nint c;\r\n".encode()).items
    assert [(item.name, item.line, item.column) for item in found] == [("a", 1, 14), ("b", 1, 22), ("c", 2, 5)]
