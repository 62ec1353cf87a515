"""The list of mutants that are no mistake: each still is what the source says, with a reason.

The mutants themselves are drawn and run outside pytest: ``python -m benchmarks.mutation``.
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EQUIVALENT = json.loads((ROOT / "benchmarks" / "mutation" / "equivalent.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", EQUIVALENT, ids=lambda entry: entry.get("mutant") or entry["removing"])
def test_an_equivalent_mutant_is_one_of_the_source_as_it_is(entry):
    assert entry["because"].endswith(".")
    if "removing" in entry:
        assert any(re.search(entry["removing"], path.read_text("utf-8")) for path in (ROOT / "zotheory").rglob("*.py"))
        return
    lines = {line.strip() for line in (ROOT / entry["file"]).read_text(encoding="utf-8").splitlines()}
    assert entry["line"] in lines
    assert entry["mutant"] not in lines
