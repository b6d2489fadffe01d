"""One dispute: its parties, sessions, agreement and performance, and what its file still lacks."""

from components.screens import enter

actor = enter(__file__)
