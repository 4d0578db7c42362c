"""The screen of `nas check` and of `--dry-run`. No torch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console

from search_spaces.files import dump_yaml
from trials.check.findings import Findings
from trials.experiment import Experiment

WIDTH = 10


def print_findings(console: Console, findings: Findings, experiment: Experiment) -> None:
    """Print the settings as YAML, then the facts by heading, then every warning."""
    _print(console, f"# {experiment.name}, with everything that follows from it")
    _print(console, dump_yaml({experiment.name: settings(experiment)}).rstrip())
    for heading, lines in findings.facts.items():
        for index, line in enumerate(lines):
            _print(console, f"{heading + ':' if index == 0 else '':<{WIDTH}}{line}")
    for warning in findings.warnings:
        console.print(f"warning: {warning}", style="yellow", highlight=False, soft_wrap=True, markup=False)


def settings(experiment: Experiment) -> dict[str, Any]:
    """Return the experiment as an entry of an experiments file, without what is empty."""
    return {
        key: value for key, value in asdict(experiment).items() if key not in ("name",) and value not in ("", None, {})
    }


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)
