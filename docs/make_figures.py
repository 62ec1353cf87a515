"""Write docs/figures.md, and the captions in docs/relative_loss.md: both are the docstrings of the figures' scripts.

python docs/make_figures.py
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from textwrap import fill

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `figures`
from figures import make

DOCS = Path(__file__).resolve().parent
PART = re.compile(r"<!-- figure: (\w+) -->\n.*?<!-- end -->", re.DOTALL)
HEAD = (
    "Every picture, with its claim as its title, and what is drawn in it. `python figures/make.py` draws them all, in "
    "about {minutes} minutes on one core. Seeds are fixed: on one installation two runs write the same bytes. This "
    "page is written by `python docs/make_figures.py` from the scripts."
)


def caption(name: str) -> tuple[str, str]:
    """Return the claim of a figure without its full stop, and the text that explains the picture."""
    path = make.HERE / f"{name}.py"
    claim, _, text = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n\n")
    return claim.removesuffix("."), text


def picture(name: str) -> str:
    """Return the picture, seen from the folder of the pages."""
    return f"![{caption(name)[0]}](../figures/{name}.png)"


def duration(seconds: int) -> str:
    """Return a time in words."""
    return f"{seconds} seconds" if seconds < 100 else f"{round(seconds / 60)} minutes"


def page() -> str:
    """Return docs/figures.md."""
    head = HEAD.format(minutes=round(sum(make.SECONDS.values()) / 60))
    parts = [f"# Figures\n\n{fill(head, 120, break_on_hyphens=False)}\n"]
    for name, seconds in make.SECONDS.items():
        claim, text = caption(name)
        drawn = (
            f"`python figures/make.py {name}` draws it in about {duration(seconds)}; here as "
            f"[PNG](../figures/{name}.png) and as [SVG](../figures/{name}.svg)."
        )
        parts.append(f"## {claim}\n\n{picture(name)}\n\n{text}\n\n{fill(drawn, 120, break_on_hyphens=False)}\n")
    return "\n".join(parts)


def insert(text: str) -> str:
    """Return a page with every picture and its caption anew."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        claim, explained = caption(name)
        first, *more = explained.split("\n\n")
        text = "\n\n".join([fill(f"**{claim}.** {first}", 120, break_on_hyphens=False), *more])
        return f"<!-- figure: {name} -->\n{picture(name)}\n\n{text}\n<!-- end -->"

    return PART.sub(part, text)


def main() -> None:
    """Command line."""
    (DOCS / "figures.md").write_text(page(), encoding="utf-8")
    path = DOCS / "relative_loss.md"
    path.write_text(insert(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
