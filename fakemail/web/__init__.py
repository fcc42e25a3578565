"""The HTTP API: for tests and scripts in any language, and for the page at ``/``.

    listener   the sockets, on a Twisted reactor of their own over the server's loop
    site       one request of Twisted's, from its first octet to its answer
    guard      who may ask at all
    table      every address that the API has, one row each
    route      what a row is
    openapi    the same table as an OpenAPI document
    handlers/  what the rows do
    mail       all messages of all accounts, as one list

Nothing here is imported before the first client is there (`services/web_door.py`).
"""
