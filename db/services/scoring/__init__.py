"""Scoring: assessments, rubrics, sheets, computed points, publications and appeals; each module by its name."""
