"""Objectives that exit, crash, hang or leave the folder, in a run of `nas run` from its command to its files."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from search_spaces import load_architecture
from tests.nas.commands import run

EXPERIMENT = """
try:
  objective: {python: "mine:f"}
  limits: {max_seconds: 5}
  nas: {sampler: random, trials: 5, references: []}
"""
MINE = """
import ctypes, os, sys, time
done = 0

def f(architecture, seed):
    global done
    done += 1
    print("[/red] one \\x1b[2J", seed)
    if done == 2 and not os.path.exists("results/done"):  # a new process begins to count anew
        open("results/done", "w").close()
        DEED
    return {"val_accuracy": 0.5}
"""
REASONS = {
    "sys.exit()": "SystemExit",
    "os._exit(0)": "its process ended itself with exit code 0",
    "ctypes.string_at(0)": "its process crashed (SIGSEGV)",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise ValueError('[/red] \\ud800')": "ValueError: [/red] \\ud800",
    "time.sleep(60)": "out of time: not finished after 5 s (limits.max_seconds)",
    "os.chdir('/')": None,
    "sys.stdout.close()": None,
}


@pytest.mark.parametrize("deed", REASONS)
def test_one_candidate_fails_with_the_reason_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    (tmp_path / "experiments.yaml").write_text(EXPERIMENT)
    (tmp_path / "mine.py").write_text(MINE.replace("DEED", deed))
    monkeypatch.chdir(tmp_path)
    result = run("run", "try", "--trials", 4)  # of the file in this folder, to the folder `results` here
    assert result.exit_code == 0, result.output
    folder = tmp_path / "results" / "try" / "nas"
    reasons = pd.read_csv(folder / "trials.csv")["reason"]
    assert reasons.dropna().to_dict() == ({1: REASONS[deed]} if REASONS[deed] else {})
    assert len(reasons) == 4
    assert load_architecture(folder / "best.yaml").name == "try-best"
    assert json.loads((folder / "run.json").read_text())["state"] == "finished"
    assert result.output.count("[/red] one \\x1b[2J") == 4
    there = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert there == {"experiments.yaml", "mine.py", "results"}
