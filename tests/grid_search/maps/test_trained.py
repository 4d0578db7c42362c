from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grid_search.maps.result import Seen
from grid_search.maps.trained import remaining, trained_networks
from search_spaces.errors import InvalidInput
from search_spaces.weights import load_trained
from tests.grid_search.maps.conftest import asked
from trials.console.output import open_console

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("inside")
def test_what_was_trained_once_is_used_again(drawn: Seen) -> None:
    again = trained_networks(asked(), open_console(), "again")
    assert [one.val_accuracy for one in again] == [one.val_accuracy for one in drawn.subjects]
    for one, before in zip(again, drawn.subjects, strict=True):
        for name, tensor in one.network.state_dict().items():
            assert torch.equal(tensor, before.network.state_dict()[name])
    assert list(remaining(asked())) == []


def test_each_folder_is_one_of_a_trained_network(drawn: Seen) -> None:
    for role in ("baseline", "resolution-only"):
        network, expects = load_trained(drawn.folder / role)
        assert expects.classes == ("blue", "green", "red")
        assert network.architecture.input_size == expects.resolution


@pytest.mark.usefixtures("drawn", "inside")
def test_other_settings_are_refused_in_the_same_folder() -> None:
    request = asked()
    other = replace(request, experiment=replace(request.experiment, seed=1))
    with pytest.raises(InvalidInput, match="another --out"):
        trained_networks(other, open_console(), "again")


@pytest.mark.usefixtures("inside")
def test_given_weights_are_not_trained_and_have_to_know_the_same_classes(drawn: Seen, tmp_path: Path) -> None:
    given = tmp_path / "given"
    shutil.copytree(drawn.folder / "compound", given)
    (given / "result.json").write_text(json.dumps({}))
    request = asked(trained=(f"compound={given}",))
    subject = trained_networks(request, open_console(), "again")[-1]
    assert subject.val_accuracy is None
    assert torch.equal(subject.network.classifier.bias, drawn.subjects[-1].network.classifier.bias)
    with pytest.raises(InvalidInput, match="as `nas train` leaves it"):
        trained_networks(asked(trained=(f"compound={tmp_path}",)), open_console(), "again")
