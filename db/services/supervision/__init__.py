"""Supervision notices: drafted by hand or by themselves, issued by the director, answered by the unit."""
