"""What the server does, once at its start, about the memory it will need."""

import contextlib
import ctypes
import gc
import importlib
import logging

HEAPS = 2
_M_ARENA_MAX = -8


def keep_few_heaps() -> None:
    """Let glibc share two heaps among all threads; elsewhere there is nothing to tell.

    Streamlit runs every script on a thread of its own. Left alone, glibc would spread them over eight heaps a
    processor, each growing to the most it ever held, and with short-lived connections of several MB none shrinks.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)


def freeze_what_is_loaded() -> None:
    """What is loaded now is never looked at again when garbage is collected."""
    logging.disable(logging.WARNING)  # some packages complain that no page is running yet
    for name in ("altair", "pandas", "components.navigation"):
        importlib.import_module(name)
    logging.disable(logging.NOTSET)
    gc.collect()
    gc.freeze()
