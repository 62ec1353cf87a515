"""What was hoped of training without gradients, what theory says of it, what was measured, and a plain answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from figures.answers.tables import alone, trained
from figures.networks.results import Interval, Record, extent, interval, last, percent, runs
from figures.networks_kin import METHODS, SIZES
from figures.networks_policies import ENVIRONMENTS
from figures.networks_rso import REPORTED
from figures.networks_vae import EACH, ROWS, TITLES, WEIGHTS

ONLINE, PUSHED = "relative loss online", "relative loss, momentum"
CHEETAH, SWIMMER = ENVIRONMENTS
GUMBEL, REINFORCE = "Adam, Gumbel-softmax", "Adam, REINFORCE"
COMPARISONS = [arm for arm in ROWS if not arm.startswith("Adam") and "codes" not in arm]  # of draws, in the study vae
FALLING = "falling radius, momentum"
HARD = ("thresholds", "ternary weights", "integer weights", "routing")
NOT_COMPARED = ("two points (MeZO)", "SGD", "Adam")  # of the study of kin: they see more than which loss is lower
COMPARED = tuple(name for name in METHODS if name not in NOT_COMPARED)


class Hope(NamedTuple):
    """A hope, what theory says of it, what a study measured, and the answer, which the records must bear."""

    hope: str
    theory: str
    study: str
    measured: Callable[[], str]
    answer: str
    holds: Callable[[], bool]


def leading() -> tuple[str, Interval]:
    """The comparison with the highest mean test accuracy on the small network."""
    found = {name: interval(last("kin", f"run/{SIZES[0]}/{name}/*", "accuracy")) for name in COMPARED}
    name = max(found, key=lambda name: found[name].mean)
    return name, found[name]


def overtaken(accuracy: float) -> int:
    """Evaluations after which Adam's mean test accuracy on the small network is at least this."""
    seeds = [run["records"] for run in runs("kin", f"run/{SIZES[0]}/Adam/*")]
    means = {row[0]["evaluations"]: np.mean([one["accuracy"] for one in row]) for row in zip(*seeds, strict=True)}
    return min(evaluations for evaluations, mean in means.items() if mean >= accuracy)


def simple() -> str:
    """Comparisons beside Adam."""
    name, reached = leading()
    adam = percent(last("kin", f"run/{SIZES[0]}/Adam/*", "accuracy"))
    spent = int(last("kin", f"run/{SIZES[0]}/{name}/*", "evaluations")[0])
    return (
        f"{SIZES[0]}, {reached.runs} seeds, {spent:,} evaluations: {name} {reached.told(1, ' %', 100)}, Adam {adam}, "
        f"which passes the former after {overtaken(reached.mean):,}"
    )


def passed() -> int:
    """Evaluations after which Adam passes the end of RSO on complete MNIST."""
    adam = runs("rso", "MNIST/Adam")[0]["records"]
    return next(one["evaluations"] for one in adam if one["accuracy"] > last("rso", "MNIST", "accuracy")[0])


def brute() -> str:
    """RSO on complete MNIST."""
    run = runs("rso", "MNIST")[0]
    end, cycles = run["records"][-1], len(run["setting"]["batches"])
    return (
        f"complete MNIST, one run: {100 * end['accuracy']:.1f} % after {cycles} cycles, {end['evaluations']:,} "
        f"evaluations, {run['seconds'] / 60:.0f} minutes of a core; Adam on the same network passes that after "
        f"{passed():,}; its authors report {100 * REPORTED[5]:g} % after 5 cycles with batches of 5,000"
    )


def deep() -> str:
    """Deep sigmoid networks."""

    def counted(network: str) -> str:
        counts = {method: trained(f"{network}/{method}") for method in ("1/5 rule", "RSO", "SGD", "Adam")}
        return ", ".join(f"{method} {done} of {every}" for method, (done, every) in counts.items())

    return (
        f"runs trained within 18,000 evaluations, 8 layers of sigmoids: {counted('sigmoid/8 layers')}; 64 layers of "
        f"normalised sigmoids, whose gradients do not vanish: {counted('sigmoid, normalised/64 layers')}"
    )


def memory(kind: str) -> list[float]:
    """Megabytes that a step takes, on sequences of more than one window, the longest last."""
    run = runs("lstm", f"memory/{kind}")[0]
    return [one["bytes"] / 1e6 for one in run["records"][1:] if one["length"] > run["setting"]["window"]]


def bits(arm: str) -> Interval:
    """Bits a held-out letter."""
    return interval(last("lstm", f"letters/{arm}/seed *", "loss"))


def forward() -> str:
    """The LSTM online: its memory, and what it learns."""
    longest = runs("lstm", f"memory/{ONLINE}")[0]["records"][-1]["length"]
    here, whole, cut = (memory(kind)[-1] for kind in (ONLINE, "back-propagation", "back-propagation, truncated"))
    ours, adam = (extent(last("lstm", f"adding, 1000/{arm}/seed *", "loss"), 4) for arm in (PUSHED, "Adam"))
    pairs = last("lstm", "letters/counts", "bigram")[0]
    return (
        f"a step on {longest:,} time steps takes {here:.2f} MB, by back-propagation {whole:,.0f}, truncated {cut:.1f}; "
        f"letters of a text, online: {bits(ONLINE).told(2)} bits, counts of pairs {pairs:.2f}, Adam on the same "
        f"windows {bits('Adam, truncated').told(2)}; adding over 1,000 time steps, whole sequences: squared error "
        f"{ours}, Adam {adam}"
    )


def drawn(size: str, arm: str, long: bool = False) -> list[Record]:
    """The shorter runs of an autoencoder, or the longer ones."""
    return runs("vae", f"{size}/{EACH[size][long] * WEIGHTS[size]} evaluations/{arm}/seed *")


def nats(size: str, arm: str, long: bool = False) -> Interval:
    """Held-out loss at the end."""
    return interval([run["records"][-1]["loss"] for run in drawn(size, arm, long)])


def lowest(size: str, arm: str) -> Interval:
    """The least held-out loss on the way."""
    return interval([min(one["loss"] for one in run["records"]) for run in drawn(size, arm)])


def nearest(size: str) -> tuple[str, Interval]:
    """The comparison of losses of drawn latents with the lowest mean, after the shorter runs."""
    found = {arm: nats(size, arm) for arm in COMPARISONS}
    arm = min(found, key=lambda arm: found[arm].mean)
    return arm, found[arm]


def sampled() -> str:
    """Autoencoders whose latents are drawn."""
    (short, long), (category, best), (number, normal) = EACH["categorical"], *map(nearest, ("categorical", "Gaussian"))
    found = {
        "categorical": {
            f"{short} evaluations a weight, of so many draws: 1/5 rule, one draw": nats("categorical", "1/5 rule"),
            f"the same after {long:,}": nats("categorical", "1/5 rule", long=True),
            f"best of {len(COMPARISONS)} comparisons ({category})": best,
            "of sums over all codes": nats("categorical", "1/5 rule, all codes"),
            "straight-through": nats("categorical", "Adam, straight-through"),
            "Gumbel-softmax": nats("categorical", GUMBEL),
            "its least on the way": lowest("categorical", GUMBEL),
            "REINFORCE": nats("categorical", REINFORCE),
        },
        "Gaussian": {number: normal, "reparameterisation": nats("Gaussian", "Adam, reparameterisation")},
    }
    for size in ("8 x 8", "MNIST, categorical", "MNIST, Gaussian"):
        few, many = EACH[size]
        theirs = "reparameterisation" if size == "MNIST, Gaussian" else "straight-through"
        found[size] = {
            f"{many} a weight, {FALLING}": nats(size, FALLING, long=True),
            f"{theirs} after {few}": nats(size, f"Adam, {theirs}"),
        }
    return "; ".join(
        f"{TITLES[size]}, "
        + ", ".join(f"{name} {loss.told(2)}" for name, loss in losses.items())
        + f", independent pixels {alone(size):.2f}"
        for size, losses in found.items()
    )


def error(form: str, method: str) -> Interval:
    """Held-out error of a form, over its runs."""
    return interval(last("form", f"{form}/{method}", "held-out error")[0])


def hard() -> str:
    """Networks and losses that have no derivative."""
    pairs = [(form, error(form, "RSO"), error(form, "back-propagation")) for form in HARD]
    told = "; ".join(f"{form} {ours.told(1, ' %', 100)}, {theirs.told(1, ' %', 100)}" for form, ours, theirs in pairs)
    direct, smooth = (error("error rate", method).told(1, " %", 100) for method in ("RSO", "RSO, smooth loss"))
    return (
        f"held-out errors, {pairs[0][1].runs} runs, RSO and back-propagation through a straight-through estimator: "
        f"{told}; RSO on the error rate itself {direct}, on the cross-entropy {smooth}"
    )


def returns(environment: str, policy: str, method: str) -> np.ndarray:
    """Mean returns of runs in episodes that train nobody."""
    return last("policies", f"{environment}, {policy}, {method}/seed *", "returns").mean(axis=-1)


def learned() -> str:
    """Policies on MuJoCo."""
    others = ("GLD-Search", "GLD-Fast", "ARS")
    methods = {"linear": ("relative loss", *others), "H41": (PUSHED, *others)}
    told = []
    for environment in ENVIRONMENTS:
        idle = round(last("policies", f"{environment}, untaught", "zero").mean())
        for policy, own in methods.items():
            ends = (f"{method} {extent(returns(environment, policy, method))}" for method in own)
            told.append(f"{environment}, {policy}: {', '.join(ends)}, no action {idle}")
    seeds, spent = len(returns(CHEETAH, "linear", "GLD-Fast")), last("policies", "*GLD-Fast/seed *", "episodes").max()
    return f"{spent:,} episodes, {seeds} seeds, median return (least to largest): {'; '.join(told)}"


HOPES = (
    Hope(
        "Comparing losses trains networks, simply and fast",
        "a step is sure to lower a smooth loss by about 0.2 |g|^2/(dL), d weights, where a gradient step lowers it by "
        "|g|^2/(2L) (`relative_loss.decrease_sharp`); shorter steps need larger batches "
        "(`relative_loss_minibatch.growing`)",
        "kin",
        simple,
        "In part: simply, and not fast",
        lambda: leading()[1].low > 0.8 and overtaken(leading()[1].mean) * 10 < 100_000,
    ),
    Hope(
        "RSO, one weight at a time, is the brute force that works",
        "three points along an axis (`rso.sweep`); the noise of batches costs a step what it hides of the slope "
        "(`rso.minibatch`)",
        "rso",
        brute,
        "Works; slowly, and here not as far as reported",
        lambda: (
            0.9 < last("rso", "MNIST", "accuracy")[0] < REPORTED[5]
            and 100 * passed() < last("rso", "MNIST", "evaluations")[0]
        ),
    ),
    Hope(
        "An LSTM learns in its forward pass, in memory that does not grow with the sequence",
        "where memory fades, the one that windows carry along is nearly the one that today's weights would have made "
        "(`relative_loss_online.staleness`); what a window does not see is a bias (`relative_loss_online.decrease`)",
        "lstm",
        forward,
        "In part: memory stays as it is; online, near things are learned, slowly",
        lambda: (
            max(memory(ONLINE)) < 1.01 * min(memory(ONLINE))
            and bits("Adam, truncated").high < bits(ONLINE).low
            and bits(ONLINE).high < last("lstm", "letters/counts", "bigram")[0]
        ),
    ),
    Hope(
        "Distributions are sampled in training, categories too, without reparameterisation",
        "the mean square by which two losses of the same draws differ is at most of the order of the squared length of "
        "the step, but where draws jump, as categories do, of its length (`common_random_numbers.square`): about "
        "1/length draws make a comparison right (`common_random_numbers.wrong`), and are needed of one latent "
        "(`common_random_numbers.right`)",
        "vae",
        sampled,
        "In part: normal latents, and categories with few weights and several draws; for some 5,000 weights of "
        "categories one draw and 40 evaluations a weight did not suffice",
        lambda: (
            nearest("categorical")[0] == "1/5 rule, 10 draws"
            and nearest("categorical")[1].high < min(alone("categorical"), lowest("categorical", GUMBEL).low)
            and nats("categorical", REINFORCE).high < nearest("categorical")[1].low
            and nearest("Gaussian")[1].high < alone("Gaussian")
            and nats("MNIST, Gaussian", FALLING, long=True).high < alone("MNIST, Gaussian")
            and all(nats(size, FALLING, long=True).low > alone(size) for size in ("8 x 8", "MNIST, categorical"))
        ),
    ),
    Hope(
        "A model may have any form: no derivative is needed",
        "where the loss is constant nearby two losses tie, and a comparison tells nothing (`relative_loss(ties=...)`)",
        "form",
        hard,
        "In part: the network may, if one weight changes at a time; the loss should not",
        lambda: (
            all(error(form, "RSO").high < 0.25 for form in HARD)
            and error("ternary weights", "RSO").mean < error("ternary weights", "back-propagation").mean
            and error("error rate", "RSO").low > 2 * error("error rate", "RSO, smooth loss").high
            and all(error(form, "1/5 rule").mean > 0.4 for form in HARD)
        ),
    ),
    Hope(
        "Depth is no problem, since nothing is propagated back",
        "a comparison sees the gradient that back-propagation computes: where it vanishes there is nothing to compare",
        "depth",
        deep,
        "Does not hold",
        lambda: (
            trained("sigmoid/8 layers/1/5 rule")[0] == 0 < trained("sigmoid/8 layers/Adam")[0]
            and trained("sigmoid, normalised/64 layers/1/5 rule")[0] == 0
            and len({*trained("sigmoid, normalised/64 layers/SGD")}) == 1
        ),
    ),
    Hope(
        "Policies are learned by comparing returns",
        "none that applies: theorems on GLD want no noise and strong convexity (`gld_search.iterations`), those on "
        "relative loss a smooth mean, of which nothing is known here",
        "policies",
        learned,
        "In part: they swim; few run, and of hidden units none, where augmented random search does",
        lambda: (
            all(np.median(returns(SWIMMER, "linear", method)) > 250 for method in ("relative loss", "GLD-Search"))
            and all(np.median(returns(SWIMMER, "H41", method)) > 250 for method in ("GLD-Search", "GLD-Fast"))
            and returns(CHEETAH, "H41", "ARS").min() > 1000
            and all(returns(CHEETAH, "H41", name).max() < 1000 for name in (PUSHED, "GLD-Search", "GLD-Fast"))
            and np.median(returns(CHEETAH, "linear", "relative loss")) < 500
        ),
    ),
)
