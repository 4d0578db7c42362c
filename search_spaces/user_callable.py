"""Import of what a user names as `package.module:callable`, also from the current folder. No torch."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from search_spaces.errors import InvalidInput, described


@lru_cache
def import_callable(path: str, key: str, others: tuple[str, ...] = ()) -> Callable[..., Any]:
    """Import `package.module:callable`; raises InvalidInput, naming `key`, where there is none.

    `others` are the words that are accepted in its place, for the message. Importing a module runs its code, by
    design: such a name comes from an experiment or the command line, never from an architecture file.
    """

    def refusal(accepted: str) -> InvalidInput:
        return InvalidInput(key, path, f"{', '.join(others)}, or {accepted}" if others else accepted)

    module, _, name = path.partition(":")
    if not module or not name:
        raise refusal("package.module:callable")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = pkgutil.resolve_name(path)
    except (ImportError, AttributeError) as error:
        raise refusal(f"something that can be imported ({error})") from None
    except (Exception, SystemExit) as error:  # of a module with a mistake in it, or of a name that is none
        if not path.replace(":", ".").replace(".", "").isidentifier():
            raise refusal("package.module:callable") from None
        raise refusal(f"something that can be imported ({described(error)})") from None
    if not callable(found):
        raise refusal("the name of a callable")
    return found  # type: ignore[no-any-return]
