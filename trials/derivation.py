"""Settings that nobody should have to know: proxy, lengths and batches, derived from the images. No torch.

What is derived here stands under what the user wrote. The rules are those of short proxies that reach far enough for
their late stages to see more than one pixel; `docs/experiments.md` states them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.quantity import parse_quantity
from trials.reward import EQUAL_SPREAD
from trials.study.attributes import LATENCY

if TYPE_CHECKING:
    from trials.data.facts import DataFacts

Settings = dict[str, Any]
Size = tuple[int, int]  # height, width in pixels

PROXY_WIDTH = 0.25
LONGEST_PROXY_SIDE = 64  # pixels
LEAST_FINAL_SIDE = 2  # pixels that the last stage of a proxy sees along the shorter side
LEAST_SMALL_SIDE = 14  # pixels that smaller pictures have at least
FEW_IMAGES = 10_000  # of more than so many a candidate sees smaller pictures, and more of them in as much time
IMAGES_SEEN, SMALL_SEEN = 32_000, 135_000  # by one candidate, of larger and of smaller pictures
MOST_EPOCHS = 30
MOST_VALIDATION_IMAGES, SHARED_VALIDATION_IMAGES = 15_000, 5_000
VALIDATION_SHARE = 0.2
BATCH_SIZES, LARGE_BATCH = (64, 32, 16, 8, 4, 2), 128
LEAST_STEPS = 20  # in an epoch
FULL_IMAGES_SEEN, LEAST_FULL_EPOCHS, MOST_FULL_EPOCHS = 300_000, 10, 100
FULL_RATE_PER_IMAGE = 0.1 / 128
SHARED_IMAGES_SEEN = 160_000  # by each of the networks that are trained together in a step
TRAINED_POLICY, PROPOSED = "trained-policy", 16  # the sampler after a search while training, how many it proposes
SHARED_BATCH = 32  # at most: of equally many images smaller batches train shared weights better
SHARED_FINALISTS = 5  # trained alone after a search with shared weights
SHARED_SEARCH: Settings = {"sampler": "linear", "trials": 200, "finalists": SHARED_FINALISTS}
EMA_STEPS = 5_000  # fewer steps than that are too few for an average over a thousand of them
COLOUR = 3
RATE_PER_IMAGE = 0.1 / 64  # learning rate of SGD with Nesterov's momentum for each image of a batch
LARGEST_STORED = 8 << 30  # bytes of decoded images


def deployed_size(written: int | Size | None, images: Size, space: Size) -> Size:
    """Return the (height, width) of the deployed network: what was written, or the images' own up to the space's.

    >>> deployed_size(None, (64, 64), (224, 224)), deployed_size(None, (480, 640), (224, 224))
    ((64, 64), (224, 224))
    """
    if written is not None:
        return (written, written) if isinstance(written, int) else written
    return images if images[0] <= space[0] and images[1] <= space[1] else space


def derive(
    facts: DataFacts,
    deployed: Size,
    skeleton: Architecture,
    room: float = 1.0,
    *,
    alone: bool = True,
    train_images: int | None = None,
) -> Settings:
    """Return the settings that follow from a data set for networks deployed at `deployed` (height, width).

    `skeleton` is the search space's: its strides say what a late stage sees. `room` is how much larger than `deployed`
    the largest network to be trained is, along a side. `alone`: candidates are trained one by one, rather than judged
    by shared weights or untrained. `train_images` are used at most.
    """
    validation = validation_images(facts, MOST_VALIDATION_IMAGES if alone else SHARED_VALIDATION_IMAGES)
    available = facts.train_images - validation
    most = min(available, train_images or available)
    small = alone and most > FEW_IMAGES
    used, epochs = candidate_length(most, small=small)
    batch = batch_size(used, many=small)
    proxy = derive_proxy(deployed, min(facts.size), skeleton, small=small)
    side = (round(deployed[0] * proxy["resolution"]), round(deployed[1] * proxy["resolution"]))
    return {
        "data": {
            "train_images": None if used == available else used,
            "validation_images": validation,
            "resolution": plain(stored_size(facts, side, room)),
        },
        "proxy": proxy,
        "training": {
            "epochs": epochs,
            "batch_size": batch,
            "learning_rate": learning_rate(batch),
            "warmup_epochs": 0.1,
        },
        "cost": {"num_classes": facts.num_classes, "in_channels": facts.channels},
        "nas": {"full_training": full_recipe(facts, available, deployed)},
    }


def candidate_length(images: int, *, small: bool) -> tuple[int, int]:
    """Return how many of so many training images a candidate uses, and for how many epochs.

    >>> candidate_length(8_000, small=False), candidate_length(48_000, small=True)
    ((8000, 4), (48000, 3))
    """
    seen = SMALL_SEEN if small else IMAGES_SEEN
    used = min(images, seen)
    return used, min(MOST_EPOCHS, max(1, round(seen / used)))


def learning_rate(batch: int) -> float:
    """Return the learning rate of a short training: in proportion to its batches up to 64 images, constant above."""
    return min(batch, BATCH_SIZES[0]) * RATE_PER_IMAGE


def full_recipe(facts: DataFacts, images: int, deployed: Size) -> Settings:
    """Return how `nas train` trains a network on `images` training images, at its own resolution.

    Pixels of augmentation are those of the stored image. Colour images may be mirrored.
    """
    batch = batch_size(images)
    epochs = min(MOST_FULL_EPOCHS, max(LEAST_FULL_EPOCHS, round(FULL_IMAGES_SEEN / images)))
    stored = min(*facts.size, *deployed)
    return {
        "epochs": epochs,
        "batch_size": batch,
        "learning_rate": batch * FULL_RATE_PER_IMAGE,
        "warmup_epochs": 1.0,
        "label_smoothing": 0.1,
        "ema_decay": 0.999 if epochs * images > EMA_STEPS * batch else 0.99,
        "flip": facts.channels == COLOUR,
        "crop_padding": stored // 8,
    }


def shared_recipe(facts: DataFacts, images: int) -> Settings:
    """Return how the weights that all networks share are trained on `images` training images."""
    batch = min(SHARED_BATCH, batch_size(images))
    return {
        "epochs": max(1, round(SHARED_IMAGES_SEEN / images)),
        "batch_size": batch,
        "learning_rate": learning_rate(batch),
        "warmup_epochs": 0.5,
        "label_smoothing": 0.1,
        "ema_decay": 0.99,
        "flip": facts.channels == COLOUR,
    }


def validation_images(facts: DataFacts, most_wanted: int = MOST_VALIDATION_IMAGES) -> int:
    """Return a fifth of the training images, and at least one of each class where there are two.

    No more than `most_wanted`: two networks half a point apart need thousands to be told apart.
    """
    wanted = min(most_wanted, round(VALIDATION_SHARE * facts.train_images))
    most = facts.train_images - facts.num_classes  # one of each class is left to train on
    return max(1, min(max(wanted, facts.num_classes), max(most, facts.train_images // 2)))


def batch_size(images: int, *, many: bool = False) -> int:
    """Return the largest batch with which an epoch has at least 20 steps; 2 where there is none.

    Of `many` images larger ones are as good, and faster.

    >>> [batch_size(images) for images in (100_000, 1_000, 100, 3)]
    [64, 32, 4, 2]
    """
    if many:
        return LARGE_BATCH
    return next((size for size in BATCH_SIZES if images >= LEAST_STEPS * size), BATCH_SIZES[-1])


def derive_proxy(deployed: Size, images: int, skeleton: Architecture, *, small: bool = False) -> Settings:
    """Return the proxy of networks deployed at `deployed`: a quarter of the width, at most 64 px.

    It never sees more pixels than the `images` have along their shorter side, and half as many (14 at least) where
    pictures are to be `small`. Strides are dropped until the last stage sees at least 2 px.
    """
    shorter = min(deployed)
    side = min(shorter, images, LONGEST_PROXY_SIDE)
    if small:
        side = max(side // 2, min(side, LEAST_SMALL_SIDE))
    strides = strides_of(skeleton)
    dropped = 0
    while dropped < len(strides) and math.ceil(side / math.prod(strides[dropped:])) < LEAST_FINAL_SIDE:
        dropped += 1
    return {
        "width": PROXY_WIDTH,
        "depth": 1.0,
        "resolution": side / shorter,
        "drop_strides": dropped,
        "regularization": 0.0,
        "batch_norm_momentum": 0.1,
    }


def strides_of(architecture: Architecture) -> list[int]:
    """Return the strides above 1 in the order in which a proxy drops them: the stem's, its pooling's, the stages'."""
    strides = (architecture.stem.stride, architecture.stem.pool, *(stage.stride for stage in architecture.stages))
    return [stride for stride in strides if stride > 1]


def stored_size(facts: DataFacts, proxy: Size, room: float) -> Size:
    """Return the (height, width) at which a search keeps a folder's images: what its proxies see, times `room`.

    So no image is made smaller again for every step. Never larger than the images are, and as large as fits into 8 GiB.
    """
    count = facts.train_images + facts.test_images
    factor = min(room, math.sqrt(LARGEST_STORED / (3 * count * proxy[0] * proxy[1])))
    return min(math.ceil(factor * proxy[0]), facts.size[0]), min(math.ceil(factor * proxy[1]), facts.size[1])


def derive_reward(written: Settings) -> Settings:
    """Return the reward that follows from an experiment as it was written, under what it says itself.

    A stated target is to be met (`absolute`). Without one, limits say what a network may cost, so that accuracy alone
    counts up to them (`hard`). Shared weights judge large and small networks nearly alike, so that what a network
    uses of the limit counts beside them; a policy that learns while they are trained is to meet the limit.
    """
    stated = written.get("reward")
    weighed = {"kind": "absolute"} if _searches_while_training(written) else {"kind": "soft", "w": EQUAL_SPREAD}
    if isinstance(stated, dict):
        return {"kind": "absolute", **stated} if "target" in stated and "kind" not in stated else dict(stated)
    limits = written.get("limits")
    if stated is None and isinstance(limits, dict) and _is_shared(written):
        for limit, cost in SIZES.items():
            if _is_quantity(limits.get(limit)):
                return {"cost": cost, "target": limits[limit], **weighed}
    for limit, cost in LIMITED.items():
        if stated is None and isinstance(limits, dict) and _is_quantity(limits.get(limit)):
            return {"kind": "hard", "cost": cost, "target": limits[limit]}
    return {}


def derive_search(written: Settings) -> Settings:
    """Return the settings of stage 1 that follow where shared weights are searched while they are trained."""
    return {"nas": {"sampler": TRAINED_POLICY, "trials": PROPOSED}} if _searches_while_training(written) else {}


def _searches_while_training(written: Settings) -> bool:
    return _is_shared(written) and written["objective"].get("search") == "while-training"


def _is_shared(written: Settings) -> bool:
    objective = written.get("objective")
    return isinstance(objective, dict) and objective.get("name") == "shared"


def _is_quantity(value: object) -> bool:
    """Tell whether a limit is a number; one that is not is refused where limits are read."""
    try:
        parse_quantity("", value)
    except InvalidInput:
        return False
    return True


SIZES = {"max_params": "params", "max_flops": "flops"}  # limit: what is used of it, the better evidence first
LIMITED = {"max_flops": "flops", "max_params": "params", "max_latency_ms": LATENCY}  # limit: the cost it bounds


def merged(under: Settings, over: Settings) -> Settings:
    """Return two nested mappings as one; where both say something, `over` counts.

    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a': {'b': 3, 'c': 2}}
    """
    together = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], dict) and isinstance(over[key], dict):
            together[key] = merged(under[key], over[key])
    return together


def plain(size: Size) -> int | list[int]:
    """Return a (height, width) as a file says it: one number where both are equal."""
    return size[0] if size[0] == size[1] else list(size)
