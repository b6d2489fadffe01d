"""Meetings: rhythm, agenda, decisions and attendance, without a database."""
