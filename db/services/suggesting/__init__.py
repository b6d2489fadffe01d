"""Suggestions learned from the office's own closed cases: a category at intake and import, a unit at the proposal."""

from db.services.suggesting.asking import Suggestion, suggest, suggest_many, suggest_unit
from db.services.suggesting.models import Kind, ModelView, model_of
from db.services.suggesting.training import switch, train

__all__ = [
    "Kind",
    "ModelView",
    "Suggestion",
    "model_of",
    "suggest",
    "suggest_many",
    "suggest_unit",
    "switch",
    "train",
]
