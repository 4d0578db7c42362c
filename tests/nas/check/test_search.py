from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from nas.check.search import check_search, check_space
from nas.config import NasConfig, NasExperiment
from search_spaces import InvalidInput
from search_spaces.emission import emit_architecture
from search_spaces.reference import reference
from trials.budget.pacing import Plan
from trials.check.findings import Findings
from trials.experiment import Compute, DataConfig, Limits, ObjectiveConfig
from trials.proxy import Proxy
from trials.training_config import TrainingConfig

GIVEN = ObjectiveConfig(python="tests.objectives:by_size")


def test_the_space_is_told_with_the_share_within_the_limits() -> None:
    findings = Findings()
    experiment = NasExperiment(objective=GIVEN, resolution=64, limits=Limits(max_flops="30M"))
    within = check_space(experiment, findings)
    assert within
    unlimited = Findings()
    check_space(NasExperiment(objective=GIVEN, resolution=64), unlimited)
    assert unlimited.facts["space"][1] == "no limits are set"
    assert all(network.resolution == 64 for network in within)
    assert f"{len(within) / 2000:.1%} of 2,000 random networks" in findings.facts["space"][1]


def test_limits_that_nothing_keeps_are_refused_with_the_cheapest_seen(tmp_path: Path) -> None:
    experiment = NasExperiment(name="try", objective=GIVEN, limits=Limits(max_flops=5))
    out = io.StringIO()
    with pytest.raises(InvalidInput, match="the cheapest seen: ") as caught:
        check_search(Plan(experiment=experiment), tmp_path, Console(file=out, width=200))
    assert "\n" not in str(caught.value)
    assert "try:" in out.getvalue()


def test_a_smaller_resolution_is_named_where_it_helps() -> None:
    limits = Limits(max_flops="5M")
    with pytest.raises(InvalidInput, match=r"the cheapest seen: \d\.\d+M .*or a smaller network to deploy") as caught:
        check_space(NasExperiment(objective=GIVEN, resolution=64, limits=limits), Findings())
    resolution = int(str(caught.value).rpartition("resolution: ")[2].rstrip("`"))
    assert resolution < 64
    assert len(check_space(NasExperiment(objective=GIVEN, resolution=resolution, limits=limits), Findings())) > 20
    with pytest.raises(InvalidInput, match=r"M parameters$"):  # parameters do not depend on it
        check_space(NasExperiment(objective=GIVEN, resolution=64, limits=Limits(max_params=1_000)), Findings())


def test_a_reference_may_be_a_file(tmp_path: Path) -> None:
    emit_architecture(reference("mnasnet-a1"), tmp_path / "mine.yaml")
    nas = NasConfig(references=(str(tmp_path / "mine.yaml"),))
    out = io.StringIO()
    plan = Plan(experiment=NasExperiment(name="try", objective=GIVEN, nas=nas))
    check_search(plan, tmp_path, Console(file=out, width=400))
    assert "mine.yaml: 311.6M multiply-adds" in out.getvalue()


def test_nothing_is_written(tmp_path: Path) -> None:
    experiment = NasExperiment(name="try", objective=GIVEN, nas=NasConfig(references=()))
    check_search(Plan(experiment=experiment), tmp_path / "results", Console(file=io.StringIO()))
    assert list(tmp_path.iterdir()) == []


def sharing(finalists: int, threads: int = 1) -> NasExperiment:
    return NasExperiment(
        name="try",
        objective=ObjectiveConfig(name="shared", training={"epochs": 1, "batch_size": 32, "warmup_epochs": 0.1}),
        data=DataConfig(name="digits", train_images=64, validation_images=50),
        resolution=16,
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.5, drop_strides=3),
        training=TrainingConfig(epochs=1, batch_size=32, warmup_epochs=0.1),
        compute=Compute(device="cpu", threads=threads),
        nas=NasConfig(references=("efficientnet-b0", "mobilenet-v2"), trials=7, finalists=finalists),
    )


def test_shared_weights_and_finalists_have_their_times(tmp_path: Path) -> None:
    experiment = sharing(finalists=2)
    out = io.StringIO()
    check_search(Plan(experiment=experiment), tmp_path, Console(file=out, width=200))
    text = out.getvalue()
    assert "to train the shared weights, once" in text
    assert "to judge 8 networks with them, " in text
    assert "for 12 trainings of finalists and published networks, at the most: " in text
    assert "mobilenet-v2 is left out: not of the space efficientnet" in text
    assert "shared weights: 64 images x 1 epoch in batches of 32" in text


def test_missing_data_of_a_benchmark_are_refused_and_no_training_is_told(tmp_path: Path) -> None:
    objective = ObjectiveConfig(benchmark="accel-nasbench", path=str(tmp_path / "none.tar.gz"))
    out = io.StringIO()
    with pytest.raises(InvalidInput, match=r"objective\.path"):
        check_search(Plan(experiment=NasExperiment(name="try", objective=objective)), tmp_path, Console(file=out))
    given = Plan(experiment=NasExperiment(name="try", objective=GIVEN, nas=NasConfig(references=())))
    check_search(given, tmp_path, Console(file=out, width=200))
    assert "training: none: the objective knows the networks" in out.getvalue()
    assert "proxy:    " not in out.getvalue()


@pytest.mark.parametrize(("finalists", "warned"), [(0, False), (1, True)])
def test_on_a_busy_machine_trainings_of_finalists_suffer_and_shared_weights_do_not(
    finalists: int, warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (99.0, 0.0, 0.0))
    out = io.StringIO()
    check_search(Plan(experiment=sharing(finalists, threads=2)), tmp_path, Console(file=out, width=200))
    assert "the machine was busy" in out.getvalue()
    assert ("become many times slower" in out.getvalue()) == warned
