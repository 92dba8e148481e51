"""Everything a person, a shortcut or the assistant can ask for, each declared once."""
