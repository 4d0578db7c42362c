"""torchvision and timm, importable beside any build of torch."""

from tests.search_spaces.conftest import torchvision_imports

__all__ = ["torchvision_imports"]
