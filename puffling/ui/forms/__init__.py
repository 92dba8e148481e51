"""Forms from typed models: settings, commands and strategies use the same one."""
