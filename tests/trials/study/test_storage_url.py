from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from search_spaces.errors import InvalidInput
from trials.study import storage_url
from trials.study.storage_url import connection_settings, masked, with_absolute_path, with_driver


def installed(monkeypatch: pytest.MonkeyPatch, *drivers: str) -> None:
    monkeypatch.setattr(storage_url, "find_spec", lambda name: name in drivers or None)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nas:secret@host:5432/studies",
        "postgresql+psycopg://nas:secret@/studies?host=/run",
        "mysql://nas:se:cret/@host/studies",
    ],
)
def test_a_password_is_masked_where_sqlalchemy_finds_one(url: str) -> None:
    password = make_url(url).password
    assert password
    assert masked(url) == url.replace(password, "***")


def test_passwords_among_the_parameters_are_masked_too() -> None:
    assert masked("postgresql://host/d?user=a&password=secret&x=1") == "postgresql://host/d?user=a&password=***&x=1"


@pytest.mark.parametrize("text", ["sqlite:///study.db", "--set=training.epochs=3", "mail@host", "postgresql://u@h/d"])
def test_a_text_without_a_password_stays(text: str) -> None:
    assert masked(text) == text


def test_the_driver_that_is_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "psycopg2")
    for url in ("postgres://h/d", "postgresql://h/d", "postgresql+psycopg2://h/d"):
        assert with_driver(url) == "postgresql+psycopg2://h/d"
    installed(monkeypatch, "psycopg", "psycopg2")
    assert make_url(with_driver("postgresql://h/d")).get_driver_name() == "psycopg"
    assert with_driver("postgresql+asyncpg://h/d") == "postgresql+asyncpg://h/d"  # not ours to judge


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresqll://h/d", "mysql://h/d", ""])
def test_other_urls_stay(url: str) -> None:
    assert with_driver(url) == url
    assert connection_settings(url) == {}


def test_without_a_driver_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with pytest.raises(InvalidInput, match=r"pip install 'compound-nas\[postgresql\]'") as caught:
        with_driver("postgresql://nas:secret@host/studies")
    assert "secret" not in str(caught.value)


def test_the_settings_are_words_that_libpq_knows() -> None:
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no psycopg here")
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    settings = connection_settings("postgresql://h/d")
    assert set(conninfo_to_dict(make_conninfo("", **settings))) == set(settings)  # type: ignore[arg-type]


def test_a_password_with_an_unescaped_at_sign_is_masked_whole() -> None:
    assert masked("postgresql://nas:se@cr@et@host/d?x=a@b") == "postgresql://nas:***@host/d?x=a@b"
    assert masked("postgresql://nas:secret@host/d?x=a@b") == "postgresql://nas:***@host/d?x=a@b"


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///search.db", "sqlite:///{here}/search.db"),
        ("sqlite+pysqlite:///a/b.db?timeout=5", "sqlite+pysqlite:///{here}/a/b.db?timeout=5"),
        ("sqlite:////tmp/search.db", "sqlite:////tmp/search.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:a.db?uri=true", "sqlite:///file:a.db?uri=true"),
        ("postgresql://host/d", "postgresql://host/d"),
    ],
)
def test_the_file_of_a_database_is_found_from_every_folder(url: str, absolute: str) -> None:
    assert with_absolute_path(url) == absolute.format(here=Path.cwd())
    assert make_url(with_absolute_path(url)).query == make_url(url).query
