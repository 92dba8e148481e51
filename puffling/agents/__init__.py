"""Who asks besides you: the assistant and programs like it; each uses the commands."""
