"""The committed records are those of the studies as they stand, and figures name what the studies name."""

import importlib
import json
import re

import pytest

pytest.importorskip("jax", reason="the extra jax is not installed")
pytest.importorskip("optax", reason="the extra jax is not installed")

from figures import (
    networks_depth,
    networks_form,
    networks_kin,
    networks_lstm,
    networks_policies,
    networks_rso,
    networks_vae,
)
from figures.answers import hopes
from figures.networks import autoencoders, depth, form, kin, lstm, policies, rso, vae
from figures.networks.__main__ import STUDIES, recorded
from figures.networks.results import RECORDS
from zotheory.errata import LEDGER
from zotheory.problems.networks import mnist_network

MEASURED = sorted(path.stem for path in RECORDS.glob("*.json"))


@pytest.mark.parametrize("study", MEASURED)
def test_a_record_holds_jobs_of_its_study_alone_as_they_are_set(study):
    runs = json.loads((RECORDS / f"{study}.json").read_text(encoding="utf-8"))["runs"]
    jobs = importlib.import_module(f"figures.networks.{study}").JOBS
    assert list(recorded(RECORDS / f"{study}.json", jobs)) == list(runs) != []
    pieces = {job.name: job.pieces for job in jobs}
    assert {name: run["pieces"] for name, run in runs.items()} == {name: pieces[name] for name in runs}


def test_every_study_has_a_record():
    assert set(MEASURED) == set(STUDIES)


def test_figures_name_what_the_studies_name():
    assert set(networks_rso.CURVES) | set(networks_rso.SHORT) == {job.name for job in rso.JOBS}
    assert mnist_network().parameters.count == networks_rso.PARAMETERS
    runs = [job for job in kin.JOBS if job.name.startswith("run/")]
    assert {job.name.split("/")[1] for job in runs} == set(networks_kin.SIZES)
    assert {job.setting["method"] for job in runs} == set(networks_kin.METHODS)
    assert {(depth.THRESHOLD, depth.SEEDS, depth.DEPTHS, depth.WIDE)} == {
        (networks_depth.THRESHOLD, networks_depth.RUNS, networks_depth.DEPTHS, networks_depth.WIDE)
    }
    assert {task: setting.seeds for task, setting in lstm.SETTINGS.items()} == networks_lstm.TASKS
    assert set(networks_lstm.METHODS) == set(lstm.ARMS)
    weights = {name: size.network.parameters.count for name, size in autoencoders.SIZES.items()}
    assert weights == networks_vae.WEIGHTS
    assert set(networks_vae.ROWS) == set(vae.ARMS)
    assert set(hopes.COMPARISONS) == set(vae.COMPARED)
    assert {(plan.size, plan.each) for plan in vae.PLANS} == {
        (size, each) for size, both in networks_vae.EACH.items() for each in both
    }
    assert max(plan.seeds for plan in vae.PLANS) == networks_vae.SEEDS
    forms, methods = ({job.name.split("/", 1)[part] for job in form.JOBS} for part in (0, 1))
    assert (forms, methods) == (set(networks_form.FORMS), set(networks_form.METHODS))
    assert form.RUNS == networks_form.SEEDS
    assert (tuple(policies.SIZES), tuple(policies.POLICIES)) == (
        networks_policies.ENVIRONMENTS,
        networks_policies.POLICIES,
    )
    assert set(policies.SETTINGS) == set(networks_policies.METHODS)
    assert policies.SEEDS == networks_policies.SEEDS
    assert policies.EPISODES // policies.EVERY + 1 == networks_policies.POINTS


def test_the_ledger_says_what_the_record_says_of_the_first_cycles():
    [said] = [entry.ours for entry in LEDGER if entry.id == "rso-cycles"]
    data, told = networks_rso.data(), re.findall(r"\d+\.\d(?= %)", said)
    reached = dict(zip(data.evaluations[0], data.accuracy[0], strict=True))
    ends = [*(reached[3 * networks_rso.PARAMETERS * cycles] for cycles in (5, 8)), *data.short]
    assert told == [f"{100 * end:.1f}" for end in ends]
