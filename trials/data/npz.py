"""A data set from an .npz archive: ours or the names Keras ships, channels first, last or none."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from search_spaces.errors import InvalidInput
from trials.data.array_cache import ARRAY_NAMES, Arrays, cached_arrays, save_arrays
from trials.data.content import file_content

KERAS_NAMES = {"train_images": "x_train", "train_labels": "y_train", "test_images": "x_test", "test_labels": "y_test"}
MAX_BYTES = 16 << 30
MAX_CHANNELS = 4
KEY = "data.name"


def npz_arrays(text: str, cache: Path) -> Arrays:
    """Return the four arrays of the archive `text`, kept in `cache` as memory maps; raises InvalidInput.

    Images are uint8 [N, H, W], [N, H, W, C] or [N, C, H, W] with at most 4 channels, labels integers from 0 without
    gaps, [N] or [N, 1]. Nothing is unpickled.
    """
    path = Path(text)
    if not path.is_file():
        raise InvalidInput(KEY, f"npz:{text}", "a file that exists")
    if path.stat().st_size > MAX_BYTES:
        raise refusal(path, f"a file of at most {MAX_BYTES >> 30} GiB")
    key = f"npz-{file_content(path, cache)[:20]}"
    return cached_arrays(cache, key, lambda target: save_arrays(target, read_npz(path)))


def read_npz(path: Path) -> Arrays:
    """Read and check an archive; raises InvalidInput naming the file and the array."""
    raw = read_members(path)
    arrays = {
        name: as_labels(path, name, array) if name.endswith("labels") else as_images(path, name, array)
        for name, array in raw.items()
    }
    check_together(path, arrays)
    return arrays


def read_members(path: Path) -> Arrays:
    """Return the four arrays as they are in the archive, under our names."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise refusal(path, f"an archive of at most {MAX_BYTES >> 30} GiB uncompressed")
        with np.load(path, allow_pickle=False) as archive:
            # A member that is no .npy file comes back as bytes.
            return {name: np.asarray(archive[member]) for name, member in member_names(path, archive).items()}
    except InvalidInput:
        raise
    except Exception as error:  # on crafted bytes zip and header readers may raise anything
        raise refusal(path, f"a whole .npz file without pickled objects ({error})") from error


def member_names(path: Path, archive: Mapping[str, Any]) -> dict[str, str]:
    """Return our four names and what the archive calls them."""
    for names in ({name: name for name in ARRAY_NAMES}, KERAS_NAMES):
        if all(member in archive for member in names.values()):
            return names
    raise refusal(path, f"arrays named {', '.join(ARRAY_NAMES)} (or {', '.join(KERAS_NAMES.values())})")


def as_images(path: Path, name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return images as uint8 [N, C, H, W]; raises InvalidInput."""
    if array.dtype != np.uint8 or array.ndim not in (3, 4) or 0 in array.shape:
        raise refusal(path, f"{name} of uint8, [N, H, W] or [N, H, W, C] or [N, C, H, W], not {described(array)}")
    if array.ndim == 3:
        return array[:, None]
    first, last = array.shape[1] <= MAX_CHANNELS, array.shape[3] <= MAX_CHANNELS
    if first == last:
        raise refusal(path, f"{name} with 1 to {MAX_CHANNELS} channels either first or last, not {described(array)}")
    return array if first else array.transpose(0, 3, 1, 2)


def as_labels(path: Path, name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return labels as int64 [N]; raises InvalidInput."""
    if array.dtype.kind not in "iu" or array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
        raise refusal(path, f"{name} of whole numbers, [N] or [N, 1], not {described(array)}")
    return array.reshape(-1).astype(np.int64)


def check_together(path: Path, arrays: Arrays) -> None:
    """Raise InvalidInput where the arrays do not fit each other."""
    for part in ("train", "test"):
        images, labels = len(arrays[f"{part}_images"]), len(arrays[f"{part}_labels"])
        if images != labels:
            raise refusal(path, f"as many {part}_labels as {part}_images, not {labels} and {images}")
    train, test = arrays["train_images"].shape[1:], arrays["test_images"].shape[1:]
    if train != test:
        raise refusal(path, f"test_images of the training images' (C, H, W) {train}, not {test}")
    classes = np.unique(arrays["train_labels"])
    if len(classes) < 2 or not np.array_equal(classes, np.arange(len(classes))):
        raise refusal(path, f"train_labels 0, 1, 2, ... without gaps, not {classes[:10].tolist()}")
    if not np.isin(arrays["test_labels"], classes).all():
        raise refusal(path, f"test_labels within the training labels 0 to {len(classes) - 1}")


def described(array: np.ndarray[Any, Any]) -> str:
    """Return an array's type and shape in words."""
    return f"{array.dtype} {list(array.shape)}"


def refusal(path: Path, accepted: str) -> InvalidInput:
    """Return the error for this archive."""
    return InvalidInput(KEY, f"npz:{path}", " ".join(accepted.split()))
