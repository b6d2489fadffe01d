"""Rendering of sheets and workbooks from templates."""

from db.documents.sheets import render

__all__ = ["render"]
