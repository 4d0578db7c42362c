"""What can be built: architectures, the spaces they come from, what they cost and the networks they describe."""

from search_spaces.architecture import Architecture, Head, Stage, Stem
from search_spaces.architecture_file import load_architecture, save_architecture
from search_spaces.errors import InvalidInput

__all__ = [
    "Architecture",
    "Head",
    "InvalidInput",
    "Stage",
    "Stem",
    "load_architecture",
    "save_architecture",
]
