"""The Word templates the office prints from, each replaceable by its own."""

from components.screens import enter

actor = enter(__file__)
