import multiprocessing
import time
from pathlib import Path

import numpy as np
import pytest

from search_spaces.errors import InvalidInput
from trials.data.array_cache import Arrays, cached_arrays, save_arrays


def small_arrays(value: int = 3) -> Arrays:
    return {
        "train_images": np.full((4, 1, 2, 2), value, dtype=np.uint8),
        "train_labels": np.array([0, 1, 0, 1]),
        "test_images": np.full((2, 1, 2, 2), value, dtype=np.uint8),
        "test_labels": np.array([0, 1]),
    }


def refuse(_target: Path) -> None:
    raise AssertionError("built again")


def slow_build(target: Path) -> None:
    with (target.parent / "builds.txt").open("a") as file:
        file.write("built\n")
    time.sleep(0.5)
    save_arrays(target, small_arrays())


def build_and_check(folder: Path) -> None:
    assert cached_arrays(folder, "small", slow_build)["train_images"].sum() == 48


def test_a_cache_is_built_once_and_then_mapped_read_only(tmp_path: Path) -> None:
    cached_arrays(tmp_path, "small", lambda target: save_arrays(target, small_arrays()))
    arrays = cached_arrays(tmp_path, "small", refuse)
    for name, expected in small_arrays().items():
        np.testing.assert_array_equal(arrays[name], expected)
    assert isinstance(arrays["train_images"], np.memmap)
    assert not arrays["train_images"].flags.writeable


def test_two_processes_build_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=build_and_check, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (tmp_path / "prepared" / "builds.txt").read_text() == "built\n"


@pytest.mark.parametrize("damage", ["one byte", "cut short", "no manifest", "manifest of another kind", "no array"])
def test_a_damaged_cache_is_built_again(tmp_path: Path, damage: str) -> None:
    cached_arrays(tmp_path, "small", lambda target: save_arrays(target, small_arrays()))
    images, manifest = (tmp_path / "prepared" / "small" / name for name in ("train_images.npy", "manifest.json"))
    content = images.read_bytes()
    if damage == "one byte":
        images.write_bytes(content[:-1] + b"\xff")
    elif damage == "cut short":
        images.write_bytes(content[:-1])
    elif damage == "no array":
        images.unlink()
    elif damage == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("[" * 100_000)
    arrays = cached_arrays(tmp_path, "small", lambda target: save_arrays(target, small_arrays(7)))
    assert (arrays["train_images"] == 7).all()


def test_a_build_that_fails_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        save_arrays(target, small_arrays())
        raise InvalidInput("data.name", "x", "y")

    with pytest.raises(InvalidInput, match=r"data\.name"):
        cached_arrays(tmp_path, "small", fail)
    assert not [path for path in (tmp_path / "prepared").iterdir() if path.is_dir()]


def test_what_a_killed_builder_left_is_not_used(tmp_path: Path) -> None:
    left = tmp_path / "prepared" / ".small.building"
    left.mkdir(parents=True)
    (left / "train_images.npy").write_bytes(b"half")
    arrays = cached_arrays(tmp_path, "small", lambda target: save_arrays(target, small_arrays()))
    assert (arrays["train_images"] == 3).all()
    assert not left.exists()


def test_a_pickle_in_a_cache_is_refused(tmp_path: Path) -> None:
    def pickled(target: Path) -> None:
        save_arrays(target, small_arrays())
        np.save(target / "train_labels.npy", np.array([{}], dtype=object), allow_pickle=True)

    with pytest.raises(ValueError, match="pickle"):
        cached_arrays(tmp_path, "small", pickled)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InvalidInput, match=r"^data\.folder: got .*file.*can be written"):
        cached_arrays(tmp_path / "file", "small", refuse)


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    def no_room(_target: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InvalidInput, match=r"^data\.folder: .*No space left") as error:
        cached_arrays(tmp_path, "small", no_room)
    assert "\n" not in str(error.value)
