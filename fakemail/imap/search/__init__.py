"""SEARCH (RFC 3501 §6.4.4): what may be asked (`keys`), how it is spelled (`parse`), and which
messages it means (`evaluate`)."""
