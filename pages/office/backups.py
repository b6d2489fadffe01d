"""Backups: how it stands, a backup or a drill now, and what lies where."""

from components import backups
from components.screens import enter

actor = enter(__file__)
backups.show(actor)
