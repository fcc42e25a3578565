"""Fakemail: a local SMTP, POP3 and IMAP server for people who write software that sends or
reads mail."""

__version__ = "0.1.0"
