"""Duty and patrol: describing duties, who serves, and rotas; each module by its own name."""
