"""Architectures, the search spaces they come from, what they cost and the networks they describe."""

from search_spaces.architecture import Architecture, Head, Stage, Stem
from search_spaces.architecture_file import save_architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from search_spaces.search_space import Choice, SearchSpace
from search_spaces.space_file import load_space

__all__ = [
    "Architecture",
    "Choice",
    "Head",
    "InvalidInput",
    "SearchSpace",
    "Stage",
    "Stem",
    "load_architecture",
    "load_space",
    "save_architecture",
]
