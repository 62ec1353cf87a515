"""Variables and a register for attacks on the kernel: attempts, and the words of the errors that they must end in."""

from zotheory.kernel.definitions import dimension, draws, function, law_of_directions, natural, real, vector
from zotheory.kernel.facts import assume

REFUSALS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # Refused and SortError among them
x, y, z = real("x y z")
s, t = natural("s t")
d = dimension("d")
a, b, v, x0, u = vector("a b v x0 u", d)
f = function("f", d)
omega = draws("omega")
P = law_of_directions("P", d)


def given(*formulas):
    """Hypotheses."""
    return [assume(each) for each in formulas]


def registered(register):
    """What enters attempts: a decorator, and a function of attempts by name."""

    def attack(words):
        def entered(function):
            register[function.__name__] = words, function
            return function

        return entered

    def attacks(words, **attempts):
        register.update({name: (words, attempt) for name, attempt in attempts.items()})

    return attack, attacks
