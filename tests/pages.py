"""A page of HTML as its elements, read strictly: what is opened is closed, in order. Claims to make pages of."""

from html.parser import HTMLParser
from typing import NamedTuple

import numpy as np

import zotheory as zo

VOID = {"meta", "link", "input", "wbr", "br", "img", "hr"}


class Element(NamedTuple):
    tag: str
    attributes: dict
    inside: tuple  # the elements that hold it, outermost first
    text: list  # what stands in it, also deeper


class Page(HTMLParser):
    """The elements of a page, in their order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self._open = [], []
        self.feed(text)
        self.close()
        assert self._open == [], f"not closed: {[e.tag for e in self._open]}"

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes), f"an attribute twice: {tag} {attributes}"
        element = Element(tag, dict(attributes), tuple(self._open), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop().tag == tag, f"</{tag}> at {self.getpos()} closes something else"

    def handle_data(self, data):
        for element in self._open:
            element.text.append(data)

    def find(self, tag, within=None, **attributes):
        """The elements of this kind, in another one if asked."""
        return [
            e
            for e in self.elements
            if e.tag == tag
            and (within is None or any(e is within for e in e.inside))
            and all(e.attributes.get(name) == value for name, value in attributes.items())
        ]


def words(element):
    """The text of an element, spaces as one."""
    return " ".join("".join(element.text).split())


def table(page, within):
    """The cells of all rows, those that reach over several rows in each."""
    rows, above = [], {}
    for row in page.find("tr", within):
        cells, spanning = [], {}
        own = iter([e for e in page.elements if e.tag in ("th", "td") and e.inside[-1] is row])
        while True:
            if above.get(len(cells), (0, ""))[0]:
                left, text = above[len(cells)]
                spanning[len(cells)] = left - 1, text
            elif (cell := next(own, None)) is not None:
                text = words(cell)
                spanning[len(cells)] = int(cell.attributes.get("rowspan", 1)) - 1, text
            else:
                break
            cells.append(text)
        above = spanning
        rows.append(cells)
    return rows


def uniform(mean, ceiling=2.0):
    """Measures uniform samples on [0, 2 mean] against E X <= bound."""
    return lambda bound, replicas, seed: zo.Mean(
        2 * mean * np.random.default_rng(seed).random(replicas), bound(), ceiling=ceiling
    )


def broken(bound, replicas, seed):
    raise ZeroDivisionError("a made-up <error> & no other")


def experiment(measure, label="a made-up mean", d=7):
    return zo.Experiment(label, d=d, measure=measure, replicas=400)


def claim(name, measure, controls=(), **options):
    but = {f"control{i}": ("a falsehood is true", None, experiment(m, f"spoiled {i}")) for i, m in enumerate(controls)}
    says = options.pop("says", "X is small.")
    on = options.pop("on", None) or [experiment(measure)]
    return zo.Claim(name, bound=lambda: 1.0, says=says, on=on, but=but, **options)


def growing(power):
    """Experiments in four dimensions of a number that grows like d^power, against the root of d."""

    def at(d):
        return experiment(lambda bound, replicas, seed: zo.Value(0.5 * d**power, d**0.5), "what grows", d)

    return [at(d) for d in (10, 100, 1000, 10_000)]


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' {{ 7 * 7 }} &lt; `<b>` \\mathrm{<i>}"


def hostile():
    """A claim that says nothing but HTML."""
    on = zo.Experiment(HOSTILE, d=3, measure=broken, replicas=5)
    return zo.Claim(
        "".join(HOSTILE.split()),
        bound=lambda: 1.0,
        says=HOSTILE,
        on=[on],
        but={"<u>": (HOSTILE, lambda: 0.5, on)},
        informal=HOSTILE,
        assumptions=[HOSTILE],
        source=HOSTILE,
    )


def every_kind():
    """Claims of every verdict, with and without controls, formula and derivation."""
    return [
        claim("kinds.supported", uniform(0.25), [uniform(1.6, 4.0)], assumptions=["X is uniform."]),
        claim("kinds.undecided", uniform(0.5, 1.5), on=[experiment(uniform(0.96))]),
        claim("kinds.refuted", uniform(1.6, 4.0), [uniform(0.5)], informal="it is false"),
        claim("kinds.failed", broken, [broken]),
        claim("kinds.not_refuted", uniform(0.5, None)),
        claim("kinds.grows", None, on=growing(0.25), says="What kinds.supported says, in `d` dimensions."),
        claim("unstated", uniform(0.25), states=lambda bound: 1 / 0),
    ]
