import gzip
import io
import json
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trials.data.formats import (
    BadFile,
    cifar_batch_from_png,
    decode_cifar10,
    decode_cifar_batch,
    decode_fashion_mnist,
    decode_idx,
    decode_labels,
    gunzip,
    untar,
)


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def png_of(images: np.ndarray) -> bytes:
    """Lay images [N, 3, 32, 32] out as the npm package does: one row of pixels each."""
    buffer = io.BytesIO()
    Image.fromarray(images.reshape(len(images), 3, 1024).transpose(0, 2, 1).copy()).save(buffer, "PNG")
    return buffer.getvalue()


def random_images(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, 3, 32, 32), dtype=np.uint8)


def test_idx_files_of_fashion_mnist() -> None:
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    labels = np.array([9, 0], dtype=np.uint8)
    arrays = decode_fashion_mnist(
        {
            "train-images-idx3-ubyte": idx(images),
            "train-labels-idx1-ubyte": idx(labels),
            "t10k-images-idx3-ubyte": idx(images[:1]),
            "t10k-labels-idx1-ubyte": idx(labels[:1]),
        }
    )
    np.testing.assert_array_equal(arrays["train_images"], images[:, None])
    assert arrays["train_labels"].tolist() == [9, 0]
    assert arrays["train_labels"].dtype == np.int64
    assert arrays["test_images"].shape == (1, 1, 3, 4)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x0d\x01\0\0\0\x01x",
        b"\x1f\x8b\x08\x00 a gzip file",
        b"\0\0\x08\x03\0\0\0\x02",
        idx(np.zeros((2, 3), dtype=np.uint8))[:-1],
        idx(np.zeros((2, 3), dtype=np.uint8)) + b"x",
        b"\0\0\x08\x03" + b"\xff" * 12,
    ],
)
def test_what_is_no_idx_file_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        decode_idx(content)


def test_cifar_batches_keep_channels_and_order() -> None:
    images = random_images(3)
    record = b"".join(bytes([label]) + image.tobytes() for label, image in zip((7, 0, 9), images, strict=True))
    decoded, labels = decode_cifar_batch(record)
    np.testing.assert_array_equal(decoded, images)
    assert labels.tolist() == [7, 0, 9]
    files = {f"data_batch_{number}.bin": record for number in range(1, 6)} | {"test_batch.bin": record[:3073]}
    arrays = decode_cifar10(files)
    assert arrays["train_images"].shape == (15, 3, 32, 32)
    np.testing.assert_array_equal(arrays["test_images"], images[:1])
    with pytest.raises(BadFile):
        decode_cifar_batch(record[:-1])


def test_a_batch_is_rebuilt_from_a_png_of_flat_rows() -> None:
    images = random_images(4)
    labels = [3, 1, 4, 1]
    decoded, again = decode_cifar_batch(cifar_batch_from_png(png_of(images), labels))
    np.testing.assert_array_equal(decoded, images)
    assert again.tolist() == labels


@pytest.mark.parametrize("kind", ["cut short", "no PNG", "another size", "grey"])
def test_a_wrong_png_is_refused(kind: str) -> None:
    png = png_of(random_images(4))
    if kind == "grey":
        buffer = io.BytesIO()
        Image.new("L", (1024, 4)).save(buffer, "PNG")
        png = buffer.getvalue()
    content = {"cut short": png[:-500], "no PNG": b"GIF89a", "another size": png_of(random_images(5))}.get(kind, png)
    with pytest.raises(BadFile):
        cifar_batch_from_png(content, [0, 1, 2, 3])


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1, 2]", b"[1, 2, 10]", b"[1, 2, true]", b"[1, 2, 1.0]", b"[" * 99999]
)
def test_wrong_labels_are_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        decode_labels(content, 3)
    assert decode_labels(b"[1, 2, 9]", 3) == [1, 2, 9]


def test_gunzip_is_bounded() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    assert len(gunzip(io.BytesIO(bomb), 1_000_000)) == 1_000_000
    with pytest.raises(BadFile, match="more than 999999 bytes"):
        gunzip(io.BytesIO(bomb), 999_999)


@pytest.mark.parametrize(
    "content",
    [b"", b"plain", gzip.compress(b"x" * 1000, mtime=0)[:-9], b"\x1f\x8b\x08\x00\0\0\0\0\0\3\xff\xff"],
    ids=["empty", "plain", "truncated", "corrupt"],
)
def test_a_broken_gzip_file_is_refused(content: bytes) -> None:
    if content == b"":
        assert gunzip(io.BytesIO(content), 10) == b""  # an empty stream has no member; its checksum tells
        return
    with pytest.raises(BadFile):
        gunzip(io.BytesIO(content), 10_000)


def test_untar_reads_only_what_is_named_and_writes_nothing(tmp_path: Path) -> None:
    members = {"package/a.bin": b"12", "../../b.bin": b"34", "/etc/passwd": b"evil", "c.bin": b"56"}
    archive = write_tar(tmp_path / "x.tar.gz", members)
    assert untar(archive, {"a.bin": 2, "b.bin": 2}) == {"a.bin": b"12", "b.bin": b"34"}
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar.gz"]


def test_untar_follows_no_link(tmp_path: Path) -> None:
    archive = tmp_path / "x.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        info = tarfile.TarInfo("a.bin")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    assert untar(archive, {"a.bin": 10_000}) == {}


def test_untar_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_tar(tmp_path / "x.tar.gz", {"a.bin": b"x" * 1000, "b.bin": b"y" * 1000})
    with pytest.raises(BadFile, match=r"a\.bin has 1000 bytes, more than 999"):
        untar(archive, {"a.bin": 999})
    monkeypatch.setattr("trials.data.formats.MAX_ARCHIVE_BYTES", 1999)
    with pytest.raises(BadFile, match="more members or bytes"):
        untar(archive, {"b.bin": 1000})


@pytest.mark.parametrize("kept", [0, 10, 60])
def test_a_broken_tar_file_is_refused(tmp_path: Path, kept: int) -> None:
    noise = np.random.default_rng(0).bytes(5000)
    archive = write_tar(tmp_path / "x.tar.gz", {"a.bin": noise, "labels.json": json.dumps([1]).encode()})
    archive.write_bytes(archive.read_bytes()[:kept])
    with pytest.raises(BadFile):
        untar(archive, {"a.bin": 5000})
