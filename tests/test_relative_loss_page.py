"""The numbers in the prose of docs/relative_loss.md are what the package computes."""

import re
from functools import cache
from math import log10
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from zotheory import sphere
from zotheory.claims import related, select
from zotheory.directions import gaussian
from zotheory.elementary import normal_excess
from zotheory.theorems.one_fifth import hitting_time, longest
from zotheory.theorems.relative_loss import CONSTANT, OCTAVES
from zotheory.theorems.relative_loss_momentum import best_momentum, drift, limit, rate_ceiling, two_valued

PAGE = (Path(__file__).parent.parent / "docs" / "relative_loss.md").read_text(encoding="utf-8")
PROSE = " ".join(re.sub(r"<!-- \w+: .*?<!-- end -->", "", PAGE, flags=re.DOTALL).split())
T_OF_A_FIFTH = 0.8416212335729143  # a normal variable exceeds it with probability 1/5
TABLE = {
    row[0]: row[1:] for row in re.findall(r"^\| (\d+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", PAGE, re.MULTILINE)
}


def said(pattern):
    """The numbers of the one place where the prose says this."""
    (found,) = re.findall(pattern, PROSE)
    numbers = [found] if isinstance(found, str) else found
    return [float(number.replace(",", "")) for number in numbers]


def shown(number, digits):
    """As it is printed to so many digits."""
    return round(number, digits - 1 - int(np.floor(log10(abs(number)))))


def test_neighbours_of_the_best_radius():
    window, alone, times, at, there = said(
        r"at least \$`([\d.]+)/\(dQ\(J\+4\)\)`\$ .*? has \$`([\d.]+)/\(dQJ\)`\$ in many: "
        r"\$`([\d.]+)\\,J/\(J\+4\)`\$ times as much, ([\d.]+) times at \$`J = (\d+)`\$"
    )
    assert window == CONSTANT
    assert OCTAVES - 1 == 4
    assert alone == shown(4 / 9 * 2 / np.pi, 3)  # d m_d^2 falls to 2/pi
    assert times == shown(CONSTANT * 9 * np.pi / 8, 3)
    assert at == shown(times * there / (there + 4), 2)
    plane, many = said(r"no more than \$`([\d.]+)/\(dQ\)`\$ to this when it is drawn, \$`([\d.]+)/\(dQ\)`\$ in many")
    lengths = np.linspace(0.5, 2, 1501)
    best = [float(np.max(sphere.progress(d, lengths))) for d in (2, 3, 10, 10**6)]
    assert plane == shown(best[0] + 5e-4, 3)
    assert many == shown(best[-1], 3)
    assert best == sorted(best, reverse=True)


def test_one_step_with_momentum():
    (aligned,) = said(r"at \$`\\gamma = 1`\$ ([\d.]+) times the \$`\\varphi\(0\)`\$ of no momentum")
    assert aligned == shown(normal_excess(-1.0) / normal_excess(0.0), 2)


@cache
def best(Q):
    """Gain and limit of the best momentum where half of the curvatures are 1, half Q."""
    return best_momentum(two_valued(Q))[1:]


def test_the_limit_without_and_with_the_best_momentum():
    plain, low, few, high, exponent = said(
        r"the rate is \$`([\d.]+)m`\$ without momentum for large \$`Q`\$.*? with the best momentum "
        r"\$`([\d.]+)\\sqrt m`\$ at \$`Q = (\d+)`\$ to \$`([\d.]+)\\sqrt m`\$ at \$`10\^(\d+)`\$"
    )
    conditions = (few, 100.0, 1000.0, 10**exponent)
    rates = [best(Q)[1].rate * np.sqrt((1 + Q) / 2) for Q in conditions]
    assert [shown(rates[0], 3), shown(rates[-1], 3)] == [low, high]
    assert rates == sorted(rates)
    assert shown(limit(two_valued(1e6), kappa=0.0).rate * (1 + 1e6) / 2, 2) == plain
    lengths = said(r"the best momentum is ([\d.]+) long at \$`Q = 10`\$, ([\d.]+) at 100, ([\d.]+) at 1000")
    assert [shown(best(Q)[1].length, 2) for Q in conditions[:3]] == lengths
    between = said(r"the best gain, from \$`Q = 100`\$ on between (\d) and (\d)")
    assert all(between[0] < best(Q)[0] < between[1] for Q in conditions[1:])


def test_the_table_of_the_limit():
    assert list(TABLE) == ["1", "10", "100", "1000"]
    for Q, (none, none_run, tuned, tuned_run) in TABLE.items():
        plain = limit(two_valued(float(Q)), kappa=0.0).rate
        rates = plain, plain if Q == "1" else best(float(Q))[1].rate
        for rate, text, run in zip(rates, (none, tuned), (none_run, tuned_run), strict=True):
            digits = len(text.lstrip(".").lstrip("0"))
            assert float(text) == shown(rate, digits)
            assert float(run) == pytest.approx(rate, rel=0.15)  # what the page says of runs


def test_momentum_that_does_not_help():
    (kept,) = said(r"the limit keeps (\d+) % of the rate")
    at_one = limit((1.0,), kappa=0.0).rate
    assert kept == shown(100 * limit((1.0,), kappa=0.3, gain=4.0).rate / at_one, 2)
    assert "beta=0.997, gain=4.0" in PAGE  # the setting of the example: kappa = 0.3 in 100 variables
    grid = [(kappa, gain) for kappa in (0.001, 0.1, 1.0, 10.0) for gain in (0.01, 1.0, 4.0)]
    assert max(limit((1.0,), kappa=kappa, gain=gain).rate for kappa, gain in grid) < at_one  # the best is none
    times, Q = said(r"by a factor of ([\d.]+) at most at \$`Q = (\d+)`\$")
    plain = limit(two_valued(Q), kappa=0.0).rate
    found = max(limit(two_valued(Q), kappa=kappa, gain=1.0).rate for kappa in np.geomspace(1e-3, 0.1, 40))
    assert times == shown(found / plain, 3)


def test_the_ceiling():
    found = said(r"The ceiling is ([\d.]+) times the best rate at \$`Q = (\d+)`\$, ([\d.]+) times at \$`10\^(\d+)`\$")
    for times, Q in ((found[0], found[1]), (found[2], 10 ** found[3])):
        mean, square = (1 + Q) / 2, (1 + Q**2) / 2
        ceiling = float(rate_ceiling(least=1 / mean, V=square / mean**2, t=T_OF_A_FIFTH))
        assert times == shown(ceiling / best(Q)[1].rate, 2)


@pytest.mark.parametrize(("Q", "kappa", "gain"), [(1.0, 0.3, 4.0), (10.0, 0.31, 2.3)])
def test_directions_of_fixed_length_fall_as_the_limit_says(Q, kappa, gain):
    d, steps = 100, 2000
    problem = zo.problems.Quadratic(np.repeat(two_valued(Q), d // 2), np.zeros(d), np.ones(d))
    radius, momentum = zo.radii.one_fifth(1.0, 1.05), {"beta": 1 - kappa / d, "gain": gain, "clip": 1e3}
    record = np.linspace(steps // 3, steps, 20).astype(int)
    run = zo.run(zo.relative_loss(radius=radius, **momentum), problem, steps=steps, replicas=20, seed=3, record=record)
    slope = -d * np.polyfit(record, np.median(np.log(run.values), axis=1), 1)[0]
    assert slope == pytest.approx(limit(two_valued(Q), kappa=kappa, gain=gain).rate, rel=0.1)


def predicted(f, beta, gain, target=1e-6, at_once=10):
    """Steps to the target by the mean changes of moments, `at_once` of them added up, where a fifth is accepted.

    The changes are quadratic in x and b: their mean over four places with the right moments is exact.
    """
    ell, law = np.asarray(f.spectrum), {"t": T_OF_A_FIFTH, "beta": beta, "gain": gain}
    first, steps = f.x0 - f.minimiser, 0
    moments = np.array([first**2, 0 * first, 0 * first])  # of x x, x b, b b
    while ell @ moments[0] > target * (ell @ first**2):
        xx, xb, bb = moments
        g = np.sqrt(ell**2 @ xx)
        sigma = 2 * (T_OF_A_FIFTH - ell @ xb / g) * g / np.sum(ell)  # k = 2 (t + gamma)
        low = xb / np.sqrt(xx)
        ways = ((np.sqrt(2 * xx), np.sqrt(2) * low), (0 * xx, np.sqrt(2 * np.maximum(bb - low**2, 0))))
        places = [(sign * x, sign * b) for sign in (-1, 1) for x, b in ways]
        changes = [drift(x, b, ell * x / g, sigma=sigma, **law) for x, b in places]
        moments = moments + at_once * np.mean(changes, axis=0)
        steps += at_once
    return steps


def test_the_limit_explains_the_comparison():
    with_, without = said(r"momentum takes ([\d,]+) evaluations, .*? and the \(1\+1\)-ES ([\d,]+)\.")
    row = next(line for line in PAGE.splitlines() if line.startswith("| Q = 100 ") and "**11,641**" in line)
    cells = [cell.strip(" *").replace(",", "") for cell in row.split("|")]
    assert [float(cells[5]), float(cells[6])] == [with_, without]
    rates = said(r"its rates are ([\d.]+) and ([\d.]+) per 100 evaluations")
    f = zo.problems.golovin_family(1, 100, 100)
    laws = {"kappa": 0.3, "gain": 4.0}, {"kappa": 0.0}
    assert [shown(limit(f.spectrum, **law).rate, 3) for law in laws] == rates
    steps = said(r"get there in ([\d,]+) and ([\d,]+)\.")
    assert [predicted(f, 0.997, 4.0), predicted(f, 0.0, 0.0)] == pytest.approx(steps, rel=0.01)


def test_what_drift_analysis_proves_is_far_above_what_is_measured():
    (times,) = said(r"for the 1/5 rule is (\d+) times what is measured")
    d = 3
    f = zo.problems.Quadratic(np.ones(d), np.zeros(d), np.ones(d))
    gap = float(f(f.x0))
    proved = float(hitting_time(d=d, L=1.0, mu=1.0, alpha=1.5, gap=gap, eps=1e-6 * gap, growth=1.2))
    method = zo.relative_loss(radius=zo.radii.one_fifth(1.5), law=gaussian)
    steps = int(proved / times)
    assert np.mean(zo.run(method, f, steps=steps, replicas=100, seed=1, record=[steps]).values < 1e-6 * gap) == 1
    (share,) = said(r"for \$`Q`\$ beyond \$`([\d.]+)\\sqrt d`\$")
    assert share == shown(1 / float(longest(10**6)), 2)


def test_every_claim_of_our_own_names_what_is_nearest():
    names = [value for name, value in vars(related).items() if name.isupper()]
    for room in ("relative_loss", "relative_loss_momentum", "relative_loss_minibatch", "one_fifth"):
        for claim in select(f"{room}.*"):
            assert claim.source.startswith("ours; nearest: ")
            assert any(name in claim.source for name in names)
    assert [claim.id for claim in select() if claim.source == "ours"] == []


def test_what_claims_name_as_nearest_is_on_the_page():
    section = PAGE.split("## Related work")[1].split("\n## ")[0]
    for name, value in vars(related).items():
        if name.isupper():
            number = re.search(r"arXiv:[\d.]+", value)
            elsewhere = ("TWO_POINTS", "EFFECTIVE_RANK")
            assert (number.group() if number else "Rechenberg") in section or name in elsewhere, name
