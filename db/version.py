"""Which version of the program this is."""

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).parent.parent / "pyproject.toml"


@cache
def version() -> str:
    """As pyproject.toml says, "0.1.0" for example."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
