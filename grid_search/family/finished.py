"""What a finished `scale search` decided, read back: its coefficients, its baseline, its rounding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grid_search.compound_scaling import COEFFICIENTS, Coefficients
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture, recorded_task
from search_spaces.files import read_yaml
from search_spaces.scaling import Rounding
from search_spaces.task import Task
from search_spaces.validation import validated

COEFFICIENTS_FILE = "coefficients.yaml"
BASELINE_FILE = "baseline.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class ScalingRule:
    """How a baseline is scaled, and the task all its networks are counted with."""

    baseline: Architecture
    task: Task
    coefficients: Coefficients
    rounding: Rounding


def decided_file(directory: Path) -> Path:
    """Return where the search in `directory` (results/NAME or results/NAME/scale) keeps what it decided."""
    folder = directory if (directory / COEFFICIENTS_FILE).is_file() else directory / "scale"
    return folder / COEFFICIENTS_FILE


def read_rule(directory: Path, num_classes: int | None = None, *, option: str = "--from") -> ScalingRule:
    """Return what the search in `directory` (results/NAME or results/NAME/scale) decided.

    `num_classes` takes the place of the classes that were searched with, `option` is how the user named the folder.

    Raises InvalidInput where there is no finished search, or a file of it is malformed.
    """
    decided = decided_file(directory)
    baseline = decided.parent / BASELINE_FILE
    for path in (decided, baseline):
        if not path.is_file():
            accepted = f"the results of a finished `scale search`, with {COEFFICIENTS_FILE} and {BASELINE_FILE}"
            raise InvalidInput(option, str(directory), accepted)
    content = read_yaml(decided)
    chosen = {name: content.get(name) for name in COEFFICIENTS}
    try:
        coefficients = validated(Coefficients, chosen)
        rounding = validated(Rounding, content.get("rounding", {}), "rounding")
    except InvalidInput as error:
        raise error.inside(str(decided)) from None
    return ScalingRule(
        baseline=load_architecture(baseline),
        task=recorded_task(baseline, num_classes),
        coefficients=coefficients,
        rounding=rounding,
    )
