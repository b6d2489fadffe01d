"""Checks that can be taken away while the program stands, and which of them is off now (`trust mutants`)."""

import os
from collections.abc import Callable
from typing import Any

OFF = "LINLI_CHECK_OFF"
_hung: dict[int, Any] = {}


def off(number: int) -> bool:
    """Whether this check is the one taken away."""
    return os.environ.get(OFF) == str(number)


def door(number: int, guard: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The decorator of a service, whose permission can be changed afterwards."""

    def hang(service: Any) -> Any:
        _hung[number] = entered = guard(service)
        return entered

    return hang


def take_away(number: int) -> None:
    """From now on this check is gone, in every child too; a door is open to whoever may see their own account."""
    from db.rules.permissions import Permission
    from db.services.acts import DOORS

    os.environ[OFF] = str(number)
    if entered := _hung.get(number):
        held = entered.__code__.co_freevars.index("permission")
        entered.__closure__[held].cell_contents = Permission.ACCOUNT_OWN
        DOORS[f"{entered.__module__.removeprefix('db.services.')}.{entered.__name__}"] = Permission.ACCOUNT_OWN
