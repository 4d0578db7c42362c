import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search_spaces.errors import InvalidInput
from trials.data.datasets import load_data

RANDOM = np.random.default_rng(0)
NHWC = RANDOM.integers(0, 256, (6, 5, 7, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
SOUND: dict[str, Any] = {
    "train_images": NHWC,
    "train_labels": LABELS,
    "test_images": NHWC[:3],
    "test_labels": LABELS[:3],
}


def write(folder: Path, arrays: dict[str, Any]) -> Path:
    np.savez(folder / "x.npz", **arrays)
    return folder / "x.npz"


def load(folder: Path, arrays: dict[str, Any]) -> np.ndarray:
    return load_data(f"npz:{write(folder, arrays)}", folder).train_images


def test_channels_last_first_or_none(tmp_path: Path) -> None:
    first = NHWC.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(load(tmp_path, SOUND), first)
    np.testing.assert_array_equal(load(tmp_path, SOUND | {"train_images": first}), first)
    grey = SOUND | {"train_images": NHWC[..., 0], "test_images": NHWC[:3, ..., 0]}
    np.testing.assert_array_equal(load(tmp_path, grey), first[:, :1])


def test_the_names_of_keras_and_its_column_of_labels(tmp_path: Path) -> None:
    column = LABELS[:, None].astype(np.uint8)
    path = write(tmp_path, {"x_train": NHWC, "y_train": column, "x_test": NHWC[:3], "y_test": column[:3]})
    data = load_data(f"npz:{path}", tmp_path)
    assert (data.num_classes, data.channels, data.resolution) == (3, 3, (5, 7))
    assert data.train_labels.tolist() == LABELS.tolist()
    assert data.train_labels.dtype == np.int64


def test_it_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    load(tmp_path, SOUND)
    again = load_data(f"npz:{tmp_path / 'x.npz'}", tmp_path)
    assert isinstance(again.train_images, np.memmap)
    assert len(list((tmp_path / "prepared").glob("npz-*"))) == 1
    load(tmp_path, SOUND | {"train_images": NHWC[..., :1], "test_images": NHWC[:3, ..., :1]})
    assert len(list((tmp_path / "prepared").glob("npz-*"))) == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"train_images": NHWC.astype(np.float32)}, r"train_images of uint8.*not float32 \[6, 5, 7, 3\]"),
        ({"train_images": NHWC.reshape(6, -1)}, r"not uint8 \[6, 105\]"),
        ({"train_images": NHWC[:, :3, :, :]}, "either first or last"),
        ({"train_images": np.zeros((6, 5, 7, 8), dtype=np.uint8)}, "either first or last"),
        ({"test_images": NHWC[:0]}, "test_images of uint8"),
        ({"test_images": NHWC[:3, :4]}, r"\(C, H, W\) \(3, 5, 7\), not \(3, 4, 7\)|either first or last"),
        ({"train_labels": LABELS[:5]}, "as many train_labels as train_images, not 5 and 6"),
        ({"train_labels": LABELS.astype(float)}, "train_labels of whole numbers"),
        ({"train_labels": np.eye(6, dtype=int)}, "train_labels of whole numbers"),
        ({"train_labels": LABELS + 1}, r"without gaps, not \[1, 2, 3\]"),
        ({"train_labels": LABELS * 0}, "without gaps"),
        ({"test_labels": LABELS[:3] + 1}, "within the training labels 0 to 2"),
        ({"train_labels": np.array([{}] * 6, dtype=object)}, "without pickled objects"),
    ],
)
def test_arrays_that_do_not_fit_are_named(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=rf"^data\.name: got 'npz:.*{reason}") as error:
        load(tmp_path, SOUND | changed)
    assert "\n" not in str(error.value)


def test_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"arrays named train_images, .* x_train"):
        load(tmp_path, {"images": NHWC})


def zip_of(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in SOUND:
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def lying_header() -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": (10**15,)})
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        b"PK\x03\x04 cut",
        b"\x80\x04\x95.",
        zip_of(b"text"),
        zip_of(b"\x93NUMPY\x09"),
        zip_of(lying_header()),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^data\.name: got 'npz:.*x\.npz'") as error:
        load_data(f"npz:{tmp_path / 'x.npz'}", tmp_path)
    assert "\n" not in str(error.value)


def test_an_archive_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trials.data.npz.MAX_BYTES", 500)
    with pytest.raises(InvalidInput, match="at most"):
        load(tmp_path, SOUND)


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    content = bytearray(write(tmp_path, SOUND).read_bytes())
    for place in random.integers(0, len(content), 5):
        content[place] = random.integers(0, 256)
    (tmp_path / "y.npz").write_bytes(content)
    try:
        assert load_data(f"npz:{tmp_path / 'y.npz'}", tmp_path).num_classes >= 2
    except InvalidInput as error:
        assert "\n" not in str(error)
