"""What the office says about itself and decides itself: facts, code lists, limits, notices."""

from db.services.office.presets import load_presets

__all__ = ["load_presets"]
