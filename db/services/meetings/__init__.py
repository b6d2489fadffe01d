"""Meetings: their kinds and calendar, how one is planned, held and closed, its agenda, edits and decisions."""
