from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from trials.page.assembling import HERE, PLOTLY, write_page


def page(tmp_path: Path, text: str, **content: object) -> str:
    template = tmp_path / "own.html"
    template.write_text('{% extends "base.html" %}{% block content %}' + text + "{% endblock %}")
    settings = {"scripts": (), "payloads": {}, "title": "a title", "kind": "own"} | content
    write_page(tmp_path / "page.html", template, **settings)  # type: ignore[arg-type]
    return (tmp_path / "page.html").read_text()


def test_the_text_of_others_is_escaped(tmp_path: Path) -> None:
    bad = "</script><script>alert(1)</script>"
    written = page(tmp_path, "{{ told }}", told=bad, title=bad, payloads={"data": {"bad": bad}})
    assert "alert(1)" in written
    assert "<script>alert" not in written


def test_what_is_not_finite_is_null(tmp_path: Path) -> None:
    written = page(tmp_path, "", payloads={"data": [1.5, float("nan"), float("inf")]})
    assert '<script type="application/json" id="data">[1.5, null, null]</script>' in written


def test_scripts_are_in_the_page_and_nothing_is_fetched(tmp_path: Path) -> None:
    written = page(tmp_path, "", scripts=(PLOTLY, "network.js"))
    assert (HERE / "network.js").read_text() in written
    assert "plotly.js v" in written
    assert written.count("</script>") == 2
    assert "default-src 'none'" in written
    assert " src=" not in written.split("<script>")[0]


def test_a_name_that_no_template_was_given_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        page(tmp_path, "{{ forgotten }}")
    assert not (tmp_path / "page.html").exists()
