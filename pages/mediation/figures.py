"""Mediation in figures, and the yearly table as a workbook."""

from components.screens import enter

actor = enter(__file__)
