"""Imports: every file that was brought in or waits for it, and the way to a new one."""

from components import import_list
from components.screens import enter

actor = enter(__file__)
import_list.show(actor)
