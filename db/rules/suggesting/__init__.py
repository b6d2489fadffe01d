"""Suggesting a category or a unit from the words of a matter: learned from closed cases, measured, never decided."""
