"""Volume shared by two balls, in every dimension: the engine behind the claims of ``gld_search``.

Setting. B1 = {|y| <= a/sqrt(n)}, B2 = {|y - e_1| <= r2} with r2 >= 1 - delta/n, low <= a <= 2 low.

Main statements
---------------
- `certify_overlap`: vol(B1 and B2)/vol(B1) > P(N(0, 1) > level) for every n >= 1 and every a.
- `certify_infimum`: for a = 1/2, delta = 1/4 the ratio tends to P(N(0, 1) > 3/4) as n grows.
- `certify_two_caps`: the closed formula that `zotheory.theorems.gld_search.overlap` evaluates.

Notation
--------
y is uniform in B1, |y| = (a/sqrt n) rho, s the first coordinate of y/|y|, t = sqrt(n) s with density h_n and tail T_n.
y lies in B2 iff sqrt(n) s >= g(a rho), and m = E g(a rho) is `threshold`. e = 1/n.

How all n are reached: T_n is convex, so the ratio is at least T_n(m), and m is convex in a, so a = low, 2 low suffice.
Ball arithmetic decides n <= upto; for larger n an upper bound of 1/2 - T_n(m), analytic in e down to e = 0, has a
derivative in e that ball arithmetic shows to be negative.

References: R. E. Moore, Interval Analysis (1966); F. Johansson, Arb, IEEE Trans. Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from proofs.lemmas import decimal, factored
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.theorems.gld_search import threshold

PRECISION = 128  # bits
UPTO = 10_000  # dimensions decided one by one
HALF = sp.Rational(1, 2)

n, a, e = sp.symbols("n a e", positive=True)
rho, s, t, u, w = sp.symbols("rho s t u w", positive=True)
j = sp.Symbol("j", nonnegative=True)


# --- ball arithmetic -------------------------------------------------------------------------------------------------


def enclose(x: Any, values: dict[Any, arb] | None = None) -> arb:
    """Ball that contains a SymPy expression or a fraction, given balls for its symbols."""
    x = sp.sympify(x)
    if values and x in values:
        return values[x]
    if x.is_Rational:
        return arb(fmpq(int(x.p), int(x.q)))
    if x is sp.pi:
        return arb.pi()
    if x.is_Pow:
        base, power = enclose(x.base, values), x.exp
        return base ** int(power) if power.is_Integer else base.sqrt() ** _integer(2 * power)
    arguments = [enclose(y, values) for y in x.args]
    if x.is_Add:
        return sum(arguments, arb(0))
    if x.is_Mul:
        product = arb(1)
        for factor in arguments:
            product *= factor
        return product
    return getattr(arb, x.func.__name__)(*arguments)


def _integer(x: Any) -> int:
    if not x.is_Integer:
        raise ValueError(f"powers must be multiples of 1/2, got {x / 2}")
    return int(x)


def span(low: Any, high: Any) -> arb:
    """Ball that contains [low, high]."""
    return enclose(low).union(enclose(high))


def cells(low: Any, high: Any, count: int) -> Iterator[arb]:
    """`count` balls that together cover [low, high], ends rational."""
    width = (sp.Rational(high) - sp.Rational(low)) / count
    return (span(low + i * width, low + (i + 1) * width) for i in range(count))


def sphere_tail_ball(n: int, t: Any) -> arb:
    """T_n(t), n >= 2, 0 <= t <= sqrt(n) rational."""
    return (1 - enclose(t) ** 2 / n).beta_lower(arb(n - 1) / 2, arb(1) / 2, regularized=1) / 2


def normal_tail_ball(x: Any) -> arb:
    """P(N(0, 1) > x), x rational."""
    return enclose(normal_tail(sp.Rational(x)))


# --- small moves -----------------------------------------------------------------------------------------------------


def grows(proof: Derivation, name: str, f: Any, x: Any, where: Any, says: str) -> None:
    """f(x) >= 0: f(0) = 0 and f' >= 0 at x = `where`, a non-negative function of w that runs over the range of x."""
    slope = sp.diff(f, x).subs(x, where)
    proof.nonnegative(f"{name}, the sign of the slope", slope, sp.factor(sp.simplify(slope)))
    integrates(proof, name, f, x, sp.diff(f, x), says)


def integrates(proof: Derivation, name: str, f: Any, x: Any, slope: Any, says: str) -> None:
    """f(x) >= 0: f(0) = 0 and its slope is one already shown to be non-negative."""
    proof.identity(f"{name}, equality at zero", f.subs(x, 0), 0)
    proof.identity(f"{name}, the slope", sp.diff(f, x), slope)
    proof.rule(name, "monotonicity of expectation", f"{says}: {f} is the integral of its slope, hence >= 0")


def passed(b: Any, delta: Any, n: Any = n) -> Any:
    """g(b), which sqrt(n) s has to pass at radius b = a rho."""
    return (b**2 + 2 * delta - delta**2 / n) / (2 * b)


def density_at_zero(n: Any) -> Any:
    """h_n(0)."""
    return sp.gamma(n / 2) / (sp.sqrt(sp.pi * n) * sp.gamma((n - 1) / 2))


# --- from two balls to one coordinate on the sphere ------------------------------------------------------------------


def reduce_to_sphere(proof: Derivation, delta: Any) -> None:
    """Membership in B2, the law of its ingredients, and the mean of the threshold."""
    text = "B1 about 0 with radius a/sqrt n, B2 about e_1: lengths in units of l; larger r2 only adds"
    proof.premise("the scale", text)
    proof.premise("the uniform point", "y uniform in B1: |y| = (a/sqrt n) rho, P(rho <= x) = x^n, independent of y/|y|")
    length = a * rho / sp.sqrt(n)
    first, rest = length * s, length * sp.sqrt(1 - s**2)
    gap = (1 - delta / n) ** 2 - (first - 1) ** 2 - rest**2
    text = "y lies in B2 iff sqrt(n) s >= g(a rho)"
    proof.identity(
        "the membership in the second ball", gap, 2 * a * rho / n * (sp.sqrt(n) * s - passed(a * rho, delta)), text
    )
    x = sp.Symbol("x", positive=True)
    mean = proof.integral("the mean of rho", n * x**n, (x, 0, 1), n / (n + 1))
    k = sp.Symbol("k", positive=True)  # n - 1 > 0
    inverse = proof.integral(
        "the mean of its inverse",
        (k + 1) * x ** (k - 1),
        (x, 0, 1),
        (k + 1) / k,
        text="E 1/rho = n/(n - 1) for n >= 2, k = n - 1",
    ).subs(k, n - 1)
    m = a * mean / 2 + (2 * delta - delta**2 / n) / (2 * a) * inverse
    proof.identity("the mean threshold", m, threshold(n, a=a, delta=delta), "E g(a rho) = threshold(n, a, delta)")
    law_of_coordinate(proof)


def law_of_coordinate(proof: Derivation) -> None:
    """A coordinate of a direction, times sqrt(n), has the density h_n and the tail T_n."""
    r, angle, sine = sp.symbols("r angle sine", positive=True)
    z, rest = r * sp.cos(angle), r * sp.sin(angle)
    text = "y/|y| has the law of z/|z|, z ~ N(0, I); |(z_2..z_n)| has density ~ x^(n-2) exp(-x^2/2)"
    proof.premise("the direction of a Gaussian vector", text)
    jacobian = sp.Matrix([z, rest]).jacobian([r, angle]).det()
    proof.identity("the polar coordinates", jacobian, r, "their Jacobian determinant is r")
    text = "the joint density is r^(n-1) exp(-r^2/2) sin^(n-2): r splits off"
    proof.identity("the length in polar coordinates", z**2 + rest**2, r**2, text)
    text = "density of s = cos: (1 - s^2)^((n-3)/2)"
    proof.identity("the density of the first coordinate", (sine**2) ** ((n - 3) / 2) * sine, sine ** (n - 2), text)
    rest = 1 - t**2 / n
    beta = sp.gamma((n - 1) / 2) * sp.sqrt(sp.pi) / sp.gamma(n / 2)
    slope = rest ** ((n - 3) / 2) * (1 - rest) ** (-HALF) * sp.diff(rest, t) / (2 * beta)
    h = density_at_zero(n) * rest ** ((n - 3) / 2)
    text = "T_n(t) = I_{1-t^2/n}((n-1)/2, 1/2)/2 has slope -h_n and vanishes at sqrt n"
    proof.identity("the tail of the first coordinate", slope, -h, text)


# --- dimensions one and two ------------------------------------------------------------------------------------------


def line(proof: Derivation, *, delta: Any, low: Any, level: Any) -> None:
    """Two intervals, n = 1."""
    text = "B1 = [-a, a] and B2 contains [delta, 2 - delta], a <= 2 - delta: they share a - delta"
    proof.premise("the two balls in one dimension", text)
    least = HALF - delta / (2 * low)
    for_a = low * (1 + w)
    text = f"(a - delta)/(2 a) >= {least}"
    factored(proof, "the worst radius in one dimension", (for_a - delta) / (2 * for_a) - least, text)
    holds = enclose(least) > normal_tail_ball(level)
    text = f"{least} > Phi(-{decimal(level)})"
    proof.certified("the shared fraction in one dimension", bool(holds), text, by="intervals")


def disc_ball(a: arb, delta: Any, count: int = 200) -> arb:
    """Enclosure of the shared fraction for n = 2: average over rho^2, uniform, of acos(g/sqrt 2)/pi."""
    total = arb(0)
    for cell in cells(0, 1, count):
        bound = span(0, HALF)
        if cell.lower() > 0:
            b = a * cell.sqrt()
            cosine = passed(b, enclose(delta), arb(2)) / arb(2).sqrt()
            if cosine.lower() >= 1:
                bound = arb(0)
            elif cosine.upper() < 1:
                bound = cosine.acos() / arb.pi()
        total += bound
    return total / count


def disc(proof: Derivation, *, delta: Any, low: Any, level: Any, count: int = 40) -> None:
    """Two discs, n = 2."""
    h = density_at_zero(sp.Integer(2)) * (1 - t**2 / 2) ** (-HALF)
    tail = sp.acos(t / sp.sqrt(2)) / sp.pi
    proof.identity("the tail in two dimensions", sp.diff(tail, t), -h, "T_2(t) = acos(t/sqrt 2)/pi")
    target = normal_tail_ball(level)
    holds = all(disc_ball(part, delta) > target for part in cells(low, 2 * low, count))
    text = f"{count} intervals of a, 200 of rho^2: each above Phi(-{decimal(level)})"
    proof.certified("the shared fraction in two dimensions", bool(holds), text, by="intervals")


# --- dimensions from three -------------------------------------------------------------------------------------------


def jensen(proof: Derivation, *, delta: Any, low: Any) -> None:
    """P(sqrt n s >= g(a rho)) >= T_n(m), and the worst a is low or 2 low."""
    cosine = w / sp.sqrt(1 + w**2)
    x = sp.Symbol("x", positive=True)
    fall = -sp.diff((j / 2) * sp.log(1 - x**2), x).subs(x, cosine)
    text = "n = 3 + j: h_n does not increase on [0, sqrt n]"
    proof.nonnegative("the fall of the density", fall, sp.simplify(fall), text)
    h, m = sp.Function("h"), sp.Symbol("m", positive=True)
    tail = HALF - sp.Integral(h(x), (x, 0, t))
    text = "T(t) - T(m) + h(m) (t - m) has slope h(m) - h(t)"
    proof.identity("the slope above the tangent", sp.diff(tail + h(m) * (t - m), t), h(m) - h(t), text)
    text = "that slope is <= 0 for t < m, >= 0 for t > m: T(t) >= T(m) - h(m) (t - m)"
    proof.rule("the tail above its tangent", "cases", text)
    text = "average over rho: E T_n(g) >= T_n(m) - h_n(m) (E g - m) = T_n(m)"
    proof.rule("Jensen's inequality for the tail", "monotonicity of expectation", text)
    share = w / (1 + w)  # a runs over [low, 2 low)
    chord = (1 - share) * _threshold(low, delta) + share * _threshold(2 * low, delta)
    bend = (chord - _threshold(low * (1 + share), delta)).subs(n, 3 + j)
    factored(proof, "the threshold below its chord", bend, "m is convex in a: at most its value at a = low or 2 low")


def _threshold(a: Any, delta: Any) -> Any:
    return threshold(n, a=a, delta=delta)


def one_by_one(proof: Derivation, *, delta: Any, low: Any, level: Any, upto: int) -> None:
    """3 <= n <= upto."""
    target = normal_tail_ball(level)
    delta, low = Fraction(delta.p, delta.q), Fraction(low.p, low.q)
    holds = all(
        sphere_tail_ball(size, threshold.formula(size, a=end, delta=delta)) > target  # exact: fractions
        for size in range(3, upto + 1)
        for end in (low, 2 * low)
    )
    text = f"T_n(threshold) > Phi(-{decimal(level)}) at both ends"
    proof.certified(f"the dimensions from 3 to {upto}", bool(holds), text, by="intervals")


# --- all larger dimensions -------------------------------------------------------------------------------------------


def bound_density(proof: Derivation) -> None:
    """h_n(t) <= sqrt((1 - e)/(2 pi)) exp(-t^2/2 + excess), e = 1/n."""
    x = sp.Symbol("x", nonnegative=True)
    grows(proof, "the logarithm from above", -x - x**2 / 2 - sp.log(1 - x), x, w / (1 + w), "log(1-x) <= -x - x^2/2")
    exponent = (n - 3) / 2 * (-x - x**2 / 2)
    text = "(n - 3)/2 log(1 - t^2/n) <= -t^2/2 + excess"
    proof.identity(
        "the exponent of the density", exponent.subs(x, t**2 / n), -(t**2) / 2 + excess(t).subs(e, 1 / n), text
    )
    half_integer(proof)
    ratio = sp.gamma(n / 2) ** 2 / sp.gamma((n - 1) / 2) ** 2
    text = "2 pi h_n(0)^2 <= (2/n)(n-1)/2 = 1 - e"
    proof.identity("the density at zero", 2 * sp.pi * density_at_zero(n) ** 2, 2 / n * ratio, text)


def half_integer(proof: Derivation) -> None:
    """Gamma is log-convex: (n-2)/2 <= (Gamma(n/2)/Gamma((n-1)/2))^2 <= (n-1)/2."""
    p, q, k = sp.symbols("p q k", positive=True)
    spread = (p**2 + q**2) / 2 - p * q
    text = "Gamma(x-1/2) Gamma(x+1/2) - Gamma(x)^2 integrates (p q)^(2x-3) exp(-p^2-q^2) times this over p^2 and q^2"
    proof.nonnegative("what the log-convexity integrates", spread, (p - q) ** 2 / 2, text)
    text = "Gamma(x)^2 <= Gamma(x - 1/2) Gamma(x + 1/2)"
    proof.rule("the log-convexity of the Gamma function", "monotonicity of expectation", text)
    text = "k = (n-1)/2: Gamma(n/2)^2 <= k Gamma(k)^2; k = (n-2)/2: k Gamma((n-1)/2)^2 <= Gamma(n/2)^2"
    proof.identity("the recursion of the Gamma function", sp.gamma(k + 1), k * sp.gamma(k), text)


def excess(t: Any) -> Any:
    """Exponent of the density bound beyond -t^2/2."""
    return e * (3 * t**2 / 2 - t**4 / 4) + e**2 * 3 * t**4 / 4


def _mean(end: Any, delta: Any) -> Any:
    return sp.cancel(sp.together(threshold(1 / e, a=end, delta=delta)))


def mass_below(end: Any, delta: Any) -> Any:
    """Integrand over u in (0, 1) of the upper bound of 1/2 - T_n(m), as a function of e = 1/n."""
    m = _mean(end, delta)
    x = m * u
    return sp.sqrt((1 - e) / (2 * sp.pi)) * m * sp.exp(-(x**2) / 2 + excess(x))


def all_larger(proof: Derivation, *, delta: Any, low: Any, level: Any, upto: int, count: int = 120) -> None:
    """For n > upto, mass_below, integrated over u, stays below its value for N(0, 1) and `level`."""
    bound_density(proof)
    for which, end in (("smallest", low), ("largest", 2 * low)):
        integrand, limit = mass_below(end, delta), _mean(end, delta).subs(e, 0)
        text = f"the threshold tends to {limit} <= {decimal(level)} as e -> 0"
        proof.certified(
            f"the limit of the threshold at the {which} radius", bool(limit <= level), text, by="enumeration"
        )
        normal = limit * sp.exp(-((limit * u) ** 2) / 2) / sp.sqrt(2 * sp.pi)
        text = f"bound = P(0 < N(0, 1) < {limit})"
        proof.identity(f"the limit of the bound at the {which} radius", integrand.subs(e, 0), normal, text)
        slope = sp.diff(integrand, e)
        near = span(0, sp.Rational(1, upto))
        fall = sum((enclose(slope, {e: near, u: part}) for part in cells(0, 1, count)), arb(0)) / count
        text = f"d/de of the bound < 0 for 0 <= e <= 1/{upto}"
        proof.certified(f"the slope of the bound at the {which} radius", bool(fall < 0), text, by="intervals")
    text = f"1/2 - T_n(m) <= bound < P(0 < N(0, 1) < {decimal(level)})"
    proof.rule(f"the dimensions beyond {upto}", "monotonicity of expectation", text)


# --- the statements --------------------------------------------------------------------------------------------------


def certify_overlap(proof: Derivation, *, level: Any, delta: Any, low: Any = HALF, upto: int = UPTO) -> None:
    """Add the steps of: the shared fraction exceeds P(N(0, 1) > level) for every n and every a in [low, 2 low].

    level, delta, low are rational; dimensions 3 to `upto` are decided one by one.

    Raises
    ------
    NotProved
        If a step fails, as it does where the statement is false.
    """
    setting = {"delta": sp.Rational(delta), "low": sp.Rational(low), "level": sp.Rational(level)}
    with ctx.workprec(PRECISION):
        reduce_to_sphere(proof, setting["delta"])
        line(proof, **setting)
        disc(proof, **setting)
        jensen(proof, delta=setting["delta"], low=setting["low"])
        one_by_one(proof, **setting, upto=upto)
        all_larger(proof, **setting, upto=upto)
    proof.rule("every dimension", "cases", f"n = 1, n = 2, 3 <= n <= {upto}, n > {upto}")


def certify_infimum(proof: Derivation) -> None:
    """Add the steps of: at a = 1/2, delta = 1/4 the shared fraction tends to P(N(0, 1) > 3/4)."""
    delta, x = sp.Rational(1, 4), sp.Symbol("x", nonnegative=True)
    excess = passed(HALF / (1 + w), delta) - passed(HALF, delta)
    text = "a = 1/2, rho = 1/(1+w): g(rho/2) >= g(1/2), so the fraction <= T_n(g(1/2))"
    factored(proof, "the fraction at the smallest radius", excess.subs(n, 1 + j), text)
    text = "g(1/2) = 3/4 - 1/(16 n)"
    proof.identity("the threshold at the smallest radius", passed(HALF, delta), sp.Rational(3, 4) - 1 / (16 * n), text)
    text = "log(1-x) >= -x - x^2 for x < 1/2"
    grows(proof, "the logarithm from below", sp.log(1 - x) + x + x**2, x, w / (1 + w) / 2, text)
    exponent = (n - 3) / 2 * (-(t**2) / n - t**4 / n**2) + t**2 / 2 + t**4 / (2 * n)
    factored(proof, "the exponent from below", exponent, "h_n(t) >= h_n(0) exp(-t^2/2 - e t^4/2) for t^2 <= n/2")
    text = "2 pi h_n(0)^2 >= 1 - 2 e"
    proof.identity("the density at zero from below", 2 / n * (n - 2) / 2, (1 - 2 * e).subs(e, 1 / n), text)
    upper = HALF - sp.sqrt(1 - 2 * e) * sp.exp(-e / 2) * (HALF - normal_tail(sp.Rational(3, 4) - e / 16))
    text = "the fraction is at most upper(e), e = 1/n"
    proof.identity("the limit of the fraction", upper.subs(e, 0), normal_tail(sp.Rational(3, 4)), text)
    with ctx.workprec(PRECISION):
        size = 10**14
        above = enclose(upper.subs(e, sp.Rational(1, size))) - normal_tail_ball(sp.Rational(3, 4))
        text = "the fraction is within 1e-12 of Phi(-3/4) at n = 10^14"
        proof.certified("a dimension close to the limit", bool(above < arb("1e-12")), text, by="intervals")
    text = "upper(e) is continuous: the fractions come as near Phi(-3/4) as we like"
    proof.rule("the infimum of the fraction", "limit of inequalities", text)


def certify_two_caps(proof: Derivation) -> None:
    """Add the steps of: the shared part is two caps, each a regularised incomplete beta function."""
    x, y, r2, size = sp.symbols("x y r2 size", positive=True)  # y = (x, y) in a plane through e_1; size = a/sqrt n
    plane = (size**2 + 1 - r2**2) / 2
    side = x - plane
    first, second = size**2 - x**2 - y**2, r2**2 - (x - 1) ** 2 - y**2
    proof.identity("the points beyond the plane", second, first + 2 * side, "a point of B1 with x >= plane lies in B2")
    proof.identity("the points before the plane", first, second - 2 * side, "a point of B2 with x <= plane lies in B1")
    delta = sp.Symbol("delta", positive=True)
    place = plane.subs({size: a / sp.sqrt(n), r2: 1 - delta / n})
    text = "(a^2/n + 2 delta/n - delta^2/n^2)/2"
    proof.identity("the place of the plane", place, (a**2 / n + 2 * delta / n - delta**2 / n**2) / 2, text)
    text = "the slice of the unit ball of R^n at x is a ball of radius sqrt(1 - x^2): density (1-x^2)^((n-1)/2)"
    proof.premise("the slices of a ball", text)
    rest = 1 - t**2
    slope = rest ** ((n - 1) / 2) * (1 - rest) ** (-HALF) * sp.diff(rest, t) / 2
    text = "I_{1-x^2}((n+1)/2, 1/2)/2 has this density's tail"
    proof.identity("the volume of a cap", slope, -(rest ** ((n - 1) / 2)), text)


def caps_ball(n: int, a: Fraction, delta: Fraction) -> arb:
    """Shared fraction by the two caps; a, delta rational."""
    plane = (a**2 / n + 2 * delta / n - (delta / n) ** 2) / 2
    r2 = 1 - delta / n
    half, order = arb(1) / 2, arb(n + 1) / 2
    cap1 = enclose(1 - plane**2 * n / a**2).beta_lower(order, half, regularized=1) / 2
    cap2 = enclose(1 - ((1 - plane) / r2) ** 2).beta_lower(order, half, regularized=1) / 2
    return cap1 + cap2 * (enclose(r2**2 * n / a**2).sqrt() ** n)
