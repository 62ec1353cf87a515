"""Links that nobody writes: from names, of functions and of claims, to what is said of them."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from zotheory.claims import select


def resolve(app: Any, environment: Any, node: Any, content: nodes.Node) -> nodes.Node | None:
    """Lead a name in a docstring that Sphinx does not find to what it names; any other name is code, and no link."""
    if node.get("refdomain") != "py":
        return None
    place = documented(environment, node["reftarget"])
    return linked(app, node["refdoc"], place, content) if place else content


def documented(environment: Any, sought: str) -> tuple[str, str] | None:
    """Return page and anchor of ``zo.run``, ``run``, ``radii.one_fifth`` or ``Method``; None where there is none."""
    known = environment.domains["py"].objects
    full = re.sub(r"^(zo\.|zotheory\.)?", "zotheory.", sought)
    found = [known[full]] if full in known else []
    if not found and re.search(r"\.|^[A-Z]", sought):
        found = [known[name] for name in known if name.endswith(f".{sought}")]
    return (found[0].docname, found[0].node_id) if len(found) == 1 else None


def linked(app: Any, page: str, place: tuple[str, str], content: nodes.Node) -> nodes.reference:
    """Return a link from a page to a place."""
    address = f"{app.builder.get_relative_uri(page, place[0])}#{place[1]}"
    return nodes.reference("", "", content, internal=True, refuri=address)


class Names(SphinxPostTransform):
    """On every page the name of a claim that stands as code, and ``zo.`` with a public name, is a link."""

    default_priority = 400

    def run(self, **options: Any) -> None:
        """Put links around the names."""
        claims = {claim.id for claim in select()}
        for node in list(self.document.findall(nodes.literal)):
            name = node.astext()
            place = None
            if isinstance(node.parent, nodes.reference | nodes.title):
                continue
            if name in claims:
                place = self.env.domains.standard_domain.anonlabels[name][:2]
            elif re.fullmatch(r"zo\.[\w.]+", name):
                place = documented(self.env, name)
            if place:
                node.replace_self(linked(self.app, self.env.docname, place, node.deepcopy()))
