from __future__ import annotations

import itertools

from hypothesis import HealthCheck, assume, given, settings

from lint.kconfig.solver import Solver
from lint.logic import Atom, Formula, both, negate
from tests.solver.models import NAMES, VALUES, kconfigs, parsed, reachable


def _has(name: str, value: str) -> Formula:
    yes, module = Atom(f"CONFIG_{name}"), Atom(f"CONFIG_{name}_MODULE")
    return {"y": yes, "m": module, "n": both((negate(yes), negate(module)))}[value]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(kconfigs())
def test_the_solver_reaches_exactly_the_values_that_kconfiglib_reaches(text: str) -> None:
    names = ("MODULES", *NAMES)
    expected = reachable(text, names)
    model = parsed(text)
    assume(not model.problems)
    solver = Solver(model)
    for vector in itertools.product(("n", "y"), *(VALUES for _ in NAMES)):
        formula = both([_has(name, value) for name, value in zip(names, vector, strict=True)])
        assert solver.possible(formula) is (vector in expected), vector
    for at, name in enumerate(names):
        values = {vector[at] for vector in expected}
        assert solver.constant(name) == (values.pop() if len(values) == 1 else None)
