"""A repeatable demo office: invented people and six months of matters, told through the real services."""

from db.demo.build import build

__all__ = ["build"]
