from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.trials.pictures import write_pictures
from trials.check.data import check_data
from trials.check.findings import Findings
from trials.experiment import DataConfig, Experiment


def test_classes_sizes_splits_and_every_broken_file_are_told(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 40, "bee": 20})
    for name in ("ant/3.png", "ant/4.png", "bee/5.png"):
        (root / name).write_text("no image")
    experiment = Experiment(data=DataConfig(name=f"folder:{root}", validation_images=16))
    findings = Findings()
    check_data(experiment, findings)
    text = "\n".join(findings.facts["data"])
    assert "2 classes, 60 images, all 20 x 24 px" in text
    assert "ant 40, bee 20" in text
    assert all(name in text for name in ("ant/3.png", "ant/4.png", "bee/5.png"))
    assert "a fifth of every class (stratified)" in text
    assert "trains on 32 images and validates on 16" in text
    assert any("skip_broken: true" in warning for warning in findings.warnings)
    assert any("uncertain by 12.5 points" in warning for warning in findings.warnings)
    left_out = Findings()
    check_data(replace(experiment, data=replace(experiment.data, skip_broken=True)), left_out)
    assert not any("skip_broken" in warning for warning in left_out.warnings)


def test_enough_images_raise_no_doubt(tmp_path: Path) -> None:
    experiment = Experiment(data=DataConfig(name="digits", folder=str(tmp_path), validation_images=1200))
    findings = Findings()
    check_data(experiment, findings)
    assert findings.warnings == []
    assert findings.facts["data"][0] == "digits: 10 classes, images of 8 x 8 px, 1 channel"
