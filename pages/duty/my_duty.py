"""My duty: my shifts with their start and end, hand-over notes, swaps, wishes and what I served."""

from components import downloads, duty_history, duty_notes, duty_shifts, duty_swaps, duty_take_over, duty_wishes
from components.screens import enter

actor = enter(__file__)
shifts = duty_shifts.mine(actor)

duty_notes.unread(actor)
duty_shifts.on_hand(actor, shifts)
duty_take_over.show(actor, shifts)
duty_shifts.coming(actor, shifts)
duty_swaps.show(actor, shifts)
duty_wishes.show(actor)
duty_notes.lately(actor, shifts)
duty_shifts.past(actor, shifts)
duty_history.own(actor)
downloads.fetch_now()
