"""Reading in an emergency: one record, for a reason, read only and for a short time; the director is told at once."""

from components import emergency_reading
from components.screens import enter

actor = enter(__file__)
emergency_reading.show(actor)
