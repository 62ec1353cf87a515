"""Values of terms, in 30 digits.

A term that does not denote raises `Undefined` (1/0, the root of a number below 0, log 0), and a comparison with such a
side is false. An If is strict in both branches. E over finitely many points is a sum; over other laws it is computed in
either of two orders (`quadrature`). A run is one of the shipped code, with all draws enumerated or integrated over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from zotheory.kernel import terms as of
from zotheory.proving.numbers import runs
from zotheory.proving.numbers.arithmetic import MP, PI, ZERO, Skipped, Undefined, inner, note, slopes, vector
from zotheory.proving.numbers.quadrature import Named, is_finite, mean
from zotheory.proving.numbers.runs import Drawn, Missing

EVALUATIONS = 10_000  # of integrands, for one comparison
SUMMANDS = 100
NOTHING = object()  # the state of a run that divides by 0: E over what does not speak of it denotes

Environment = Mapping[Any, Any]


class Terms:
    """What terms denote, where values of free variables are given.

    Parameters
    ----------
    values : of variables: numbers, integers (naturals, dimensions, samples), arrays (vectors), laws, and functions,
        with a `gradient` where one is taken
    order : of quadrature, 0 or 1
    means : what E is over already, by term and identity of values, which are kept there
    """

    decided: Callable[[Any, Environment], bool]  # whether a formula holds

    def __init__(self, values: Environment, order: int = 0, means: dict[Any, Any] | None = None) -> None:
        self.values, self.order = dict(values), order
        self.means = {} if means is None else means
        self.depth = 0  # of integrands
        self.left, self.integrated = EVALUATIONS, False

    # --- terms -------------------------------------------------------------------------------------------------------

    def value(self, t: Any, env: Environment | None = None) -> Any:
        """Return what a term denotes."""
        env = self.values if env is None else env
        kind = type(t)
        if isinstance(t, of.Variable):
            if t not in env:
                raise Skipped(f"{t} has no value")
            if env[t] is NOTHING:
                raise Undefined(f"{t} after a step that is not defined")
            return env[t]
        if isinstance(t, sp.Rational):
            return int(t) if t.q == 1 else MP.mpf(t.p) / t.q
        if kind in FUNCTIONS:
            return FUNCTIONS[kind](*(MP.mpf(self.value(each, env)) for each in t.args))
        if kind not in TERMS:
            raise Skipped(f"no values of {kind.__name__}")
        return TERMS[kind](self, t, env)

    def point(self, t: Any, sort: Any, env: Environment) -> Any:
        """Return a value as what a function of a sort takes: 0 as a vector, where it is one."""
        found = self.value(t, env)
        missing = sort.kind == "space" and not isinstance(found, np.ndarray)
        return vector([0] * int(self.value(sort.of[0], env))) if missing else found

    def _sum(self, t: Any, env: Environment) -> Any:
        first, *rest = (self.value(each, env) for each in t.args)
        return sum(rest, first)

    def _product(self, t: Any, env: Environment) -> Any:
        total: Any = 1
        for factor in sorted((self.value(each, env) for each in t.args), key=lambda v: isinstance(v, np.ndarray)):
            total = factor * total
        return total

    def _power(self, t: Any, env: Environment) -> Any:
        exponent = t.args[1]
        base, power = MP.mpf(self.value(t.args[0], env)), self.value(exponent, env)
        if exponent.is_Integer or of.fits(exponent, of.NATURAL):
            if base == 0 and power < 0:
                raise Undefined(f"{t}: 1/0")
            return base ** int(power)
        if base < 0 or (base == 0 and not (exponent.is_Rational and power > 0)):
            raise Undefined(f"{t}: {base} to the power {power}")
        return MP.sqrt(base) if exponent == sp.S.Half else base ** MP.mpf(power)

    def _inner(self, t: Any, env: Environment) -> Any:
        a, b = (self.value(each, env) for each in t.args)
        return inner(a, b) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else ZERO

    def _called(self, t: Any, env: Environment) -> Any:
        f, *arguments = t.args
        domain = of.sort_of(f).of
        return self.value(f, env)(*(self.point(x, sort, env) for x, sort in zip(arguments, domain, strict=False)))

    def _gradient(self, t: Any, env: Environment) -> Any:
        f, x = t.args
        at = self.point(x, of.sort_of(f).of[0], env)
        if type(f) is of.Map and type(f.args[-1]) is of.Value and f.args[-1].args[1] == f.args[0]:  # F(., X)
            F, _, *rest = f.args[-1].args
            if not any(f.args[0] in of.loose(each) for each in (F, *rest)):
                return self.value(F, env).gradient(at, *(self.value(each, env) for each in rest))
        function = self.value(f, env)
        return function.gradient(at) if hasattr(function, "gradient") else slopes(function, at)

    def _axis(self, t: Any, env: Environment) -> Any:
        i, d = (int(self.value(each, env)) for each in t.args)
        if i >= d:
            raise Undefined(f"axis {i} of {d}")
        return vector([int(i == j) for j in range(d)])

    def _map(self, t: Any, env: Environment) -> Any:
        return lambda x: self.value(t.args[-1], {**env, t.args[0]: x})

    def _if(self, t: Any, env: Environment) -> Any:
        condition, a, b = t.args
        a, b = self.value(a, env), self.value(b, env)
        return a if self.decided(condition, env) else b

    def _total(self, t: Any, env: Environment) -> Any:
        variable, count, body = t.args
        if self.value(count, env) > SUMMANDS:
            raise Skipped(f"{t} has more than {SUMMANDS} parts")
        return sum((self.value(body, {**env, variable: n}) for n in range(int(self.value(count, env)))), 0)

    def _law(self, t: Any, env: Environment) -> Any:
        return Named(t.args[0].name, tuple(self.value(each, env) for each in t.args[1:]))

    def _iterate(self, t: Any, env: Environment) -> Any:
        return runs.state_after(t.args[:5], self.value(t.args[5], env), lambda each: self.value(each, env))

    def _applied(self, t: Any, env: Environment) -> Any:
        return runs.plain(runs.made(t, lambda each: self.value(each, env)))

    # --- means -------------------------------------------------------------------------------------------------------

    def _expectation(self, t: Any, env: Environment) -> Any:
        if env is not self.values:
            return self._mean(t, env)
        used = [self.value(each) for each in variables(t)]
        place = (t, self.order, *map(id, used))
        if place not in self.means:
            before, self.integrated = self.integrated, False
            self.means[place] = self._mean(t, env), self.integrated, used
            self.integrated |= before
        found, integrated, _ = self.means[place]
        self.integrated |= integrated
        return found

    def _mean(self, t: Any, env: Environment) -> Any:
        variable, law, body = t.args
        if type(t) is of.Probability:
            return self.mean(law, lambda u: int(note(self.decided(body, {**env, variable: u}))), env)
        return self.mean(law, lambda u: self.value(body, {**env, variable: u}), env)

    def mean(self, law: Any, body: Callable[[Any], Any], env: Environment) -> Any:
        """E body(u) over a draw from the law that a term denotes."""
        kind = type(law)
        if kind is of.Copies:
            return self._over_draws(body, self.value(law.args[0], env))
        if kind is of.Draws:
            return self._over_draws(body)
        if kind is of.Chain:
            return self._over_draws(lambda omega: body(self._after(law, omega, env)))
        return self._over(self.value(law, env), body)

    def _after(self, law: Any, omega: Drawn, env: Environment) -> Any:
        try:
            return runs.state_after(law.args, omega, lambda each: self.value(each, env))
        except Undefined:
            return NOTHING

    def _over(self, law: Any, body: Callable[[Any], Any]) -> Any:
        def counted(u: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Skipped(f"more than {EVALUATIONS} values of integrands")
            return body(u)

        self.integrated |= not is_finite(law)
        self.depth += 1
        try:
            return mean(law, counted, self.order)
        finally:
            self.depth -= 1

    def _over_draws(self, body: Callable[[Drawn], Any], law: Any = None, known: Environment | None = None) -> Any:
        """E over a sequence of draws: over one after the other, as the body asks for them."""
        omega = Drawn(known or {}, law=law)
        self.depth += 1
        try:
            return body(omega)
        except Missing as missing:
            if missing.sequence is not omega:
                raise
            wanted = missing
        finally:
            self.depth -= 1
        if known and not is_finite(wanted.law):
            raise Skipped("integrals over more than one draw")
        return self._over(wanted.law, lambda u: self._over_draws(body, law, {**omega.known, wanted.key: u}))


@lru_cache(maxsize=10_000)
def variables(t: Any) -> list[Any]:
    """Return the free variables of a term or formula, in an order that does not depend on the process."""
    return sorted(of.loose(t), key=lambda each: (each.name, str(each.sort)))


def _above(least: int, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        if not x > least:
            raise Undefined(f"{function} of {x}")
        return MP.mpf(function(x))

    return apply


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sp.exp: MP.exp, sp.erf: MP.erf, sp.erfc: MP.erfc, sp.atan: MP.atan,
    sp.Abs: lambda x: -x if x < 0 else x, sp.Max: max, sp.Min: min,
    sp.floor: lambda x: note(int(MP.floor(x))), sp.ceiling: lambda x: note(int(MP.ceil(x))),
    sp.log: _above(0, MP.log), sp.gamma: _above(0, MP.gamma), sp.loggamma: _above(0, MP.loggamma),
    sp.zeta: _above(1, MP.zeta), type(sp.pi): lambda: PI, type(sp.E): lambda: MP.exp(1),
}  # fmt: skip
TERMS: dict[Any, Callable[..., Any]] = {
    sp.Add: Terms._sum, sp.Mul: Terms._product, sp.Pow: Terms._power,
    of.Inner: Terms._inner, of.Value: Terms._called, of.Gradient: Terms._gradient,
    of.Axis: Terms._axis, of.Map: Terms._map, of.If: Terms._if, of.Total: Terms._total,
    of.Expectation: Terms._expectation, of.Probability: Terms._expectation, of.Law: Terms._law,
    of.Iterate: Terms._iterate, of.Applied: Terms._applied,
}  # fmt: skip
