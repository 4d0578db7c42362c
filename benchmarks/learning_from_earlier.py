"""What `nas.learn_from` is worth: a search that starts from another one's results against one that starts from nothing.

    python -m benchmarks.learning_from_earlier --data anb_dataset_jsons.tar.gz --seeds 5 --evaluations 60 --out CSV

On Accel-NASBench by the protocol of `nas bench`. The earlier search had another objective (accuracy - 0.1 |flops / 250M
- 1|) and other label noise over the same accuracies; what the later one learns from it are its networks' accuracies as
rewards of its own, as `nas.learn_from` does. The score is that of the best observed network under the other half. With
`--results DIR` the earlier search is one of `nas run` over the same space, by weights shared on CIFAR-10 for example.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
from numpy.typing import NDArray

from nas.bench.replay import REWARD, reference_score
from nas.bench.tables import evaluations_until
from nas.config import load_nas_experiment
from nas.samplers.predictor.features import Featurizer
from nas.samplers.predictor.sampler import PredictorSampler
from nas.samplers.predictor.sources import Table
from nas.sources.earlier import earlier_tables
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from trials.objectives.benchmark.modes import LABEL_NOISE, SurrogateObjective, load_surrogate
from trials.reward import Reward

Array = NDArray[np.float64]
EARLIER = Reward(kind="absolute", cost="flops", target=250_000_000)
OTHER_NOISE = 1000  # added to the seed that draws the label noise
CHECKPOINTS = (5, 10, 20, 40, 60)


class Laboratory:
    """Accel-NASBench's two halves: one is searched, the other scores."""

    def __init__(self, path: str, split_seed: int) -> None:
        self.searched = load_surrogate(path, "search", split_seed=split_seed)
        self.scorer = load_surrogate(path, "score", split_seed=split_seed)
        self.features = Featurizer(self.searched.space)

    def search(
        self, reward: Reward, seed: int, noise_seed: int, evaluations: int, sources: Sequence[Table]
    ) -> tuple[list[Architecture], Array, Array]:
        """Return the networks evaluated, their accuracies and their rewards, each [evaluations]."""
        objective = SurrogateObjective(surrogate=self.searched, run_seed=noise_seed, noise=LABEL_NOISE)
        space = self.searched.space
        sampler = PredictorSampler(space=space, seed=seed, sources=sources)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        networks, accuracies, rewards = [], [], []
        for _ in range(evaluations):
            trial = study.ask(dict(space.distributions))
            networks.append(space.decode(trial.params))
            accuracies.append(objective(networks[-1])["val_accuracy"])
            rewards.append(reward(accuracies[-1], estimate_cost(networks[-1]).flops))
            study.tell(trial, rewards[-1])
        return networks, np.array(accuracies), np.array(rewards)

    def earlier(self, seed: int, evaluations: int) -> Table:
        """Return an earlier search here as a source."""
        networks, accuracies, _ = self.search(EARLIER, seed + OTHER_NOISE, seed + OTHER_NOISE, evaluations, ())
        return self.learned(networks, accuracies)

    def learned(self, networks: Sequence[Architecture], accuracies: Array) -> Table:
        """Return an earlier search as a source of the later one."""
        space = self.searched.space
        points = np.array([self.features.point(space.encode(network)) for network in networks], dtype=np.intp)
        return Table(name="earlier", points=points, values=self._rewards(networks, accuracies))

    def learned_from(self, results: Path, data: str) -> Table:
        """Return the results of `nas run` as a source."""
        overrides = (f"nas.learn_from=['{results}']", f"objective.path={data}")
        experiment = replace(load_nas_experiment("rediscover-b0-imagenet", overrides=overrides), reward=REWARD)
        (table,) = earlier_tables(experiment, self.searched.space)
        return table

    def scores(self, networks: Sequence[Architecture], rewards: Array) -> Array:
        """Return the score of the best observed network after every evaluation, [evaluations]."""
        best = np.array([int(rewards[: count + 1].argmax()) for count in range(len(rewards))])
        return 100 * self._rewards(networks, self.scorer.predict(networks)["val_accuracy"])[best]

    @staticmethod
    def _rewards(networks: Sequence[Architecture], accuracies: Array) -> Array:
        pairs = zip(accuracies, networks, strict=True)
        return np.array([REWARD(float(accuracy), estimate_cost(network).flops) for accuracy, network in pairs])


def main() -> None:
    """Read the command line, search with and without the earlier results, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="Accel-NASBench: tar.gz or folder")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=60)
    parser.add_argument("--earlier", type=int, default=60, help="evaluations of the earlier search")
    parser.add_argument("--results", type=Path, help="of `nas run`, in place of an earlier search here")
    parser.add_argument("--split-seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a CSV file with the score after every evaluation")
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    laboratory = Laboratory(arguments.data, arguments.split_seed)
    goal = reference_score(arguments.data, split_seed=arguments.split_seed)
    curves: dict[str, list[Array]] = {"from nothing": [], "from the earlier one": []}
    found_before = None if arguments.results is None else laboratory.learned_from(arguments.results, arguments.data)
    for seed in range(arguments.seeds):
        table = found_before or laboratory.earlier(seed, arguments.earlier)
        for name, sources in zip(curves, ((), (table,)), strict=True):
            networks, _, rewards = laboratory.search(REWARD, seed, seed, arguments.evaluations, sources)
            curves[name].append(laboratory.scores(networks, rewards))
            print(f"seed {seed}, {name}: {evaluations_until(curves[name][-1], goal):.0f} evaluations", flush=True)
    for name, found in curves.items():
        until = sorted(evaluations_until(curve, goal) for curve in found)
        means = np.mean(found, axis=0)
        told = ", ".join(f"{count}: {means[count - 1]:.2f}" for count in CHECKPOINTS if count <= len(means))
        print(f"{name}: evaluations until B0's score {until}; mean score at {told} (B0 {goal:.2f})")
    if arguments.out:
        write_curves(curves, arguments.out)


def write_curves(curves: dict[str, list[Array]], path: Path) -> None:
    """Write one row per search and evaluation."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("start", "seed", "evaluation", "score"))
        for name, found in curves.items():
            for seed, curve in enumerate(found):
                writer.writerows((name, seed, at + 1, f"{score:.4f}") for at, score in enumerate(curve))


if __name__ == "__main__":
    main()
