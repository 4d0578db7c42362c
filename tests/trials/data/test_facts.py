from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from tests.trials.pictures import write_pictures
from trials.data.facts import data_facts


def test_a_folder_is_counted_without_being_decoded(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 20, "bee": 10})
    facts = data_facts(f"folder:{root}", tmp_path)
    assert (facts.size, facts.channels, facts.num_classes) == ((20, 24), 3, 2)
    assert (facts.train_images, facts.test_images, facts.smallest_class) == (24, 6, 8)
    assert not (tmp_path / "prepared").exists()


def test_images_of_several_sizes_have_the_median_of_their_shorter_sides(tmp_path: Path) -> None:
    for index, size in enumerate([(20, 24), (40, 36), (64, 100)]):
        write_pictures(tmp_path / "p" / "train" / f"class{index}", {"deep": 4}, size)
        write_pictures(tmp_path / "p" / "test" / f"class{index}", {"deep": 1}, size)
    assert data_facts(f"folder:{tmp_path / 'p'}", tmp_path).size == (36, 36)
    assert data_facts(f"folder:{tmp_path / 'p'}?resolution=48", tmp_path).size == (48, 48)


def test_other_data_sets_are_opened(tmp_path: Path) -> None:
    facts = data_facts("digits", tmp_path)
    assert (facts.size, facts.channels, facts.num_classes) == ((8, 8), 1, 10)
    assert (facts.train_images, facts.test_images) == (1437, 360)


def test_a_folder_without_readable_images_names_the_first(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 5, "bee": 5})
    for file in root.rglob("*.png"):
        file.write_text("no image")
    with pytest.raises(InvalidInput, match=r"ant/.*png"):
        data_facts(f"folder:{root}", tmp_path)
