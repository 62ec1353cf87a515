"""Compile the generated propositions and their proofs, and audit what the proofs rest on."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from proofs.coq import LEMMAS, Lemma
from proofs.coq.formulas import consistent, proposition

SCRIPTS = Path(__file__).parent
PACKAGES = "coq libcoq-coquelicot libcoq-interval"  # of Debian
SECONDS = 300  # for a file

# The axioms of Coq's real numbers: they are complete, functions with the same values are equal, and logic is classical.
REALS = frozenset(
    (
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "Classical_Prop.classic",
        "FunctionalExtensionality.functional_extensionality_dep",
    )
)
MACHINE = ("PrimInt63.", "Uint63.")  # what Interval computes with: 63-bit integers of the processor, and their laws
NOT_IN_SCRIPTS = r"\b(Module|Load|Declare|Unset|Add|Redirect|bypass_check|Extraction)\b"  # what could disguise an axiom


class Unchecked(ValueError):
    """Coq is missing, refuses a file, or a proof rests on an axiom that is not allowed."""


def statements(lemmas: Mapping[str, Lemma] = LEMMAS) -> str:
    """Return the file of all propositions."""
    head = "From Coq Require Import Reals.\nFrom Lemmas Require Import prelude.\n\nOpen Scope R_scope.\n"
    made = [
        f"\nDefinition {name} : Prop :=\n  {proposition(statement)}.\n"
        f"\nDefinition {name}_somewhere : Prop :=\n  {consistent(statement)}.\n"
        for name, statement in ((name, lemma.states()) for name, lemma in lemmas.items())
    ]
    return head + "".join(made)


def check(
    names: Iterable[str] = LEMMAS, lemmas: Mapping[str, Lemma] = LEMMAS, folder: Path = SCRIPTS
) -> dict[str, tuple[str, ...]]:
    """Check lemmas, all by default, and return the axioms that each, or a lemma audited with it, rests on.

    That the hypotheses of each hold somewhere is checked where all lemmas are.

    Parameters
    ----------
    names : of lemmas
    lemmas : where they are looked up
    folder : of ``prelude.v`` and the proofs

    Raises
    ------
    Unchecked
        With the file and what Coq says of it, or with the axiom that is not allowed.
    """
    if shutil.which("coqc") is None:
        raise Unchecked(f"coqc is not found; on Debian: apt-get install --no-install-recommends {PACKAGES}")
    proofs = {name: f"{lemmas[name].script}.{name}" for name in names}
    if set(proofs) == set(lemmas):
        proofs |= {f"{name}_somewhere": f"witnesses.{name}" for name in lemmas}
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        for file in folder.glob("*.v"):
            shutil.copy(file, place)
        scripts = _ordered(place, {proof.partition(".")[0] for proof in proofs.values()})
        stated = {name: lemma for name, lemma in lemmas.items() if lemma.script in scripts}
        (place / "statements.v").write_text(statements(stated), encoding="utf-8")
        for script in scripts:
            compile_script(place, script)
        found = _audit(place, proofs)
    return {name: found[name] for name in proofs if name in lemmas}


def _needs(place: Path, script: str) -> list[str]:
    """Return the files that a script imports; raise Unchecked where it could disguise an axiom."""
    if script == "statements":
        return ["prelude"]
    text = (place / f"{script}.v").read_text(encoding="utf-8")
    if refused := re.search(NOT_IN_SCRIPTS, text):
        raise Unchecked(f"{script}.v has the word {refused[0]}, which no script may have")
    return [name for line in re.findall(r"From Lemmas Require Import ([\w ]+)\.", text) for name in line.split()]


def _ordered(place: Path, wanted: set[str]) -> list[str]:
    """Return scripts and all that they import, in the order in which they are compiled."""
    graph: dict[str, list[str]] = {}
    left = sorted(wanted)
    while left:
        script = left.pop()
        if script not in graph:
            graph[script] = _needs(place, script)
            left += graph[script]
    return list(TopologicalSorter(graph).static_order())


def _together(place: Path, proofs: Mapping[str, str]) -> list[list[str]]:
    """Return the proofs that rest on Interval, to be audited at once, as that takes long, and each other one alone."""

    def computed(proof: str) -> bool:
        needed = _ordered(place, {proof.partition(".")[0]})
        return any("From Interval" in (place / f"{script}.v").read_text(encoding="utf-8") for script in needed)

    slow = [name for name, proof in proofs.items() if computed(proof)]
    return [*([name] for name in proofs if name not in slow), *([slow] if slow else [])]


def compile_script(place: Path, script: str) -> None:
    """Compile one file in a folder; raise Unchecked with what Coq says of it."""
    command = ["coqc", "-q", "-Q", ".", "Lemmas", f"{script}.v"]
    try:
        ran = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unchecked(f"{script}.v took more than {SECONDS} seconds") from None
    if ran.returncode:
        raise Unchecked(f"{script}.v: {ran.stderr[-1500:]}")


def _audit(place: Path, proofs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the axioms below each theorem, or those audited with it; each must prove the proposition of its name."""
    required = " ".join(sorted({"statements", *(proof.partition(".")[0] for proof in proofs.values())}))
    lines = [f"From Lemmas Require {required}."]
    lines += [
        f"Definition checked_{name} : Lemmas.statements.{name} := Lemmas.{proof}." for name, proof in proofs.items()
    ]
    groups = _together(place, proofs)
    for number, names in enumerate(groups):
        lines.append(f"Definition audited_{number} := ({', '.join(f'checked_{name}' for name in names)}).")
        lines.append(f'Redirect "audited_{number}" Print Assumptions audited_{number}.')
    (place / "audit.v").write_text("\n".join([*lines, ""]), encoding="utf-8")
    compile_script(place, "audit")
    found: dict[str, tuple[str, ...]] = {}
    for number, names in enumerate(groups):
        said = (place / f"audited_{number}.out").read_text(encoding="utf-8").splitlines()[1:]
        axioms = tuple(sorted(line.split()[0] for line in said if line[:1].strip()))
        for axiom in axioms:
            if axiom not in REALS and not axiom.startswith(MACHINE):
                raise Unchecked(f"{' and '.join(names)} may not rest on the axiom {axiom}")
        found |= dict.fromkeys(names, axioms)
    return found
