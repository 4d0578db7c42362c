from __future__ import annotations

from pathlib import Path

from tests.trials.pictures import write_pictures
from trials.data.inspection import inspect_folder, looks_like_classes


def test_everything_in_a_folder_is_told(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 20, "bee": 10})
    write_pictures(root / "bee", {"large": 5}, (30, 40))
    (root / "ant" / "3.png").write_text("no image")
    cut = root / "bee" / "4.png"
    cut.write_bytes(cut.read_bytes()[:200])
    (root / "notes.txt").write_text("hello")
    found = inspect_folder(str(root))
    assert found.folder.classes == ("ant", "bee")
    assert {name: found.train_images[name] + found.test_images[name] for name in ("ant", "bee")} == {
        "ant": 20,
        "bee": 15,
    }
    assert (found.test_images["ant"], found.test_images["bee"]) == (4, 3)
    assert found.sizes == {(20, 24): 28, (30, 40): 5}
    assert set(found.broken) == {"ant/3.png", "bee/4.png"}
    assert found.ignored == ("notes.txt",)


def test_a_folder_of_class_folders_is_recognized(tmp_path: Path) -> None:
    assert looks_like_classes(write_pictures(tmp_path / "p", {"ant": 1}))
    assert not looks_like_classes(tmp_path / "p" / "ant")
