"""Streamlit's options as Linli pins them: a start that overrides one, from wherever, is refused in one line."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from streamlit import config
from streamlit.config_option import ConfigOption

PINS = Path(__file__).parents[2] / ".streamlit" / "config.toml"
# Each server's own: where it listens, and what it is called.
FREE = {"server.address", "server.port", "server.allowedHosts", "browser.serverAddress", "browser.serverPort"}
FREE |= {"server.sslCertFile", "server.sslKeyFile"}
OURS_TO_SET = "<user defined>"  # by config.set_option, which only this program calls


def refusals(environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Every option that is not as `.streamlit/config.toml` has it, and where it comes from."""
    environ = os.environ if environ is None else environ
    pinned = pins()
    for name, option in config.get_config_options().items():
        if name in FREE or name.startswith("theme.") or option.where_defined == OURS_TO_SET:
            continue
        if option.env_var in environ:
            yield f"{option.env_var} in the environment overrides Linli's own setting; take it away"
        elif name in pinned and option.value != pinned[name]:
            yield f"{name} is {option.value!r}, and Linli starts with {pinned[name]!r} only ({_place(option)})"
        elif name not in pinned and option.where_defined != ConfigOption.DEFAULT_DEFINITION:
            yield f"{name} is set, and Linli leaves it alone; take it away ({_place(option)})"


def pins() -> dict[str, object]:
    """What `.streamlit/config.toml` says, by the full name of an option."""
    sections = tomllib.loads(PINS.read_text(encoding="utf-8"))
    return {f"{section}.{name}": value for section, options in sections.items() for name, value in options.items()}


def _place(option: ConfigOption) -> str:
    where = option.where_defined
    return f"{PINS} is not read" if where == ConfigOption.DEFAULT_DEFINITION else where
