"""One search over every register: cases, disputes, who brought them, units and handlers, by the text in the address."""

from components import find_results
from components.screens import enter
from db.services import finding

actor = enter(__file__)
text = find_results.ask()
if text:
    find_results.show(finding.find(actor, text=text))
else:
    find_results.invite(actor)
