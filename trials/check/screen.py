"""The screen of `nas check` and of `--dry-run`. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from search_spaces.architecture import Architecture
from search_spaces.exchange.source import load_architecture
from search_spaces.files import dump_yaml
from trials.check.findings import Findings
from trials.check.memory import memory_doubt
from trials.check.networks import check_networks
from trials.experiment import Experiment
from trials.resolving import as_deployed

WIDTH = 10
SPARSE = ("objective", "limits", "compute")  # sections in which most settings stay empty, and none is derived from data


def print_findings(console: Console, findings: Findings, experiment: Experiment) -> None:
    """Print the settings as YAML, then the facts by heading, then every warning."""
    _print(console, f"# {experiment.name}, with everything that follows from it")
    _print(console, dump_yaml({experiment.name: settings(experiment)}).rstrip())
    _print_facts(console, findings)


def print_plan(console: Console, name: str, experiment: Experiment) -> None:
    """Print in a few lines what a search trains and what will be deployed, where candidates are trained here."""
    if not experiment.objective.uses_torch:
        return
    from trials.data.facts import data_facts

    findings, network = Findings(), as_deployed(load_architecture(name), experiment)
    facts = data_facts(experiment.data.name, Path(experiment.data.folder))
    check_networks(name, network, experiment, findings, images=facts.size)
    _print_facts(console, findings)
    print_memory_doubt(console, [network], experiment)


def print_memory_doubt(console: Console, networks: Iterable[Architecture], experiment: Experiment) -> None:
    """Warn where trainings of such networks take more memory than is free."""
    if (doubt := memory_doubt(networks, experiment)) is not None:
        _print_warning(console, doubt)


def settings(experiment: Experiment) -> dict[str, Any]:
    """Return the experiment as an entry of an experiments file, without what is empty and what it does not use."""
    unused = ("name",) if experiment.objective.uses_torch else ("name", "data", "proxy", "training")
    entry = {key: value for key, value in asdict(experiment).items() if key not in unused}
    return _filled(entry | {key: _filled(entry[key]) for key in SPARSE})


def _filled(section: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value not in ("", None, {}, ())}


def _print_facts(console: Console, findings: Findings) -> None:
    for heading, lines in findings.facts.items():
        for index, line in enumerate(lines):
            _print(console, f"{heading + ':' if index == 0 else '':<{WIDTH}}{line}")
    for warning in findings.warnings:
        _print_warning(console, warning)


def _print_warning(console: Console, warning: str) -> None:
    console.print(f"warning: {warning}", style="yellow", highlight=False, soft_wrap=True, markup=False)


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)
