"""URLs of storages: the driver that is installed, the password that nobody is to read. No torch."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from search_spaces.errors import InvalidInput

SECRETS = (re.compile(r"(://[^:/@]*:)[^@]*(?:@[^@/\s]*)*(?=@)"), re.compile(r"([?&](?:password|passwd|pwd)=)[^&\s]*"))
POSTGRESQL = re.compile(r"^postgres(?:ql)?(?:\+(?P<driver>\w+))?(?=://)")
SQLITE = re.compile(r"^(?P<scheme>sqlite(?:\+\w+)?:///)(?P<path>[^?]+)")
POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")
INSTALL_POSTGRESQL = "one whose driver is installed: pip install 'compound-nas[postgresql]'"


def masked(text: str) -> str:
    """Return a text without the password of the URL in it.

    >>> masked("postgresql://nas:secret@host/studies")
    'postgresql://nas:***@host/studies'
    """
    for secret in SECRETS:
        text = secret.sub(r"\1***", text)
    return text


def with_driver(url: str) -> str:
    """Return the URL with the PostgreSQL driver that is installed, other URLs as they are.

    Raises InvalidInput where that is none.
    """
    found = POSTGRESQL.match(url)
    if found is None:
        return url
    wanted = (found["driver"],) if found["driver"] else POSTGRESQL_DRIVERS
    installed = [driver for driver in wanted if driver not in POSTGRESQL_DRIVERS or find_spec(driver)]
    if not installed:
        raise InvalidInput("storage", masked(url), INSTALL_POSTGRESQL)
    return f"postgresql+{installed[0]}{url[found.end() :]}"


def with_absolute_path(url: str) -> str:
    """Return the URL of an SQLite file with its path from the root on, other URLs as they are.

    The file is opened anew for every thread, and a program may have gone to another folder by then.
    """
    found = SQLITE.match(url)
    if found is None or found["path"].startswith((":memory:", "file:")):
        return url
    return f"{found['scheme']}{Path(found['path']).absolute()}{url[found.end() :]}"


def connection_settings(url: str) -> dict[str, object]:
    """Return what libpq needs to notice a server that is gone without a word (units: s)."""
    if not POSTGRESQL.match(url):
        return {}
    return {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
