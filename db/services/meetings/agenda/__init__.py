"""The agenda that builds itself: one small module per job fills its lists."""

from db.services.meetings.agenda.lists import Topic, agenda, topics_told

__all__ = ["Topic", "agenda", "topics_told"]
