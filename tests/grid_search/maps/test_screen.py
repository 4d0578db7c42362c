from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from grid_search.maps.merit import LOOKING_ONLY
from grid_search.maps.result import Seen
from grid_search.maps.screen import print_maps

pytestmark = pytest.mark.slow


def test_networks_are_told_with_what_their_figures_mean(drawn: Seen) -> None:
    told = screen_of(drawn)
    assert "on the object" in told
    assert "resolution only" in told
    assert "covers 11.1 % of them" in told
    assert "maps.html" in told
    assert LOOKING_ONLY in screen_of(replace(drawn, masks=[None] * len(drawn.masks)))


def screen_of(seen: Seen) -> str:
    stream = io.StringIO()
    print_maps(Console(file=stream, width=160), seen)
    return stream.getvalue()
