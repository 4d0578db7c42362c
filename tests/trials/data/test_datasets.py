from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from search_spaces.errors import InvalidInput
from trials.data.datasets import DataSet, channel_statistics, load_data, split_validation, stratified_order
from trials.data.selection import Selection


def made_data(counts: tuple[int, ...] = (50, 30, 20)) -> DataSet:
    labels = np.repeat(np.arange(len(counts)), counts)
    images = np.zeros((len(labels), 1, 2, 2), dtype=np.uint8)
    images[:, 0, 0, 0] = np.arange(len(labels)) % 256  # which image it was
    return DataSet(
        name="made",
        train_images=images,
        train_labels=labels,
        test_images=images[:1],
        test_labels=labels[:1],
        num_classes=len(counts),
    )


def names_of(images: torch.Tensor | Selection) -> list[int]:
    return images.to("cpu")[:, 0, 0, 0].tolist()


def test_digits_are_those_of_scikit_learn(tmp_path: Path) -> None:
    data = load_data("digits", tmp_path)
    bunch = load_digits()
    assert (data.channels, data.resolution, data.num_classes) == (1, (8, 8), 10)
    assert data.train_images.dtype == np.uint8
    assert data.train_labels.dtype == np.int64
    ours = np.concatenate([data.train_images, data.test_images])[:, 0].astype(float) * 16 / 255
    order, theirs = np.lexsort(np.rint(ours).reshape(-1, 64).T), np.lexsort(bunch.images.reshape(-1, 64).T)
    np.testing.assert_array_equal(np.rint(ours)[order], bunch.images[theirs])
    labels = np.concatenate([data.train_labels, data.test_labels])
    np.testing.assert_array_equal(labels[order], bunch.target[theirs])
    assert np.bincount(data.test_labels).min() >= 34
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "mnist", "Digits", "cifar10:x", "zip:x", "folder", "npz"])
def test_an_unknown_name_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="digits, fashion-mnist, cifar10, folder:PATH, npz:PATH"):
        load_data(name, tmp_path)


@pytest.mark.parametrize("kind", ["folder", "npz"])
@pytest.mark.parametrize("path", ["", "missing", "~no-such-user-here/x", "x" * 300, "nul\0byte"])
def test_a_path_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, kind: str, path: str) -> None:
    with pytest.raises(InvalidInput, match=rf"^data\.name: got '{kind}:") as error:
        load_data(f"{kind}:{path}", tmp_path)
    assert "\n" not in str(error.value)


def test_the_parts_are_disjoint_and_together_the_whole() -> None:
    split = split_validation(made_data(), train_images=None, validation_images=20, seed=3)
    train, validation = names_of(split.train_images), names_of(split.validation_images)
    assert len(validation) == 20
    assert sorted(train + validation) == list(range(100))
    assert split.num_classes == 3
    assert (split.train_images.to("cpu").dtype, split.train_labels.dtype) == (torch.uint8, torch.int64)


def test_images_keep_their_labels() -> None:
    data = made_data()
    split = split_validation(data, train_images=40, validation_images=20, seed=3)
    for images, labels in (
        (split.train_images, split.train_labels),
        (split.validation_images, split.validation_labels),
    ):
        assert labels.tolist() == [int(data.train_labels[name]) for name in names_of(images)]


def test_parts_are_stratified_by_class() -> None:
    split = split_validation(made_data(), train_images=40, validation_images=20, seed=3)
    assert split.validation_labels.bincount().tolist() == [10, 6, 4]
    assert split.train_labels.bincount().tolist() == [20, 12, 8]


@pytest.mark.parametrize("seed", range(5))
def test_every_prefix_of_the_order_is_stratified_within_one(seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, 7, 500)
    shares = np.bincount(labels) / 500
    order = stratified_order(labels, seed)
    assert sorted(order) == list(range(500))
    for length in range(1, 501):
        counts = np.bincount(labels[order[:length]], minlength=7)
        assert np.abs(counts - shares * length).max() <= 1


def test_the_seed_decides_the_split() -> None:
    def validation(seed: int) -> list[int]:
        return names_of(
            split_validation(made_data(), train_images=None, validation_images=20, seed=seed).validation_images
        )

    assert validation(1) == validation(1)
    assert sorted(validation(1)) != sorted(validation(2))


def test_the_split_is_the_same_for_ever() -> None:
    # The stream of PCG64(0) begins a30f.. 4510.. 0a7d.. | 043b.. d032.. e9aa..: ranks 2 1 0 | 0 1 2, ties by key.
    assert stratified_order(np.array([0, 0, 0, 1, 1, 1]), seed=0).tolist() == [3, 2, 1, 4, 0, 5]


def test_a_smaller_training_part_is_inside_a_larger_one_and_validation_stays() -> None:
    small, large = (
        split_validation(made_data(), train_images=count, validation_images=20, seed=3) for count in (30, 60)
    )
    assert names_of(large.train_images)[:30] == names_of(small.train_images)
    assert names_of(large.validation_images) == names_of(small.validation_images)


def test_statistics_come_from_the_training_part_alone() -> None:
    split = split_validation(made_data(), train_images=40, validation_images=20, seed=3)
    part = split.train_images.to("cpu").numpy() / 255
    assert split.mean == pytest.approx((part.mean(),), abs=1e-12)
    assert split.std == pytest.approx((part.std(),), abs=1e-12)


def test_statistics_are_exact_per_channel() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5000, 3, 3, 3), dtype=np.uint8)
    images[:, 2] = 17
    mean, std = channel_statistics(torch.from_numpy(images))
    assert mean == pytest.approx((images / 255).mean((0, 2, 3)), abs=1e-12)
    assert std[:2] == pytest.approx((images / 255).std((0, 2, 3))[:2], abs=1e-12)
    assert std[2] == 1


@pytest.mark.parametrize("count", [-1, 0, 100, 101])
def test_impossible_validation_parts_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match=rf"^data\.validation_images: got {count}, accepted: 1 to 99"):
        split_validation(made_data(), train_images=None, validation_images=count, seed=0)


@pytest.mark.parametrize("count", [-1, 0, 81])
def test_impossible_training_parts_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match=rf"^data\.train_images: got {count}, accepted: 1 to 80"):
        split_validation(made_data(), train_images=count, validation_images=20, seed=0)


def test_the_parts_are_copies_that_can_be_written() -> None:
    data = made_data()
    split_validation(data, train_images=None, validation_images=20, seed=0).train_images[:].fill_(9)
    assert data.train_images.max() == 99


def test_a_part_copies_no_image_before_it_is_asked_for() -> None:
    data = made_data()
    split = split_validation(data, train_images=40, validation_images=20, seed=3)
    assert isinstance(split.train_images, Selection)
    assert split.train_images.source is data.train_images
    whole, places = split.train_images.to("cpu"), torch.tensor([7, 3, 3])
    assert torch.equal(split.train_images[places], whole[places])
    assert torch.equal(split.train_images[5:9], whole[5:9])
    assert (split.train_images.shape, split.train_images.nbytes) == (tuple(whole.shape), whole.nbytes)
