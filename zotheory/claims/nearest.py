"""Which known names somebody may have meant: by what they say first, by their letters after that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from math import log

IN_NAME = 3.0  # times the weight of a word that stands in the text only
PHRASE = 10.0  # for all words in a row: "theorem 7" is more than a theorem and a 7
MISSPELT = 0.7  # of the weight of the word that was meant
NEAR = 0.6  # of the best score: what is suggested beside it
ALIKE = 0.5  # in letters, where no word is known


def nearest(name: str, texts: Mapping[str, str], most: int = 3) -> list[str]:
    """Return the known names nearest to an unknown one.

    Parameters
    ----------
    name : str
    texts : mapping, known name -> what it says
    most : int
    """
    words = {known: [*_words(known), *_words(text)] for known, text in texts.items()}
    rarity = Counter(word for listed in words.values() for word in set(listed))
    asked = []
    for word in _words(name):
        meant = get_close_matches(word, rarity, n=1, cutoff=0.75)
        if word in rarity or meant:
            found = word if word in rarity else meant[0]
            asked.append((found, (1 if word in rarity else MISSPELT) * log(1 + len(texts) / rarity[found])))

    def score(known: str) -> float:
        own = _words(known)
        single = sum(weight * (IN_NAME if word in own else word in words[known]) for word, weight in asked)
        row = len(asked) > 1 and _contains([_words(texts[known]), own], [word for word, _ in asked])
        return single + PHRASE * row

    scores = {known: score(known) for known in texts}
    best = max(scores.values(), default=0)
    letters = {known: SequenceMatcher(None, name, known).ratio() for known in texts}
    ordered = sorted(texts, key=lambda known: (-scores[known], -letters[known]))
    if best == 0:
        return [known for known in ordered[:1] if letters[known] >= ALIKE]
    return [known for known in ordered if scores[known] >= NEAR * best][:most]


def did_you_mean(kind: str, name: str, texts: Mapping[str, str]) -> str:
    """Return the message on an unknown name."""
    near = [repr(known) for known in nearest(name, texts)]
    listed = " or ".join([", ".join(near[:-1]), near[-1]] if len(near) > 1 else near)
    return f"unknown {kind} {name!r}" + (f": did you mean {listed}?" if near else ", and none is like it")


def _words(text: str) -> list[str]:
    return [word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text.lower())]


def _contains(texts: Sequence[list[str]], row: list[str]) -> bool:
    return any(text[i : i + len(row)] == row for text in texts for i in range(len(text)))
