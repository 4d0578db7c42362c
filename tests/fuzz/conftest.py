"""Commands that do everything but train, and the same files for all examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search_spaces import cost
from tests.fuzz.sandbox import EXAMPLES, MEASURED
from trials.engines import local
from trials.isolation.objective import Isolated

HERE = Path(__file__).parent
MEMORY_SHARE = 10  # of what is measured of networks: at its own bounds, just above EfficientNet-B7, fvcore takes 4 GB


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of many examples take their time: each example has a bound of its own."""
    for item in items if EXAMPLES else []:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many inputs were tried and what they needed; `python -m benchmarks.fuzzing` reads it."""
    if MEASURED.inputs:
        terminalreporter.write_line(f"fuzz: {MEASURED.inputs} inputs, peak {MEASURED.peak / 1e6:.0f} MB")


@pytest.fixture(scope="session")
def archive(archive_of_sixty: Path) -> bytes:
    return archive_of_sixty.read_bytes()


@pytest.fixture(scope="module")
def nothing_trained() -> Iterator[None]:
    """Evaluate at most three candidates of a search, by a constant and in this process; train nothing in full."""
    real = local.run

    def few(ledger: Any, _evaluate: Any, *arguments: Any, **named: Any) -> Any:
        ledger.budget = min(ledger.budget, 3)
        return real(
            ledger, lambda candidate, _report: {"val_accuracy": 0.1 + candidate.number / 100}, *arguments, **named
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "run", few)
        for bound in ("MOST_MEASURED_PARAMS", "MOST_MEASURED_ACTIVATIONS"):
            patch.setattr(cost, bound, getattr(cost, bound) // MEMORY_SHARE)
        patch.setattr(Isolated, "prepare", lambda self: self.objective.prepare())
        patch.setattr("nas.train.full_training.train_in_full", lambda *_arguments, **_named: {})
        patch.setattr("nas.train.screen.print_training", lambda *_arguments, **_named: None)
        yield
