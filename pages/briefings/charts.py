"""Charts: mine, those shared with me, the standard set, and the way to a new one."""

from components import chart_list
from components.screens import enter

actor = enter(__file__)
chart_list.new()
chart_list.mine(actor)
chart_list.prepared(actor)
chart_list.bin_of(actor)
