"""The networks evaluated beside a search's candidates, as trials that can be decoded on any machine. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nas.config import NasExperiment
from nas.finalists.ranking import Beside
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping, parse_architecture
from search_spaces.errors import LONGEST_REASON, InvalidInput, one_line
from search_spaces.exchange.source import load_architecture
from search_spaces.reference import REFERENCES, reference
from trials.objectives.shared.routes import Routes
from trials.resolving import as_deployed, space_of
from trials.study.attributes import PLANNED
from trials.study.plan import Planned

if TYPE_CHECKING:
    import pandas as pd

NETWORK, SHOWN = "architecture", "shown"


def planned_references(sources: Iterable[str]) -> list[Planned]:
    """Return a trial for each network that is named; one that is not published is carried along in its labels.

    A file may change or be missing where a search goes on: the trial's name tells its network, not its file.
    """
    return [_planned(source) for source in sources]


def split_references(experiment: NasExperiment) -> tuple[list[str], list[str]]:
    """Return the references that candidates can be judged beside, and a line on each that is left out and why.

    Shared weights are those of the networks of their space.
    """
    sources, space = experiment.nas.references, space_of(experiment)
    if experiment.objective.name != "shared":
        return list(sources), []
    routes, judged, lines = Routes(space=space, proxy=experiment.proxy), [], []
    for source in sources:
        network = as_deployed(load_architecture(source), experiment)
        try:
            routes.path(network)
        except InvalidInput as reason:
            lines.append(f"{source} is left out: not of the space {space.name}, whose weights are shared ({reason})")
        else:
            judged.append(source)
    return judged, lines


def networks_beside(experiment: NasExperiment, judged: pd.DataFrame, judged_by: str) -> list[Beside]:
    """Return the references to be trained beside finalists, whatever their space.

    The column `judged_by` of `judged` is what the search thinks of them.

    Of two that are one network the first is taken.
    """
    values = judged[judged["state"] == "complete"].set_index("name")[judged_by].to_dict()
    networks: dict[str, Beside] = {}
    for planned in planned_references(experiment.nas.references):
        labels = {PLANNED: planned.name, **planned.labels}
        name, network = reference_name(labels), as_deployed(reference_network(labels), experiment)
        searched = float(values.get(name, math.nan))
        networks.setdefault(network.key, Beside(name=name, architecture=network, searched=searched))
    return list(networks.values())


def reference_network(labels: Mapping[str, Any]) -> Architecture:
    """Return the network of a trial that `planned_references` planned."""
    return parse_architecture(labels[NETWORK]) if NETWORK in labels else reference(labels[PLANNED])


def reference_name(labels: Mapping[str, Any]) -> str:
    """Return the network's name in tables: as the experiment names it, on one printable line."""
    return one_line(str(labels.get(SHOWN, labels[PLANNED])), LONGEST_REASON)


def _planned(source: str) -> Planned:
    if source in REFERENCES:
        return Planned(name=source)
    network = load_architecture(source)
    return Planned(name=f"{source} {network.key}", labels={NETWORK: architecture_mapping(network), SHOWN: source})
