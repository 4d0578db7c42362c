"""The names that a user can write, each with one line. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from nas.samplers import SAMPLERS
from search_spaces.cost import estimate_cost
from search_spaces.reference import REFERENCES, reference
from search_spaces.space_file import load_space, shipped_spaces
from trials.experiment_file import read_entries

Names = dict[str, str]
ABOUT_SAMPLERS = {
    "random": "every network equally likely: what the others are measured against",
    "evolution": "regularized evolution: change one choice of a good network, forget the oldest",
    "policy-gradient": "a recurrent network proposes and learns by PPO, as in MnasNet",
    "reinforce": "a probability for each option, learned by REINFORCE, as in TuNAS",
    "tpe": "Optuna's tree-structured Parzen estimator",
    "nsga2": "Optuna's NSGA-II: accuracy and cost as two objectives",
    "predictor": "a Gaussian process over features of networks: the fewest evaluations",
    "linear": "a linear model over features of networks: for evaluations by shared weights, which take a second",
}
ABOUT_DATA = {
    "digits": "handwritten digits, 8 px grey, inside scikit-learn: for trying out",
    "fashion-mnist": "clothes, 28 px grey, 60,000 + 10,000",
    "cifar10": "things and animals, 32 px colour, 50,000 + 10,000",
    "folder:PATH": "your own images, a folder for each class (`nas init PATH` writes the experiment)",
    "npz:PATH": "arrays of numpy in one file",
}


def listed(kinds: Iterable[str], file: Path) -> dict[str, Names]:
    """Return kind -> name -> one line, for kinds in the order they are asked for. Raises InvalidInput for the file."""
    return {kind: KNOWN[kind](file) for kind in kinds}


def _experiments(file: Path) -> Names:
    entries = read_entries(file)
    return {
        str(name): str(entry.get("description", "")) if isinstance(entry, dict) else ""
        for name, entry in entries.items()
        if not str(name).startswith(".")
    }


def _spaces(_file: Path) -> Names:
    spaces = {name: load_space(name) for name in shipped_spaces()}
    return {name: f"{space.description} ({space.size:.1e} points)" for name, space in spaces.items()}


def _networks(_file: Path) -> Names:
    costs = {name: (reference(name), estimate_cost(reference(name))) for name in REFERENCES}
    return {
        name: f"{cost.flops / 1e6:,.0f} M multiply-adds, {cost.params / 1e6:,.2f} M parameters at "
        f"{network.input_size[0]} px"
        for name, (network, cost) in costs.items()
    }


KNOWN: dict[str, Callable[[Path], Names]] = {
    "experiments": _experiments,
    "spaces": _spaces,
    "networks": _networks,
    "samplers": lambda _file: {name: ABOUT_SAMPLERS[name] for name in SAMPLERS},
    "data": lambda _file: dict(ABOUT_DATA),
}
