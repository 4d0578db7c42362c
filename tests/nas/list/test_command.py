from __future__ import annotations

from pathlib import Path

from tests.nas.commands import run


def test_all_kinds_or_the_ones_asked_for(file: Path) -> None:
    result = run("list", "--file", file)
    assert result.exit_code == 0, result.output
    assert all(name in result.output for name in ("try", "efficientnet", "mobilenet-v2", "predictor", "cifar10"))
    few = run("list", "samplers", "data", "--file", file).output
    assert "predictor" in few
    assert "mobilenet-v2" not in few


def test_an_unknown_kind_is_refused() -> None:
    assert run("list", "nonsense").exit_code == 2
