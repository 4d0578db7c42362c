"""The `scale` section of an experiment. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from grid_search.grid.config import GridConfig
from grid_search.law.config import LawConfig
from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from trials.experiment import Experiment
from trials.experiment_file import DEFAULT_FILE
from trials.resolving import complete_experiment

LARGEST_TRAINED = 1.5  # of the baseline's pixels along a side: twice the multiply-adds by resolution alone are 1.41
PHIS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleConfig:
    """How stage 2 searches.

    `method` says how the coefficients are found: by the `grid`, or by a `law` fitted to smaller and cheaper networks
    (`LawConfig`), whose answer is trained beside the controls.

    `grid` says which coefficients are candidates; by default those whose *measured* cost is the target's, as the
    nominal product is not what a network costs. At most `candidates` of its distinct networks are trained, a dozen
    spread over the three axes, the others one by one where a response surface expects most improvement; single-axis
    controls and the paper's 1.2, 1.1, 1.15 stand beside them. `rungs` are shorter trainings
    (in epochs, ascending) before the experiment's own: the better half of the candidates goes on from each.
    `active` further candidates are chosen one by one, where a response surface expects most. The best `leaders`, and
    all controls, are then trained again until the winner is separated from them or each has `repeats` seeds. `phis`
    are the configurations that are emitted.
    `baseline` is an architecture file or a published network; None is what `nas run` found.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    method: Literal["grid", "law"] = "grid"
    law: LawConfig = field(default_factory=LawConfig)
    grid: GridConfig = field(default_factory=lambda: GridConfig(constraint="measured"))
    candidates: Annotated[int, Field(ge=1, le=100_000)] = 12
    rungs: tuple[int, ...] = ()
    active: Annotated[int, Field(ge=0, le=100_000)] = 0
    leaders: Annotated[int, Field(ge=1, le=1_000)] = 3
    repeats: Annotated[int, Field(ge=1, le=1_000)] = 3
    phis: tuple[float, ...] = PHIS
    baseline: str | None = None
    storage: str | None = None

    def __post_init__(self) -> None:
        if list(self.rungs) != sorted(set(self.rungs)) or any(rung < 1 for rung in self.rungs):
            raise InvalidInput("rungs", list(self.rungs), "ascending numbers of epochs, each at least 1")
        if self.method == "law" and (self.rungs or self.active):
            name = "rungs" if self.rungs else "active"
            raise InvalidInput(name, getattr(self, name), "nothing beside method: law, which chooses its own trainings")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleExperiment(Experiment):
    """An experiment whose `scale` section is understood: what stage 2 works with."""

    scale: ScaleConfig = field(default_factory=ScaleConfig)


def load_scale_experiment(name: str, file: Path = DEFAULT_FILE, overrides: Iterable[str] = ()) -> ScaleExperiment:
    """Read one entry of an experiments file as stage 2 understands it, completed by what follows from its data.

    Raises InvalidInput as `load_experiment` does, and for what is wrong in the section `scale`.
    """
    return complete_experiment(ScaleExperiment, name, file, overrides, room=LARGEST_TRAINED)
