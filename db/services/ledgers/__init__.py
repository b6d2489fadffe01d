"""The eight ledgers, made from the working records."""
