from __future__ import annotations

from pathlib import Path

from tests.trials.pictures import write_pictures
from trials.data.listing import ImageFile, list_images, name_fraction, split_test


def test_a_fifth_of_each_class_is_for_testing_and_one_image_is_for_training() -> None:
    files = [
        ImageFile(path=Path(f"{label}/{index}.png"), name=f"{label}/{index}.png", label=label)
        for label, count in enumerate([100, 7, 2, 1])
        for index in range(count)
    ]
    train, test = split_test(files)
    assert [sum(file.label == label for file in test) for label in range(4)] == [20, 1, 1, 0]
    assert sorted((*train, *test), key=files.index) == files


def test_which_images_depends_on_their_names_alone(tmp_path: Path) -> None:
    one, two = (list_images(write_pictures(tmp_path / name, {"ant": 20, "bee": 20})) for name in ("a", "b"))
    assert [file.name for file in one.test] == [file.name for file in two.test]
    assert one.test_folder is None
    assert all(0 <= name_fraction(file) < 1 for file in one.files)


def test_a_test_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    write_pictures(tmp_path / "train", {"ant": 5, "bee": 5})
    write_pictures(tmp_path / "val", {"ant": 2, "bee": 1})
    images = list_images(tmp_path)
    assert images.test_folder == "val"
    assert (len(images.train), len(images.test)) == (10, 3)
