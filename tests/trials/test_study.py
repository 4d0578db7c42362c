from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from search_spaces import InvalidInput
from trials.storage import open_storage
from trials.study import open_study

SETTINGS = {"seed": 0, "reward": {"kind": "soft"}}


def test_changed_settings_are_refused_with_the_differing_key(tmp_path: Path) -> None:
    storage = open_storage(None, tmp_path / "study.journal")
    sampler = optuna.samplers.RandomSampler()
    open_study(storage, "test", sampler=sampler, settings=SETTINGS)
    with pytest.raises(InvalidInput) as caught:
        open_study(storage, "test", sampler=sampler, settings={"seed": 0, "reward": {"kind": "hard"}})
    assert (caught.value.key, caught.value.value) == ("reward.kind", "hard")
