from pathlib import Path

import numpy as np
import pytest

from nas.bench.replay import run_bench
from nas.samplers import SAMPLERS
from search_spaces.errors import InvalidInput


@pytest.fixture
def data(sixty_rows: Path) -> Path:
    return sixty_rows


def test_a_run_scores_its_best_observed_network_without_noise(data: Path) -> None:
    (run,) = run_bench(data, ["random"], seeds=1, evaluations=25)
    assert len(run.observed) == 25
    assert len(set(run.observed)) < 15  # a step curve: an incumbent stays until something better is observed
    (again,) = run_bench(data, ["random"], seeds=1, evaluations=25)
    np.testing.assert_array_equal(run.observed, again.observed)


def test_every_sampler_can_be_compared(data: Path) -> None:
    runs = run_bench(data, list(SAMPLERS), seeds=1, evaluations=22)  # beyond the first generation of nsga2
    assert [run.sampler for run in runs] == list(SAMPLERS)
    assert all(len(run.observed) == 22 and np.isfinite(run.observed).all() for run in runs)


def test_the_predictor_is_run_with_both_incumbents(data: Path) -> None:
    (run,) = run_bench(data, ["predictor"], seeds=1, evaluations=20)
    assert list(run.expected) == [20]
    assert min(run.observed) <= run.expected[20]


def test_an_unknown_sampler_lists_the_known_ones(data: Path) -> None:
    with pytest.raises(InvalidInput, match=r"samplers: got 'anneal'.*random, evolution"):
        run_bench(data, ["anneal"])


def test_missing_data_says_where_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"github\.com/afzalxo/Accel-NASBench"):
        run_bench(tmp_path / "none.tar.gz", ["random"], seeds=1, evaluations=1)
