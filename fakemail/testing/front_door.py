"""What ``import fakemail`` has: `run`, and the names that annotations and excepts need."""

from fakemail.testing.mail import Mail
from fakemail.testing.run import run
from fakemail.testing.waiting import NoMail

__all__ = ["Mail", "NoMail", "run"]
