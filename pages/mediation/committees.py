"""The committees and their mediators, with terms, trainings and searches."""

from components.screens import enter

actor = enter(__file__)
