from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grid_search.maps.request import MapsRequest, read_request
from grid_search.maps.result import Seen
from grid_search.maps.run import Sources, draw_maps
from tests.grid_search.maps.squares import write_squares
from trials.console.output import open_console


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of squares with an experiment over them."""
    folder = tmp_path_factory.mktemp("squares")
    write_squares(folder)
    return folder


@pytest.fixture
def inside(squares: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the same, with it as the current folder."""
    monkeypatch.chdir(squares)
    return squares


@pytest.fixture(scope="session")
def drawn(squares: Path) -> Iterator[Seen]:
    """Return the maps of five networks that were trained on the squares, in `maps` of that folder."""
    earlier = Path.cwd()
    os.chdir(squares)
    try:
        sources = Sources(images=Path("look"), boxes=Path("boxes.csv"), shown=2)
        yield draw_maps(asked(), sources, console=open_console(), command="scale maps tiny.yaml")
    finally:
        os.chdir(earlier)


def asked(source: str = "tiny.yaml", trained: tuple[str, ...] = (), deployed: bool = False) -> MapsRequest:
    """Return the request for maps of the squares."""
    file = Path("experiments.yaml").absolute()
    return read_request(
        source, name="squares", file=file, overrides=(), trained=trained, deployed=deployed, out=Path("maps").absolute()
    )
