"""What is read from a data set, told before it is used: classes, images, sizes, splits, files left out."""

from __future__ import annotations

import math
from pathlib import Path

from trials.check.findings import Findings, counted, shortened
from trials.data.facts import DataFacts, data_facts
from trials.data.inspection import Inspection, inspect_folder
from trials.experiment import Experiment

FEW_IMAGES = 20  # of a class
LARGE_ERROR = 0.015  # standard error of an accuracy


def check_data(experiment: Experiment, findings: Findings) -> DataFacts:
    """Tell what the data set holds; return its facts. Raises InvalidInput where it cannot be used."""
    name = experiment.data.name
    facts = data_facts(name, Path(experiment.data.folder))
    if name.startswith("folder:"):
        _tell_folder(inspect_folder(name.removeprefix("folder:")), experiment, findings)
    else:
        height, width = facts.size
        channels = counted(facts.channels, "channel")
        findings.say("data", f"{name}: {facts.num_classes} classes, images of {height} x {width} px, {channels}")
    _tell_split(facts, experiment, findings)
    return facts


def _tell_folder(found: Inspection, experiment: Experiment, findings: Findings) -> None:
    classes = found.folder.classes
    counts = (f"{name} {found.train_images[name] + found.test_images[name]:,}" for name in classes)
    sizes = found.sizes.most_common()
    sides = [side for size in found.sizes for side in size]
    span = f"{min(sides)} to {max(sides)} px along a side, {len(sizes)} sizes" if len(sizes) > 1 else _size(sizes[0][0])
    findings.say("data", f"{found.folder.root}: {len(classes)} classes, {len(found.folder.files):,} images, {span}")
    findings.say("data", f"images of each class: {shortened(counts, 20)}")
    if found.ignored:
        findings.say("data", f"ignored, no images of a class: {shortened(found.ignored)}")
    if found.broken:
        kept = "left out (data.skip_broken)" if experiment.data.skip_broken else "broken"
        findings.say("data", f"{len(found.broken)} files are {kept}:")
        findings.say("data", *(f"  {name}: {reason}" for name, reason in found.broken.items()))
        if not experiment.data.skip_broken:
            findings.warn("broken images end a run: mend or remove them, or set data: {skip_broken: true}")
    held = found.folder.test_folder
    findings.say(
        "data",
        f"test images: those in the folder {held!r}"
        if held
        else "test images: a fifth of every class (stratified), chosen by a hash of the file names",
    )


def _tell_split(facts: DataFacts, experiment: Experiment, findings: Findings) -> None:
    validation = experiment.data.validation_images
    train = experiment.data.train_images or facts.train_images - validation
    error = math.sqrt(0.25 / validation)
    findings.say(
        "data",
        f"a search trains on {train:,} images and validates on {validation:,} (both stratified, out of the "
        f"{facts.train_images:,} training images); {facts.test_images:,} test images are kept for the end",
        f"standard error of a validation accuracy: at most {100 * error:.1f} points",
    )
    if error > LARGE_ERROR:
        findings.warn(
            f"with {validation:,} validation images accuracies are uncertain by {100 * error:.1f} points (one standard "
            "error): networks that differ by less cannot be told apart"
        )
    if facts.smallest_class < FEW_IMAGES:
        few = counted(facts.smallest_class, "training image")
        findings.warn(f"the smallest class has {few}: its accuracy will say little")


def _size(size: tuple[int, int]) -> str:
    return f"all {size[0]} x {size[1]} px"
