"""Images, archives of data and tables of benchmarks: bytes that anybody may hand over."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.fuzz.mutations import Evil, spoiled, spoiled_bytes
from tests.fuzz.sandbox import check_call, fuzzed, sandbox
from trials.data.datasets import load_data
from trials.data.formats import BadFile, cifar_batch_from_png, decode_idx, decode_labels, gunzip, untar
from trials.objectives.benchmark.table import load_table

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_trained")]


@cache
def npz(**other: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    images, labels = np.zeros((6, 5, 5), np.uint8), np.arange(6) % 2
    arrays: dict[str, NDArray[Any]] = {
        "train_images": images,
        "train_labels": labels,
        "test_images": images,
        "test_labels": labels,
    }
    np.savez(stream, allow_pickle=True, **arrays, **other)
    return stream.getvalue()


def npz_with(member: bytes) -> bytes:
    """Put a made .npy file in the place of the training images."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(npz())) as good, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in good.namelist():
            made.writestr(name, member if name == "train_images.npy" else good.read(name))
    return stream.getvalue()


def npy(shape: str, descr: str = "'|u1'", content: bytes = b"") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


NPZ = st.one_of(
    spoiled_bytes(npz()),
    spoiled_bytes(npy("(6, 5, 5)", content=bytes(150))).map(npz_with),
    st.sampled_from(
        [
            npz_with(pickle.dumps(Evil())),
            npz_with(npy("(6,)", "'|O'", pickle.dumps(Evil()))),
            npz_with(npy("(10**6, 10**6)")),
            npz_with(npy("(9223372036854775807, 9223372036854775807)")),
            npz_with(npy("(-1, 5, 5)", content=bytes(150))),
            npz_with(npy("(6, 5, 5)", "[('a', '|u1')]", bytes(150))),
            npz_with(npy("(6, 5, 5)", "'<f8'", bytes(1200))),
            npz_with(npy("(6, 5, 5)", "__import__('os').system('touch ../evil')")),
            npz_with(npy("(" * 200)),
            npz_with(bytes(20 << 20)),
        ]
    ),
)


@fuzzed(15)
@given(content=NPZ)
def test_npz(content: bytes) -> None:
    with sandbox() as work:
        (work / "data.npz").write_bytes(content)
        (work / "experiments.yaml").write_text("try: {data: {name: 'npz:data.npz', train_images: 2, folder: out}}\n")
        check_call(work, lambda: load_data("npz:data.npz", Path("out")))


@cache
def picture(kind: str, size: tuple[int, int] = (6, 6)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (9, 99, 199)).save(stream, kind)
    return stream.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    rest = picture("PNG")[33:]
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + rest


PICTURES = st.one_of(
    *[spoiled_bytes(picture(kind)) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM")],
    st.sampled_from([png_that_says(60_000, 60_000), png_that_says(2**31 - 1, 2**31 - 1), png_that_says(0, 5)]),
    st.sampled_from([b"", b"P6 999999999 999999999 255\n", b"%!PS-Adobe-3.0 EPSF\n", picture("PNG", (3000, 3000))]),
)


@fuzzed(10)
@given(
    content=PICTURES,
    suffix=st.sampled_from((".png", ".jpg", ".gif")),
    resolution=st.sampled_from(("", "?resolution=4")),
)
def test_folders_of_images(content: bytes, suffix: str, resolution: str) -> None:
    with sandbox() as work:
        for name in ("ant", "bee"):
            (work / "images" / name).mkdir(parents=True)
            for index in range(8):
                (work / "images" / name / f"{index}.png").write_bytes(picture("PNG"))
        (work / "images" / "bee" / f"odd{suffix}").write_bytes(content)
        (work / "images" / "ant" / "loop").symlink_to(work / "images")
        check_call(work, lambda: load_data(f"folder:images{resolution}", Path("out")))


IDX = b"\0\0\x08\x03" + struct.pack(">III", 4, 3, 3) + bytes(36)


def tar(*members: tuple[str, bytes, bytes, str]) -> bytes:
    """Write a .tar.gz of (name, type, content, link)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, kind, content, link in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), link
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


HOSTILE = [("../../evil", b"0", b"x", ""), ("/tmp/evil", b"0", b"x", ""), ("a.bin", b"2", b"", "/etc/passwd")]
TAR = tar(("batch/a.bin", b"0", bytes(100), ""), *HOSTILE, ("b.bin", b"1", b"", "../../evil"), ("c", b"6", b"", ""))


def bomb(size: int) -> bytes:
    return gzip.compress(bytes(size), 9, mtime=0)


@fuzzed(12)
@given(
    gz=spoiled_bytes(gzip.compress(IDX, mtime=0)) | st.just(bomb(20 << 20)),
    idx=spoiled_bytes(IDX) | st.sampled_from([b"\0\0\x08\xff" + b"\xff" * 1020, b"\0\0\x08\x00"]),
    archive=spoiled_bytes(TAR) | st.sampled_from([TAR, bomb(20 << 20), tar(("a.bin", b"0", bytes(10 << 20), ""))]),
    png=PICTURES,
    labels=spoiled_bytes(b"[1, 2, 3]") | st.sampled_from([b"[" * 100_000, b"1e999", b"[" + b"9" * 5000 + b"]"]),
)
def test_published_formats(gz: bytes, idx: bytes, archive: bytes, png: bytes, labels: bytes) -> None:
    with sandbox() as work:
        (work / "a.tgz").write_bytes(archive)
        for decode in (
            lambda: gunzip(io.BytesIO(gz), 10_000),
            lambda: decode_idx(idx),
            lambda: untar(work / "a.tgz", {"a.bin": 1000, "b.bin": 1000, "evil": 10}),
            lambda: cifar_batch_from_png(png, [1, 2, 3]),
            lambda: decode_labels(labels, 3),
        ):
            check_call(work, lambda decode=decode: _told(decode))  # type: ignore[misc]


def _told(decode: Any) -> None:
    try:
        decode()
    except BadFile as error:
        assert str(error)


@fuzzed(6)
@given(data=st.data())
def test_benchmark_archives(archive: bytes, data: st.DataObject) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar_file:
        member = tar_file.extractfile(tar_file.getmembers()[0])
        assert member is not None
        row = json.loads(member.read())
    row_bytes = spoiled(row).map(lambda changed: json.dumps(changed, default=repr).encode()) | spoiled_bytes(
        json.dumps(row).encode()
    )
    whole = row_bytes.map(lambda row: tar(("rows/a.json", b"0", row, ""), *HOSTILE)) | spoiled_bytes(archive[:3000])
    with sandbox() as work:
        (work / "rows.tar.gz").write_bytes(data.draw(whole))
        check_call(work, lambda: load_table(work / "rows.tar.gz"))
