from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.nas.commands import run

ROOT = Path(__file__).parents[2]

WRONG = [
    (["run", "nope"], "experiment"),
    (["run", "try", "--set", "nas.sampler=bayes"], "try.nas.sampler"),
    (["run", "try", "--set", "nas.trials=0"], "try.nas.trials"),
    (["run", "try", "--set", "nas.trial=3"], "try.nas.trial"),
    (["run", "try", "--set", "nas.references=[alexnet]"], "try.nas.references.0"),
    (["run", "try", "--set", "space=darts"], "space"),
    (["run", "try", "--set", "objective.python=nowhere:f"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives:missing"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives:not_callable"], "objective.python"),
    (["run", "try", "--set", "objective=train", "--set", "data.name=mnist"], "data.name"),
    (["run", "try", "--storage", "nonsense"], "storage"),
    (["run", "try", "--set", "objective={benchmark: nb101}"], "objective.benchmark"),
    (["run", "try", "--set", "objective={benchmark: accel-nasbench}"], "objective.path"),
    (["run", "try", "--set", "objective={mode: table}"], "try.objective.mode"),
    (["run", "try", "--set", "objective={benchmark: accel-nasbench, path: x, mode: rows}"], "try.objective.mode"),
    (["run", "try", "--file", "nowhere.yaml"], "nowhere.yaml"),
    (["cost", "nowhere.yaml"], "architecture"),
    (["cost", "efficientnet-b0", "--resolution", "0"], "resolution"),
    (["cost", "efficientnet-b0", "--num-classes", "0"], "--num-classes"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_exit_code_2_and_leaves_nothing(
    arguments: list[str], key: str, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    extra = [] if arguments[0] == "cost" else ["--out", str(out)]
    if arguments[0] == "run" and "--file" not in arguments:
        extra += ["--file", str(file)]
    result = run(*arguments, *extra)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not list(out.rglob("*.csv"))
    assert not list(out.rglob("*.journal"))


@pytest.mark.parametrize("command", ["train", "compare", "calibrate"])
def test_help_imports_nothing_slow(command: str) -> None:
    code = (
        "import sys; from nas.cli import main\n"
        f"try:\n    main(['{command}', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'optuna', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")
