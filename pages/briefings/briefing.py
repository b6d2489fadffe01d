"""One briefing: a draft to read and write in place, or what was issued with its papers."""

from components import briefing_editing, briefing_head, briefing_parts
from components.briefing_address import asked_for
from components.screens import enter
from db.services.briefings import contents

actor = enter(__file__)
seen = asked_for(actor)
parts = contents.parts(actor, briefing_id=seen.id)

briefing_head.head(seen)
briefing_head.papers(seen)
if briefing_editing.writes(actor, seen):
    briefing_editing.show(actor, seen, parts)
else:
    briefing_head.correct(actor, seen)
    briefing_parts.show(parts, f"briefing-{seen.id}")
