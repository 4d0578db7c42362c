from __future__ import annotations

import math
from dataclasses import replace

import pytest

from search_spaces import InvalidInput
from search_spaces.reference import reference
from tests.trials.objectives.shared.test_objective import candidate, evaluation
from trials.objectives.shared.judging import judge_networks
from trials.objectives.shared.objective import Shared
from trials.study.candidate import ignore_reports


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    evaluate = evaluation(tmp_path_factory.mktemp("trained"))
    evaluate.begin(str)
    return evaluate


def test_networks_are_judged_as_a_search_judges_them(trained: Shared) -> None:
    b0 = reference("efficientnet-b0")
    wide = replace(b0, stages=(b0.stages[0], replace(b0.stages[1], kernel_size=5), *b0.stages[2:]))
    first, second = judge_networks(trained.artifact, [b0, wide], trained.data, trained.compute)
    assert first.items() <= trained(candidate(), ignore_reports).items()
    assert second["val_loss"] != first["val_loss"]
    assert second["likelihood"] == pytest.approx(math.exp(-second["val_loss"]))


def test_a_network_of_another_space_is_refused(trained: Shared) -> None:
    with pytest.raises(InvalidInput, match="relu6"):
        judge_networks(trained.artifact, [reference("mobilenet-v2")], trained.data, trained.compute)
