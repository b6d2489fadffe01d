"""Charts on every register, and briefings made of charts, figures and text."""
