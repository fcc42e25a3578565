"""Tells `twistd` that there is a `fakemail`.

Packaging puts a copy of this file at ``twisted/plugins/fakemail_plugin.py`` (pyproject.toml), the
only place where Twisted looks.
"""

from twisted.application.service import ServiceMaker

service_maker = ServiceMaker(
    "fakemail",
    "fakemail.services.twistd",
    "A local SMTP, POP3 and IMAP server for people who write software that sends or reads mail.",
    "fakemail",
)
