"""The shared layer under every screen: nouns, rules, verbs, documents and presets."""
