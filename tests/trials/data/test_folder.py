import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search_spaces.errors import InvalidInput
from trials.data.array_cache import Arrays
from trials.data.datasets import load_data
from trials.data.folder import load_folder
from trials.data.listing import parse_folder


def folder_arrays(text: str, cache: Path) -> Arrays:
    return load_folder(text, cache).arrays


COLOURS = {"blue": (0, 0, 255), "green": (0, 255, 0), "red": (255, 0, 0)}


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (12, 9)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def paint_all(root: Path, count: int = 20) -> Path:
    for name, colour in COLOURS.items():
        for number in range(count):
            paint(root / name / f"{number}.png", colour)
    return root


def colours_match(images: np.ndarray, labels: np.ndarray) -> bool:
    """Tell whether every image has the colour of its class, classes in alphabetical order."""
    expected = np.array(list(COLOURS.values()), dtype=np.uint8)[labels]
    return bool((images == expected[:, :, None, None]).all())


def test_classes_are_the_sub_folders_in_alphabetical_order(tmp_path: Path) -> None:
    data = load_data(f"folder:{paint_all(tmp_path / 'pictures')}?resolution=8", tmp_path / "data")
    assert (data.num_classes, data.channels, data.resolution) == (3, 3, (8, 8))
    assert colours_match(data.train_images, data.train_labels)
    assert colours_match(data.test_images, data.test_labels)
    assert len(data.train_labels) + len(data.test_labels) == 60
    assert 4 <= len(data.test_labels) <= 22


@pytest.mark.parametrize("test_name", ["test", "val", "validation"])
def test_train_and_test_folders_are_used_as_they_are(tmp_path: Path, test_name: str) -> None:
    paint_all(tmp_path / "p" / "train", 4)
    paint_all(tmp_path / "p" / test_name, 2)
    arrays = folder_arrays(f"{tmp_path / 'p'}?resolution=4x6", tmp_path)
    assert arrays["train_images"].shape == (12, 3, 4, 6)
    assert arrays["test_images"].shape == (6, 3, 4, 6)
    assert colours_match(arrays["test_images"], arrays["test_labels"])


def test_a_train_folder_alone_is_split_and_a_class_may_be_called_train(tmp_path: Path) -> None:
    paint_all(tmp_path / "split" / "train")
    arrays = folder_arrays(f"{tmp_path / 'split'}?resolution=4", tmp_path)
    assert len(arrays["train_labels"]) + len(arrays["test_labels"]) == 60
    for number in range(20):
        paint(tmp_path / "vehicles" / "train" / f"{number}.png", (1, 1, 1))
        paint(tmp_path / "vehicles" / "bus" / f"{number}.png", (2, 2, 2))
    vehicles = load_data(f"folder:{tmp_path / 'vehicles'}", tmp_path)
    assert vehicles.num_classes == 2
    assert (vehicles.train_images[vehicles.train_labels == 1] == 1).all()


def test_a_fifth_of_every_class_is_held_out_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    for name, count in {"a": 50, "b": 10, "c": 3, "d": 2}.items():
        for number in range(count):
            paint(tmp_path / "p" / name / f"{number}.png", (number, 0, 0))
    first, again = (folder_arrays(str(tmp_path / "p"), tmp_path / cache) for cache in ("one", "two"))
    assert np.bincount(first["test_labels"]).tolist() == [10, 2, 1, 1]
    assert np.bincount(first["train_labels"]).tolist() == [40, 8, 2, 1]
    assert (first["test_images"] == again["test_images"]).all()


def test_the_cache_is_shared_until_something_changes(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")

    def caches() -> int:
        folder_arrays(f"{root}?resolution=4", tmp_path)
        return len(list((tmp_path / "prepared").glob("folder-*")))

    assert (caches(), caches()) == (1, 1)
    os.utime(root / "red" / "0.png", (1, 1))
    assert caches() == 1
    paint(root / "red" / "0.png", (254, 0, 0))
    assert caches() == 2
    paint(root / "red" / "new.png", COLOURS["red"])
    assert caches() == 3
    folder_arrays(f"{root}?resolution=5", tmp_path)
    assert caches() == 4


def test_without_a_resolution_images_of_one_size_keep_it(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")
    assert load_data(f"folder:{root}", tmp_path).resolution == (9, 12)
    paint(root / "red" / "odd.png", COLOURS["red"], size=(13, 9))
    with pytest.raises(InvalidInput, match=r"\?resolution=64 .*blue/.*png is 9x12, red/odd\.png 9x13"):
        load_data(f"folder:{root}", tmp_path)
    assert load_data(f"folder:{root}?resolution=7", tmp_path).resolution == (7, 7)


def test_other_files_and_hidden_ones_are_ignored_and_deep_ones_found(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")
    (root / "red" / "notes.txt").write_text("hello")
    (root / "red" / ".hidden.png").write_text("no image")
    (root / ".git").mkdir()
    (root / "README.md").write_text("hello")
    paint(root / "red" / "more" / "deep.JPG", COLOURS["red"])
    arrays = folder_arrays(str(root), tmp_path)
    assert len(arrays["train_labels"]) + len(arrays["test_labels"]) == 61


def test_a_file_that_is_no_image_is_named(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")
    (root / "red" / "5.png").write_text("no image")
    with pytest.raises(InvalidInput, match=r"^data\.name: got '.*red/5\.png', accepted: a whole 8-bit image"):
        load_data(f"folder:{root}?resolution=8", tmp_path)
    assert not list((tmp_path / "prepared").glob("folder-*"))


def test_all_broken_files_are_named_at_once(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")
    for name in ("red/5.png", "green/6.png", "blue/7.png"):
        (root / name).write_bytes((root / name).read_bytes()[:30])
    with pytest.raises(InvalidInput) as caught:
        load_data(f"folder:{root}?resolution=8", tmp_path)
    assert all(name in str(caught.value) for name in ("5.png", "6.png", "7.png", "skip_broken"))
    assert "\n" not in str(caught.value)


def test_broken_files_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    root = paint_all(tmp_path / "p")
    for number in range(5, 8):
        (root / "red" / f"{number}.png").write_text("no image")
    for _ in range(2):  # decoded, then read from the cache
        data = load_data(f"folder:{root}", tmp_path, resolution=(8, 8), skip_broken=True)
        assert sorted(data.skipped) == ["red/5.png", "red/6.png", "red/7.png"]
        assert len(data.train_labels) + len(data.test_labels) == 57
        assert colours_match(data.train_images, data.train_labels)
        assert colours_match(data.test_images, data.test_labels)
    for file in (root / "red").iterdir():
        file.write_text("no image")
    with pytest.raises(InvalidInput, match=r"training images .* in every class, also in 'red'"):
        load_data(f"folder:{root}", tmp_path, resolution=(8, 8), skip_broken=True)


def test_data_sets_know_the_names_of_their_classes(tmp_path: Path) -> None:
    assert load_data(f"folder:{paint_all(tmp_path / 'p')}", tmp_path).classes == ("blue", "green", "red")
    assert load_data("digits", tmp_path).classes is None


def test_folders_that_are_no_data_set_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    paint(tmp_path / "one" / "red" / "1.png", (1, 1, 1))
    paint_all(tmp_path / "hollow")
    (tmp_path / "hollow" / "zebra").mkdir()
    paint_all(tmp_path / "other" / "train", 2)
    paint_all(tmp_path / "other" / "test", 2)
    paint(tmp_path / "other" / "test" / "zebra" / "1.png", (1, 1, 1))
    paint_all(tmp_path / "untested" / "train", 2)
    (tmp_path / "untested" / "test" / "red").mkdir(parents=True)
    for name, reason in {
        "missing": "a folder that exists",
        "empty": "at least two sub-folders",
        "one": "at least two sub-folders",
        "hollow": "every class, also in 'zebra'",
        "other": "not 'zebra'",
        "untested": "enough images for a test part",
    }.items():
        with pytest.raises(InvalidInput, match=reason):
            load_data(f"folder:{tmp_path / name}?resolution=8", tmp_path)


def test_images_that_do_not_fit_on_the_disk_are_refused_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = paint_all(tmp_path / "p")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000}))
    with pytest.raises(InvalidInput, match=r"^data\.folder: .* MB free"):
        load_data(f"folder:{root}?resolution=8", tmp_path)


@pytest.mark.parametrize("text", ["resolution=0", "resolution=5000", "resolution=8x", "resolution=-8", "size=8", ""])
def test_other_settings_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"\?resolution=64 or 64x96"):
        parse_folder(f"pictures?{text}")


def test_settings() -> None:
    assert parse_folder("a/b") == (Path("a/b"), None)
    assert parse_folder("a/b?resolution=64") == (Path("a/b"), (64, 64))
    assert parse_folder("a?b?resolution=64x96") == (Path("a?b"), (64, 96))
