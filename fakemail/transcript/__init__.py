"""Floor 2, manners: every session of every protocol is written down, secrets apart."""
