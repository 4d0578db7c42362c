"""The way of a network through a supernet: which block of it lies at which place. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.structure import Block, stage_runs
from trials.objectives.shared.layout import place
from trials.proxy import Proxy, apply_proxy


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A network as trained (`architecture`, after the proxy, without dropout), and each of its blocks by place."""

    architecture: Architecture
    blocks: tuple[tuple[str, Block], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Routes:
    """Find the path of any network of a space. Equal networks have equal paths, however they are written.

    What is made small is the first writing of a network in the space: two writings (a skip that the shapes do not
    allow, blocks counted to one stage or the next) may become different proxies.
    """

    space: SearchSpace
    proxy: Proxy

    def path(self, architecture: Architecture) -> Path:
        """Return the path of a network. Raises InvalidInput for one that is not of the space."""
        activation = self.space.skeleton.activation
        if architecture.activation != activation:
            accepted = f"{activation}, with which the shared weights are trained"
            raise InvalidInput("architecture.activation", architecture.activation, accepted)
        return self._path(self.space.encode(architecture))

    def of_parameters(self, parameters: Mapping[str, Any]) -> Path:
        """Return the path of the network of one option per choice."""
        return self.path(self.space.decode(parameters))

    def largest(self) -> Path:
        """Return the path of the network that has the most multiply-adds when each choice is made by itself."""
        from search_spaces.cost import estimate_cost

        chosen: dict[str, Any] = {choice.name: choice.options[0] for choice in self.space.choices}
        for choice in self.space.choices:
            forms = [chosen | {choice.name: option} for option in choice.options]
            chosen = max(forms, key=lambda form: estimate_cost(self.space.decode(form)).flops)
        return self.of_parameters(chosen)

    def _path(self, parameters: Mapping[str, Any]) -> Path:
        small = apply_proxy(self.space.decode(parameters), self.proxy)
        small = replace(small, name="unnamed", dropout=0.0, drop_path=0.0)
        kept = [index for index, stage in enumerate(self.space.stages_of(parameters)) if stage is not None]
        blocks: list[tuple[str, Block]] = []
        width = small.stem.width
        for index, stage in zip(kept, small.stages, strict=True):
            sequence = [block for block, count in stage_runs(stage, width) for _ in range(count)]
            blocks += [(place(index, position, block.op), block) for position, block in enumerate(sequence)]
            width = stage.width
        return Path(architecture=small, blocks=tuple(blocks))
