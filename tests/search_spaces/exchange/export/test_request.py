"""Names inside generated files."""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces.exchange.export.request import Request, weights_path
from tests.search_spaces.exchange.export.refusals import B0

NAMES = ["efficientnet-b0", "", "3d", "class", "a b", "\u7f51\u7edc", 'x"""y', "two\nlines", "{0}", "\\N{x}", "x" * 500]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_an_identifier_and_a_harmless_title(name: str) -> None:
    request = Request(architecture=replace(B0, name=name))
    assert request.identifier.isidentifier() and not keyword.iskeyword(request.identifier)
    assert re.fullmatch(r"[A-Za-z0-9_.+-]{1,100}", request.title)


def test_names_as_people_give_them_stay() -> None:
    request = Request(architecture=B0)
    assert (request.title, request.identifier) == ("efficientnet-b0", "compound_efficientnet_b0")


def test_weights_go_beside_the_description() -> None:
    assert weights_path(Path("out/network.py")) == Path("out/network.safetensors")
    assert weights_path(Path("out.d/network")) == Path("out.d/network.safetensors")
