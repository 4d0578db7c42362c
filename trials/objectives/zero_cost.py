"""A zero-cost score as an evaluation: no training, one batch. No torch."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from trials.experiment import Compute, DataConfig, Experiment
from trials.proxy import Proxy, apply_proxy
from trials.study.candidate import Candidate, Metrics, Report
from trials.training.equipment import build_seeded, choose_device, chosen_threads, load_split

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True, slots=True)
class ZeroCost:
    """Score the untrained proxy of a candidate; returns `score` (larger is better) and `score_seconds`.

    All candidates see the same `batch_size` training images, drawn by `data.seed`; a candidate's own seed draws its
    weights.
    """

    score: str
    data: DataConfig
    proxy: Proxy
    compute: Compute
    batch_size: int

    def prepare(self) -> None:
        """Fetch and split the data now, so that what is wrong with them is said before a study begins."""
        load_split(self.data)

    def __call__(self, candidate: Candidate, _report: Report) -> Metrics:
        """Return the score of the candidate's proxy. Raises ArithmeticError where it is not finite."""
        from search_spaces.network import Network
        from trials.objectives.zero_cost_scores import zero_cost_score
        from trials.training.isolation import isolated

        small = replace(apply_proxy(candidate.architecture, self.proxy), dropout=0.0, drop_path=0.0)
        device = choose_device(self.compute.device)
        started = time.perf_counter()
        with isolated(device, chosen_threads(self.compute.threads)):
            images, labels = first_batch(self.data, self.batch_size, small.input_size, device)
            network = build_seeded(small, load_split(self.data), candidate.seed, self.proxy.batch_norm_momentum)
            assert isinstance(network, Network)
            score = zero_cost_score(self.score, network.to(device), images, labels, candidate.seed)
        return {"score": score, "score_seconds": time.perf_counter() - started}


def zero_cost(experiment: Experiment, score: str) -> ZeroCost:
    """Return the evaluation of an experiment's candidates by a score."""
    return ZeroCost(
        score=score,
        data=experiment.data,
        proxy=experiment.proxy,
        compute=experiment.compute,
        batch_size=experiment.training.batch_size,
    )


@lru_cache(maxsize=8)
def first_batch(
    data: DataConfig, size: int, resolution: tuple[int, int], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return `size` training images [N, C, *resolution], prepared, and labels [N], drawn by the data's seed."""
    import torch

    from trials.training.loop import parts_of

    training, _ = parts_of(load_split(data), resolution, device)
    order = torch.randperm(len(training), generator=torch.Generator().manual_seed(data.seed))
    images, labels = training.fetch(order[:size])
    return training.prepare(images), labels
