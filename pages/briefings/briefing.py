"""One briefing: a draft to read and write in place, or what was issued with its papers."""

from components import briefing_editing, briefing_head, briefing_parts, saved_by
from components.briefing_address import asked_for
from components.briefing_kept import drawn
from components.screens import enter

actor = enter(__file__)
seen = asked_for(actor)
kept = drawn(actor, seen)

briefing_head.head(seen)
saved_by.show(actor, "briefing", seen.id)
briefing_head.papers(seen)
if briefing_editing.writes(actor, seen):
    briefing_editing.show(actor, seen, kept)
else:
    briefing_head.correct(actor, seen)
    briefing_parts.show(kept.parts, f"briefing-{seen.id}")
