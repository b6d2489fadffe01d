"""Before two cases become one: both side by side, what the kept one will say, which days stand, or why not."""

from components import merge_preview
from components.screens import enter

actor = enter(__file__)
shown = merge_preview.asked_for(actor)
merge_preview.sides(actor, shown)
merge_preview.form(actor, shown)
