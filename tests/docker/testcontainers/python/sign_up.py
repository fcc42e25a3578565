"""Testcontainers in Python: a mail goes in over TLS, and is there."""

import json
import smtplib
import ssl
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

fakemail = DockerContainer("fakemail").with_exposed_ports(587, 993, 8025)
with fakemail.waiting_for(HealthcheckWaitStrategy()):
    host = fakemail.get_container_host_ip()
    submission, api = fakemail.get_exposed_port(587), fakemail.get_exposed_port(8025)
    ca = fakemail.exec(["cat", "/data/certs/ca.pem"]).output.decode()

    with smtplib.SMTP(host, submission) as client:
        client.starttls(context=ssl.create_default_context(cadata=ca))
        client.login("shop@fakemail.test", "any-code-will-do")
        client.sendmail("shop@fakemail.test", ["new@example.com"], "Subject: Welcome\r\n\r\nHello")
    url = f"http://{host}:{api}/api/v1/wait?to=new@example.com&timeout=5"
    with urllib.request.urlopen(url) as answer:
        assert "Welcome" in json.dumps(json.load(answer))
print("ok")
