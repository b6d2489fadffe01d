"""Mediation in figures, and the yearly table as a workbook."""

from components import mediation_figures
from components.screens import enter

actor = enter(__file__)
mediation_figures.show(actor, mediation_figures.question(actor))
