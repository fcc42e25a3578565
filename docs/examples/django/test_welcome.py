"""Django, with pytest-django's fixture `settings`. Run: pytest test_welcome.py."""

import pytest
from django.conf import settings as django
from django.core.mail import send_mail

if not django.configured:  # a project has a settings module instead
    django.configure()


@pytest.fixture
def mailed(fakemail, settings):
    """The test's mail, with Django sending to it; pytest-django puts the settings back."""
    for name, value in fakemail.django_settings().items():
        setattr(settings, name, value)
    return fakemail


def test_the_welcome_arrives(mailed):
    send_mail("Welcome", "Here you are.", None, ["new@example.com"])

    message = mailed.wait(to="new@example.com")

    assert message.subject == "Welcome"
    assert message.text == "Here you are.\n"
