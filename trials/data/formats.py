"""Decode the published files of Fashion-MNIST (idx) and CIFAR-10 (binary version), everything bounded."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from trials.data.array_cache import Arrays

IDX_UNSIGNED_BYTE = 0x08
CIFAR_SIDE = 32
CIFAR_PIXELS = CIFAR_SIDE * CIFAR_SIDE
CIFAR_RECORD = 1 + 3 * CIFAR_PIXELS
MAX_ARCHIVE_MEMBERS = 1000
MAX_ARCHIVE_BYTES = 1 << 30


class BadFile(Exception):
    """A file that is not what its name says: damaged, cut short or too large."""


def gunzip(stream: BinaryIO, max_bytes: int) -> bytes:
    """Return the content of a gzip stream, at most `max_bytes`; raises BadFile."""
    try:
        with gzip.GzipFile(fileobj=stream) as file:
            content = file.read(max_bytes + 1)
    except Exception as error:  # on crafted bytes a decompressor may raise more than it documents
        raise BadFile(f"not a whole gzip file ({error})") from error
    if len(content) > max_bytes:
        raise BadFile(f"more than {max_bytes} bytes uncompressed")
    return content


def untar(archive: Path, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """Read the named members of a .tar.gz into memory, by their last path component; nothing is extracted to disk.

    `sizes` gives the largest accepted size of each in bytes. Members not named are skipped, so no path in the
    archive can reach the file system. Raises BadFile.
    """
    found: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for count, member in enumerate(tar):
                total += member.size
                if count >= MAX_ARCHIVE_MEMBERS or total > MAX_ARCHIVE_BYTES:
                    raise BadFile("more members or bytes than such an archive has")
                name = member.name.rsplit("/", 1)[-1]
                if member.isfile() and name in sizes:
                    found[name] = read_member(tar, member, sizes[name])
    except BadFile:
        raise
    except Exception as error:  # as above
        raise BadFile(f"not a whole .tar.gz file ({error})") from error
    return found


def read_member(tar: tarfile.TarFile, member: tarfile.TarInfo, max_bytes: int) -> bytes:
    """Return one regular member's bytes; raises BadFile where it is larger than `max_bytes`."""
    if member.size > max_bytes:
        raise BadFile(f"{member.name} has {member.size} bytes, more than {max_bytes}")
    file = tar.extractfile(member)
    return file.read() if file is not None else b""


def decode_idx(content: bytes) -> np.ndarray[Any, Any]:
    """Return the uint8 array of an idx file (http://yann.lecun.com/exdb/mnist: magic, sizes, data); raises BadFile."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != IDX_UNSIGNED_BYTE:
        raise BadFile("not an idx file of unsigned bytes")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise BadFile("an idx file cut short")
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    if len(content) - start != int(np.prod(shape, dtype=object)):
        raise BadFile(f"an idx file of shape {shape} with {len(content) - start} bytes of data")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def decode_fashion_mnist(files: Mapping[str, bytes]) -> Arrays:
    """Return the four arrays of the four idx files, images as [N, 1, 28, 28]."""
    return {
        "train_images": decode_idx(files["train-images-idx3-ubyte"])[:, None],
        "train_labels": decode_idx(files["train-labels-idx1-ubyte"]).astype(np.int64),
        "test_images": decode_idx(files["t10k-images-idx3-ubyte"])[:, None],
        "test_labels": decode_idx(files["t10k-labels-idx1-ubyte"]).astype(np.int64),
    }


def decode_cifar_batch(content: bytes) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Split a binary batch into images uint8 [N, 3, 32, 32] and labels int64 [N]; raises BadFile.

    A record is a label byte and 3072 bytes, channel by channel (https://www.cs.toronto.edu/~kriz/cifar.html).
    """
    if not content or len(content) % CIFAR_RECORD:
        raise BadFile(f"{len(content)} bytes are not whole records of {CIFAR_RECORD}")
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, CIFAR_RECORD)
    return records[:, 1:].reshape(-1, 3, CIFAR_SIDE, CIFAR_SIDE), records[:, 0].astype(np.int64)


def decode_cifar10(files: Mapping[str, bytes]) -> Arrays:
    """Return the four arrays of the six binary batches, images as [N, 3, 32, 32]."""
    train = [decode_cifar_batch(files[f"data_batch_{number}.bin"]) for number in range(1, 6)]
    test_images, test_labels = decode_cifar_batch(files["test_batch.bin"])
    return {
        "train_images": np.concatenate([images for images, _ in train]),
        "train_labels": np.concatenate([labels for _, labels in train]),
        "test_images": test_images,
        "test_labels": test_labels,
    }


def cifar_batch_from_png(png: bytes, labels: list[int]) -> bytes:
    """Rebuild a binary CIFAR-10 batch from a PNG whose rows are flattened 32 x 32 RGB images; raises BadFile."""
    from PIL import Image

    size = (CIFAR_PIXELS, len(labels))
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            if image.size != size or image.mode != "RGB":
                raise BadFile(f"a PNG of {image.size} {image.mode}, not {size} RGB")
            pixels = np.asarray(image)
    except BadFile:
        raise
    except Exception as error:  # as above
        raise BadFile(f"not a whole PNG ({error})") from error
    planes = pixels.transpose(0, 2, 1).reshape(len(labels), 3 * CIFAR_PIXELS)
    return np.concatenate([np.array(labels, dtype=np.uint8)[:, None], planes], axis=1).tobytes()


def decode_labels(content: bytes, count: int) -> list[int]:
    """Return the `count` labels 0..9 of a JSON list; raises BadFile."""
    try:
        labels = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"not JSON ({error})") from error
    if not isinstance(labels, list) or len(labels) != count:
        raise BadFile(f"not a list of {count} labels")
    if not all(type(label) is int and 0 <= label <= 9 for label in labels):
        raise BadFile("labels that are not 0 to 9")
    return labels
