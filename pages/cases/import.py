"""One import: the file, what its columns mean, what would happen, how far it is, what it did, and taking it back."""

from components import import_steps
from components.screens import enter

actor = enter(__file__)
import_steps.show(actor)
