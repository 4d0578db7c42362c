"""The digest of a user's own data: the same for the same bytes, another for others, read again only where it has to."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from search_spaces.errors import InvalidInput
from tests.trials.pictures import write_pictures
from trials.data.content import PinnedData, data_content, pinned, require_content
from trials.data.datasets import load_data
from trials.experiment import DataConfig


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures", {"ant": 5, "bee": 5})


def content(root: Path, cache: Path) -> str:
    found = data_content(f"folder:{root}", cache)
    assert found is not None
    return found


def swap(one: Path, other: Path) -> None:
    """Give two files of equal size each other's content, their times as they were."""
    first, second = one.read_bytes(), other.read_bytes()
    for path, written in ((one, second), (other, first)):
        times = path.stat()
        path.write_bytes(written)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_it_does_not_depend_on_place_and_time(pictures: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(pictures, tmp_path / "elsewhere")
    os.utime(moved / "ant" / "0.png", (1, 1))
    assert content(pictures, tmp_path / "a") == content(moved, tmp_path / "b")
    assert content(pictures, tmp_path / "a") == data_content(f"folder:{moved}?resolution=8", tmp_path / "a")


def test_it_changes_with_a_byte_a_name_a_class_and_another_image(pictures: Path, tmp_path: Path) -> None:
    seen = [content(pictures, tmp_path)]
    (pictures / "ant" / "0.png").write_bytes((pictures / "ant" / "0.png").read_bytes() + b"\0")
    seen.append(content(pictures, tmp_path))
    (pictures / "ant" / "0.png").rename(pictures / "ant" / "other.png")
    seen.append(content(pictures, tmp_path))
    for one, other in (("ant", "cat"), ("bee", "ant"), ("cat", "bee")):
        (pictures / one).rename(pictures / other)
    seen.append(content(pictures, tmp_path))
    shutil.copy(pictures / "ant" / "1.png", pictures / "ant" / "9.png")
    seen.append(content(pictures, tmp_path))
    assert len(set(seen)) == len(seen)


def test_what_became_a_test_image_counts(pictures: Path, tmp_path: Path) -> None:
    (pictures / "train").mkdir()
    for name in ("ant", "bee"):
        (pictures / name).rename(pictures / "train" / name)
    before = content(pictures, tmp_path)
    shutil.copytree(pictures / "train", pictures / "val")
    assert content(pictures, tmp_path) != before


def test_files_are_read_once_and_again_where_something_changed(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trials.data.content.SETTLED_NS", 10**7)
    time.sleep(0.05)
    first = content(pictures, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("hashlib.file_digest", None)
        assert content(pictures, tmp_path) == first
    note = next((tmp_path / "prepared" / "contents").iterdir())
    note.write_text('{"files": "damaged')
    assert content(pictures, tmp_path) == first


def test_another_content_of_the_same_size_and_time_is_noticed(pictures: Path, tmp_path: Path) -> None:
    before = content(pictures, tmp_path)
    stale = load_data(f"folder:{pictures}", tmp_path)
    one, other = pictures / "ant" / "0.png", pictures / "bee" / "0.png"
    assert one.stat().st_size == other.stat().st_size
    swap(one, other)
    assert content(pictures, tmp_path) != before
    fresh = load_data(f"folder:{pictures}", tmp_path)
    together = [np.concatenate([data.train_images, data.test_images]) for data in (stale, fresh)]
    assert not np.array_equal(*together)


def test_an_archive_is_its_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        (tmp_path / name).write_bytes(b"x" * 100)
    (tmp_path / "c.npz").write_bytes(b"x" * 99 + b"y")
    one, same, other = (data_content(f"npz:{tmp_path / name}.npz", tmp_path) for name in "abc")
    assert one == same != other


def test_what_changed_just_now_is_read_again(pictures: Path, tmp_path: Path) -> None:
    content(pictures, tmp_path)
    assert not list(tmp_path.glob("prepared/contents/*"))


@pytest.mark.parametrize("name", ["digits", "fashion-mnist", "cifar10", "unheard-of"])
def test_published_data_are_what_their_name_says(name: str, tmp_path: Path) -> None:
    assert data_content(name, tmp_path) is None
    data = DataConfig(name=name, folder=str(tmp_path))
    assert pinned(data) is data
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["npz:nowhere.npz", "folder:nowhere", "folder:\0", "npz:\0"])
def test_data_that_cannot_be_read_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^data\.name: ") as caught:
        data_content(name, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_file_too_large_for_an_image_is_not_read(pictures: Path, tmp_path: Path) -> None:
    with (pictures / "ant" / "huge.png").open("wb") as stream:
        stream.truncate(1 << 40)
    before = content(pictures, tmp_path)
    os.truncate(pictures / "ant" / "huge.png", (1 << 40) + 1)
    assert content(pictures, tmp_path) != before


def test_a_cache_that_cannot_be_written_costs_time_alone(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert content(pictures, tmp_path / "file") == content(pictures, tmp_path)


def test_pinned_data_are_refused_once_they_changed(pictures: Path, tmp_path: Path) -> None:
    data = pinned(DataConfig(name=f"folder:{pictures}", folder=str(tmp_path)))
    assert isinstance(data, PinnedData)
    require_content(data, content(pictures, tmp_path))
    shutil.copy(pictures / "ant" / "1.png", pictures / "ant" / "9.png")
    with pytest.raises(InvalidInput, match=r"^data\.content: .* changed since this run began"):
        require_content(data, content(pictures, tmp_path))
    require_content(DataConfig(), None)
