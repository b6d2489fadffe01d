"""Charts on any register, and briefings made of them: rules without a database."""
