"""The client programs. Each runs as its own process, takes one JSON object as its argument and
prints one JSON object: no mail library, plain sockets, so that the client is not what is measured.
"""
