"""Floor 2, manners: how a server words what it says."""
