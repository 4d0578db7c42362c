from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.cli import main
from tests.grid_search.commands import COEFFICIENTS, run

B0 = ["--baseline", "efficientnet-b0"]
WRONG = [
    (["emit", *B0, "--alpha", "1.2", "--phi", "1"], "--beta"),
    (["emit", *B0, *COEFFICIENTS], "phis"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "one"], "--phi"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "99"], "phis.0"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "lots"], "targets.0"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "1k"], "targets.0"),
    (["emit", *B0, "--alpha", "-1", "--beta", "1", "--gamma", "1", "--phi", "1"], "coefficients.alpha"),
    (["emit", "--baseline", "mobilenet-v2", "--official"], "baseline"),
    (["emit", *B0, "--official", "--phi", "1"], "--phi"),
    (["emit", *B0, "--official", "--depth-rounding", "ceil"], "--depth-rounding"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "1G", "--latency-ms", "20"], "--latency-ms"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "1", "--max-width", "0"], "limits.width"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "1", "--width-divisor", "0"], "rounding.width_divisor"),
    (["emit", "--baseline", "nowhere.yaml", *COEFFICIENTS, "--phi", "1"], "architecture"),
    (["grid", *B0, "--tolerance", "0.00001", "--constraint", "measured"], "tolerance"),
    (["grid", *B0, "--step", "0"], "alpha.step"),
    (["grid", *B0, "--target", "-2"], "target"),
    (["grid", *B0, "--cost", "joules"], "cost"),
    (["search", "nope"], "experiment"),
    (["search", "try"], "--baseline"),
    (["search", "try", "--set", "scale.candidates=0"], "try.scale.candidates"),
    (["search", "try", "--set", "scale.gird={}"], "try.scale.gird"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_exit_code_2_and_leaves_nothing(
    arguments: list[str], key: str, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    extra = {"emit": ["--out", str(out)], "search": ["--out", str(out), "--file", str(file)], "grid": []}
    result = run(*arguments, *extra[arguments[0]])
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not [path for path in out.rglob("*") if path.is_file()]


def test_every_command_says_what_it_is_for() -> None:
    result = run("--help")
    assert result.exit_code == 0, result.output
    assert sorted(main.commands) == [
        "bench",
        "compare",
        "emit",
        "explore",
        "export",
        "grid",
        "import",
        "maps",
        "report",
        "search",
        "status",
        "table",
    ]
    for name, command in main.commands.items():
        assert f"  {name} " in result.output
        assert command.get_short_help_str(30).split("...")[0] in result.output
