"""Disputes: their words, moves, days, agreements, and what a complete file holds. No database, no clock."""
