"""A search space as immutable data: named choices over a skeleton, and what can be done with its points. No torch."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from search_spaces.architecture import OP_FIELDS, Architecture, Stage, absent_fields
from search_spaces.errors import InvalidInput
from search_spaces.matching import match_stages
from search_spaces.structure import Block, stage_runs

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Scalar = str | int | float | bool | None
Parameters = dict[str, Scalar]
Fields = tuple[tuple[str, Any], ...]  # (field, value) pairs that are set together


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One decision: a name, the options as an Optuna parameter shows them, and the fields each option sets.

    `stage` is the index of the stage it belongs to, or None where it sets a field of the whole network.
    """

    name: str
    stage: int | None
    options: tuple[Scalar, ...]
    settings: tuple[Fields, ...]


@dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """All networks that a skeleton and a list of choices describe. Read one with `load_space`.

    A point has many forms: an `Architecture`, or a mapping from choice names to options (an Optuna trial's `params`);
    `encode` and `decode` are each other's inverse up to choices that make no difference to the network.
    """

    name: str
    description: str = ""
    skeleton: Architecture
    choices: tuple[Choice, ...]
    fixed: tuple[Fields, ...]  # per stage, the fields that differ from the skeleton without being a choice
    _stages: dict[Any, Stage | None] = field(default_factory=dict, repr=False, compare=False)
    _tables: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Number of points: the product of the numbers of options, an upper bound on distinct networks."""
        return math.prod(len(choice.options) for choice in self.choices)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """The choices as Optuna distributions, in a fixed order."""
        from optuna.distributions import CategoricalDistribution

        return {choice.name: CategoricalDistribution(choice.options) for choice in self.choices}

    def at_resolution(self, height: int, width: int) -> SearchSpace:
        """Return the space laid over another resolution (pixels); resolutions to choose from keep their proportions."""
        old_height, old_width = self.skeleton.input_size
        if (old_height, old_width) == (height, width):
            return self

        def moved(value: Any) -> int | tuple[int, int]:
            high, wide = (value, value) if isinstance(value, int) else value
            high, wide = max(1, round(high * height / old_height)), max(1, round(wide * width / old_width))
            return high if high == wide else (high, wide)

        return replace(
            self,
            skeleton=replace(self.skeleton, resolution=(height, width)),
            choices=tuple(_with_resolutions(choice, moved) for choice in self.choices),
            _stages={},
            _tables={},
        )

    def sample(self, rng: random.Random) -> Architecture:
        """Return the network of one option drawn uniformly for every choice."""
        return self.decode({choice.name: rng.choice(choice.options) for choice in self.choices})

    def mutate(self, architecture: Architecture, rng: random.Random) -> Architecture:
        """Return a different network, one choice away, drawn at random; the same one only where there is no other."""
        steps = self._steps(self.encode(architecture))
        rng.shuffle(steps)
        mutants = (self.decode(parameters) for parameters in steps)
        return next((mutant for mutant in mutants if mutant.key != architecture.key), architecture)

    def neighbours(self, architecture: Architecture) -> Iterator[Architecture]:
        """Yield every distinct network that is one choice away."""
        seen = {architecture.key}
        for parameters in self._steps(self.encode(architecture)):
            neighbour = self.decode(parameters)
            if neighbour.key not in seen:
                seen.add(neighbour.key)
                yield neighbour

    def options_at(self, positions: Iterable[int]) -> Parameters:
        """Return the option at a position of each choice, in the order of the choices."""
        return {c.name: c.options[position] for c, position in zip(self.choices, positions, strict=True)}

    def decode(self, parameters: Mapping[str, Any]) -> Architecture:
        """Build the network of one option per choice. Raises InvalidInput for a missing or unknown option.

        Fields that an operation does not have (the expansion of a plain convolution) are dropped.
        """
        whole: dict[str, Any] = {}
        for choice in self.choices:
            if choice.stage is None:
                whole.update(_setting(choice, parameters.get(choice.name)))
        present = tuple(stage for stage in self.stages_of(parameters) if stage is not None)
        return with_fields(replace(self.skeleton, name="unnamed", stages=present), whole)

    def stages_of(self, parameters: Mapping[str, Any]) -> tuple[Stage | None, ...]:
        """Return what every stage of the skeleton becomes, None where the options leave it out."""
        return tuple(
            self._stage(index, tuple(parameters.get(choice.name) for choice in choices))
            for index, choices in enumerate(self._by_stage)
        )

    def forms_of(self, index: int) -> tuple[Stage | None, ...]:
        """Return every distinct stage that the skeleton's stage `index` can become, None where it can be left out."""
        options = itertools.product(*(choice.options for choice in self._by_stage[index]))
        return tuple(dict.fromkeys(self._stage(index, picked) for picked in options))

    def encode(self, architecture: Architecture) -> Parameters:
        """Return the options that give this network, the first of several. Raises InvalidInput where none do.

        Activation, dropout and stochastic depth belong to the skeleton and are not compared.
        """
        whole = self._encode_whole(architecture)
        width, stages = architecture.stem.width, len(self.skeleton.stages)
        matched = None if whole is None else match_stages(tuple(architecture.blocks), width, stages, self._table)
        if whole is None or matched is None:
            raise InvalidInput("architecture", architecture.name, f"a point of the search space {self.name}")
        for choices, options in zip(self._by_stage, matched, strict=True):
            whole |= {choice.name: option for choice, option in zip(choices, options, strict=True)}
        return {choice.name: whole[choice.name] for choice in self.choices}

    def __contains__(self, architecture: Architecture) -> bool:
        """Tell whether some options give this network."""
        try:
            self.encode(architecture)
        except InvalidInput:
            return False
        return True

    def _steps(self, parameters: Parameters) -> list[Parameters]:
        return [
            parameters | {choice.name: option}
            for choice in self.choices
            for option in choice.options
            if option != parameters[choice.name]
        ]

    @cached_property
    def _by_stage(self) -> list[list[Choice]]:
        """The choices of every stage, in their order."""
        found: list[list[Choice]] = [[] for _ in self.skeleton.stages]
        for choice in self.choices:
            if choice.stage is not None:
                found[choice.stage].append(choice)
        return found

    def _stage(self, index: int, options: tuple[Scalar, ...]) -> Stage | None:
        """Return the stage these options give, None where they leave it out."""
        if (index, options) not in self._stages:
            choices = self._by_stage[index]
            fields = dict(self.fixed[index])
            for choice, option in zip(choices, options, strict=True):
                fields |= _setting(choice, option)
            self._stages[index, options] = build_stage(self.skeleton.stages[index], fields)
        return self._stages[index, options]

    def _encode_whole(self, architecture: Architecture) -> Parameters | None:
        """Return the options of the choices over the whole network, None where a fixed field differs."""
        choices = [choice for choice in self.choices if choice.stage is None]
        for settings in itertools.product(*(choice.settings for choice in choices)):
            candidate = with_fields(self.skeleton, dict(itertools.chain(*settings)))
            if all(getattr(candidate, name) == getattr(architecture, name) for name in ("resolution", "stem", "head")):
                picked = (c.options[c.settings.index(s)] for c, s in zip(choices, settings, strict=True))
                return {choice.name: option for choice, option in zip(choices, picked, strict=True)}
        return None

    def _table(self, index: int, in_width: int) -> dict[int, dict[tuple[Block, ...], tuple[Scalar, ...]]]:
        """Return block sequence -> options of one stage, by length; made once for each width it can be fed with."""
        if (index, in_width) not in self._tables:
            by_length: dict[int, dict[tuple[Block, ...], tuple[Scalar, ...]]] = {}
            for options in itertools.product(*(choice.options for choice in self._by_stage[index])):
                stage = self._stage(index, options)
                runs = () if stage is None else stage_runs(stage, in_width)
                sequence = tuple(block for block, count in runs for _ in range(count))
                by_length.setdefault(len(sequence), {}).setdefault(sequence, options)
            self._tables[index, in_width] = by_length
        return self._tables[index, in_width]  # type: ignore[no-any-return]


def build_stage(skeleton: Stage, fields: Mapping[str, Any]) -> Stage | None:
    """Return `skeleton` with `fields` replaced, or None where they set `depth: 0`."""
    if fields.get("depth") == 0:
        return None
    return replace_fields(skeleton, fields)


def replace_fields(stage: Stage, fields: Mapping[str, Any]) -> Stage:
    """Return `stage` with `fields` replaced, those aside that its operation does not have."""
    op = fields.get("op", stage.op)
    return replace(stage, **{**fields, **(absent_fields(op) if op in OP_FIELDS else {})})


def _with_resolutions(choice: Choice, moved: Callable[[Any], Any]) -> Choice:
    """Return the choice with another resolution in every option, where it is one of resolutions."""
    if choice.stage is not None or any(name != "resolution" for fields in choice.settings for name, _ in fields):
        return choice
    values = list(dict.fromkeys(moved(value) for fields in choice.settings for _, value in fields))
    options = tuple(value if isinstance(value, int) else "x".join(map(str, value)) for value in values)
    return replace(choice, options=options, settings=tuple((("resolution", value),) for value in values))


def _setting(choice: Choice, option: Scalar) -> dict[str, Any]:
    try:
        return dict(choice.settings[choice.options.index(option)])
    except ValueError:
        raise InvalidInput(choice.name, option, ", ".join(map(repr, choice.options))) from None


def with_field(architecture: Architecture, name: str, value: Any) -> Architecture:
    """Return the architecture with one field of the whole network set; `stem.width` reaches into a part."""
    part, _, inner = name.partition(".")
    if inner:
        value = replace(getattr(architecture, part), **{inner: value})
    return replace(architecture, **{part: value})


def with_fields(architecture: Architecture, fields: Mapping[str, Any]) -> Architecture:
    """Return the architecture with several fields of the whole network set."""
    for name, value in fields.items():
        architecture = with_field(architecture, name, value)
    return architecture
