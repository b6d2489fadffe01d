"""What records say of units, trigger by trigger: facts with their day, read for every unit at once."""
