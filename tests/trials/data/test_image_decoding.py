import os
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from search_spaces.errors import InvalidInput
from trials.data import image_decoding
from trials.data.image_decoding import decode_image, image_size

NOISE = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def png_claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG whose header promises an image of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_an_image_of_the_right_size_is_not_touched(tmp_path: Path) -> None:
    Image.fromarray(NOISE).save(tmp_path / "x.png")
    np.testing.assert_array_equal(decode_image(tmp_path / "x.png", (20, 30)), NOISE.transpose(2, 0, 1))
    assert image_size(tmp_path / "x.png") == (20, 30)


def test_the_centre_is_kept(tmp_path: Path) -> None:
    pixels = np.zeros((40, 120, 3), dtype=np.uint8)
    pixels[:, :40, 0] = pixels[:, 40:80, 1] = pixels[:, 80:, 2] = 255
    Image.fromarray(pixels).save(tmp_path / "x.png")
    decoded = decode_image(tmp_path / "x.png", (10, 10))
    assert (decoded[1, :, 1:-1] > 250).all()
    assert decoded[[0, 2], :, 1:-1].max() < 5
    whole = decode_image(tmp_path / "x.png", (10, 30))
    assert [int(whole[c, 5, 5 + 10 * c]) for c in range(3)] == [255, 255, 255]


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "RGBA", "CMYK"])
def test_other_modes_become_colour(tmp_path: Path, mode: str) -> None:
    name = tmp_path / ("x.jpg" if mode == "CMYK" else "x.png")
    Image.fromarray(NOISE).convert(mode).save(name)
    decoded = decode_image(name, (8, 8))
    assert (decoded.shape, decoded.dtype) == ((3, 8, 8), np.uint8)
    assert decoded.std() > 0


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    pixels = np.zeros((40, 80, 3), dtype=np.uint8)
    pixels[:, :40] = 255  # left half white
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    Image.fromarray(pixels).save(tmp_path / "x.jpg", exif=exif, quality=95)
    assert image_size(tmp_path / "x.jpg") == (80, 40)
    decoded = decode_image(tmp_path / "x.jpg", (80, 40))
    assert decoded[:, :36].min() > 250  # now the upper half
    assert decoded[:, 44:].max() < 5


def test_a_large_photograph_resized_early_looks_the_same(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:1200, 0:1600]
    pixels = np.stack([rows / 5, columns / 7, (rows + columns) / 12], axis=2).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.jpg", quality=95)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    difference = decode_image(tmp_path / "x.jpg", (32, 32)).astype(int) - decode_image(tmp_path / "x.png", (32, 32))
    assert np.abs(difference).max() <= 4


def broken_files() -> dict[str, bytes]:
    return {
        "empty": b"",
        "text": b"not an image",
        "cut short": png_claiming(300, 300),
        "bomb": png_claiming(60_000, 60_000),
        "over the limit": png_claiming(9_500, 9_500),
        "no pixels": png_claiming(0, 10),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    }


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", broken_files())
def test_a_broken_or_hostile_file_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(broken_files()[kind])
    with pytest.raises(InvalidInput, match=r"^data\.name: got '.*bad\.png', accepted: a whole 8-bit image") as error:
        decode_image(path, (8, 8))
    assert "\n" not in str(error.value)


def test_sixteen_bits_and_huge_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((8, 8), 40_000, dtype=np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(InvalidInput, match="not of 8 bits"):
        decode_image(tmp_path / "deep.png", (8, 8))
    Image.fromarray(NOISE).save(tmp_path / "x.png")
    monkeypatch.setattr("trials.data.image_decoding.MAX_IMAGE_BYTES", 1000)
    with pytest.raises(InvalidInput, match=r"x\.png"):
        decode_image(tmp_path / "x.png", (8, 8))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore")
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    path = tmp_path / f"x.{('png', 'jpg', 'gif', 'webp', 'bmp')[seed % 5]}"
    Image.fromarray(NOISE).save(path)
    content = bytearray(path.read_bytes())
    for place in random.integers(0, len(content), 8):
        content[place] = random.integers(0, 256)
    path.write_bytes(content)
    try:
        assert decode_image(path, (8, 8)).shape == (3, 8, 8)
    except InvalidInput as error:
        assert "\n" not in str(error)


def test_an_image_of_88_megapixels_is_refused_by_its_header_unless_it_is_decoded_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_claiming(9400, 9400))
    with pytest.raises(InvalidInput, match=r"large\.png.* 40000000 pixels to decode"):
        decode_image(path, (8, 8))
    monkeypatch.setattr("trials.data.image_decoding.MOST_DECODED_PIXELS", 40_000)
    Image.new("RGB", (800, 400), (0, 0, 255)).save(tmp_path / "large.jpg", quality=90)
    assert decode_image(tmp_path / "large.jpg", (8, 8))[2].mean() > 250
    with pytest.raises(InvalidInput, match="40000 pixels to decode"):
        decode_image(tmp_path / "large.jpg", (400, 400))


def test_a_pipe_is_no_image_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for read in (image_size, lambda path: decode_image(path, (8, 8))):
        with pytest.raises(InvalidInput, match=r"pipe\.png"):
            read(tmp_path / "pipe.png")


def test_large_images_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(NOISE).save(tmp_path / "x.png")
    at_work, most, real = [], [], image_decoding._fitted

    def watched(*arguments: Any) -> Any:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.02)
        at_work.pop()
        return real(*arguments)

    monkeypatch.setattr(image_decoding, "_fitted", watched)
    monkeypatch.setattr(image_decoding, "LARGE_PIXELS", 100)
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda _: decode_image(tmp_path / "x.png", (8, 8)), range(8)))
    assert max(most) == 1
