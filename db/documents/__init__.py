"""Rendering of sheets and workbooks from templates."""
