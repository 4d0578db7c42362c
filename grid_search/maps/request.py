"""What `scale maps` was asked for: an experiment, five networks, where their maps go. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grid_search.compound_scaling import PAPER_COEFFICIENTS
from grid_search.config import ScaleExperiment, load_scale_experiment
from grid_search.family.finished import ScalingRule, read_rule
from grid_search.maps.networks import ROLES, Compared, compared_networks
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import is_file, load_architecture
from search_spaces.validation import validated
from trials.accounting import with_accuracies
from trials.experiment_file import apply_overrides
from trials.proxy import Proxy
from trials.resolving import as_deployed
from trials.study.snapshot import RECORD, read_record, results_folder

FOLDER = "maps"
DEPLOYED = Proxy(batch_norm_momentum=0.1)  # the whole network; torch's momentum, as `nas train` has it


@dataclass(frozen=True, kw_only=True, slots=True)
class MapsRequest:
    """How the networks are trained, which they are, which have weights already (by role), and where results go."""

    experiment: ScaleExperiment
    networks: tuple[Compared, ...]
    trained: Mapping[str, Path]
    folder: Path

    @property
    def untrained(self) -> tuple[Compared, ...]:
        """The networks without weights."""
        return tuple(network for network in self.networks if network.role not in self.trained)


def read_request(
    source: str,
    *,
    name: str,
    file: Path,
    overrides: Iterable[str],
    trained: Iterable[str],
    deployed: bool,
    out: Path | None,
) -> MapsRequest:
    """Return the request for SOURCE: the folder of a finished `scale search`, or a baseline and an experiment's name.

    `trained` are texts ROLE=FOLDER. With `deployed`, networks are trained whole and not as proxies. Raises InvalidInput
    where something of it cannot be used.
    """
    directory = Path(source) if Path(source).is_dir() else None
    if directory is not None:
        folder = results_folder(directory, "scale", "scale search")
        settings = apply_overrides(read_record(folder)["settings"], overrides)
        experiment = validated(ScaleExperiment, settings, str(folder / RECORD))
        rule, place = read_rule(directory, option="SOURCE"), folder.parent / FOLDER
    else:
        experiment = load_scale_experiment(name, file, overrides)
        rule, place = _named_baseline(source, experiment), Path(FOLDER)
    networks = compared_networks(rule, experiment.scale.grid.cost)
    return MapsRequest(
        experiment=_trainable(experiment, networks, deployed),
        networks=networks,
        trained=_trained(trained),
        folder=out or place,
    )


def _named_baseline(source: str, experiment: ScaleExperiment) -> ScalingRule:
    baseline = load_architecture(source)
    return ScalingRule(
        baseline=baseline if is_file(source) else as_deployed(baseline, experiment),
        task=experiment.cost.task,
        coefficients=PAPER_COEFFICIENTS,
        rounding=experiment.scale.grid.rounding,
    )


def _trainable(experiment: ScaleExperiment, networks: Iterable[Compared], deployed: bool) -> ScaleExperiment:
    if not experiment.objective.uses_torch:
        raise InvalidInput("objective", experiment.name, "an experiment whose networks are trained here, on images")
    if experiment.training.budget is not None:
        raise InvalidInput(
            "training.budget", experiment.training.budget, "training.epochs: nothing is made of a budget"
        )
    alone = with_accuracies(experiment, "scale maps")
    if not deployed:
        return alone
    largest = max((network.architecture.input_size for network in networks), key=max)
    data = alone.data if alone.data.resolution is None else replace(alone.data, resolution=largest)
    return replace(alone, proxy=DEPLOYED, data=data)


def _trained(texts: Iterable[str]) -> dict[str, Path]:
    """Return the folders of trained networks by role."""
    known = {role.replace(" ", "-"): role for role in ROLES}
    folders = {}
    for text in texts:
        role, equals, folder = text.partition("=")
        if not equals or role not in known:
            raise InvalidInput("--trained", text, f"ROLE=FOLDER with a role of {', '.join(known)}", known)
        folders[known[role]] = Path(folder)
    return folders
