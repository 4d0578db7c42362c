from __future__ import annotations

import io

import pytest
import yaml
from rich.console import Console

from trials.check import memory
from trials.check.findings import Findings
from trials.check.screen import print_findings, print_plan, settings
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig


def shown(experiment: Experiment, findings: Findings) -> str:
    out = io.StringIO()
    print_findings(Console(file=out, width=200), findings, experiment)
    return out.getvalue()


def test_the_settings_are_an_entry_that_can_be_read_back() -> None:
    experiment = Experiment(name="mine", seed=4, data=DataConfig(name="digits"))
    text = shown(experiment, Findings(facts={"data": ["one", "two"]}, warnings=["[red]doubt[/red]"]))
    head, _, tail = text.partition("data:     one")
    entry = yaml.safe_load(head)["mine"]
    assert entry["seed"] == 4
    assert entry["data"]["name"] == "digits"
    assert tail.splitlines()[1].strip() == "two"
    assert "warning: [red]doubt[/red]" in tail


def test_what_is_empty_is_not_shown() -> None:
    shown = settings(Experiment())
    assert "description" not in shown
    assert shown["objective"] == {"name": "train", "search": "afterwards"}
    assert shown["training"]["ema_decay"] is None  # said, as a value may follow from the data


def test_what_only_a_training_uses_is_not_shown_where_nothing_is_trained() -> None:
    shown = settings(Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size")))
    assert not {"data", "proxy", "training"} & shown.keys()
    assert shown["objective"]["python"] == "tests.objectives:by_size"


def test_nothing_is_said_of_proxies_where_nothing_is_trained() -> None:
    out = io.StringIO()
    experiment = Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))
    print_plan(Console(file=out), "efficientnet-b0", experiment)
    assert out.getvalue() == ""


def test_too_little_memory_is_told_before_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1e6)
    out = io.StringIO()
    experiment = Experiment(data=DataConfig(name="digits"), compute=Compute(device="cpu"))
    print_plan(Console(file=out, width=200), "efficientnet-b0", experiment)
    assert "warning: memory: a training in batches of " in out.getvalue()
    assert "it is likely to be killed" in out.getvalue()
