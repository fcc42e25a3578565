"""Floor 5, hosts: sockets, TLS, signals, and the border at which every connection is driven."""
