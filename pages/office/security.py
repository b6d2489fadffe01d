"""Security: how safe the office stands, line by line, for the administrator."""

from components import security
from components.screens import enter

actor = enter(__file__)
security.show(actor)
