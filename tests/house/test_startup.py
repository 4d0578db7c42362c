"""What takes seconds to import is imported by nobody who does not need it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.source import ROOT

NO_TORCH = [
    "search_spaces",
    "search_spaces.cost",
    "search_spaces.reference",
    "trials.experiment",
    "trials.study.internals",
    "trials.study.ledger",
    "trials.study.leases",
    "trials.study.opening",
    "trials.study.settings",
    "trials.session",
    "trials.study.reader",
    "trials.training.trial_checkpoints",
    "trials.console.interruption",
    "trials.study.patient_storage",
    "trials.study.storage",
    "trials.reward",
    "trials.study.report",
    "trials.engines.local",
    "nas.samplers",
    "nas.search.run",
    "nas.cli",
    "grid_search.search.run",
    "grid_search.cli",
]


@pytest.mark.parametrize("module", NO_TORCH)
def test_modules_without_torch_import_nothing_slow(module: str) -> None:
    code = f"import {module}, sys; print(sorted({{'torch', 'ray', 'fvcore', 'sklearn'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["nas.cli", "grid_search.cli"])
def test_help_imports_nothing_slow(command: str) -> None:
    code = (
        f"import sys; from {command} import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'torch', 'ray', 'fvcore', 'optuna', 'pandas', 'matplotlib', 'sklearn', 'scipy'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().splitlines()[-1] == "[]"
