"""A question to the API of the running server, for commands that need it."""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path
from typing import Any

import click

from fakemail.config import default_data
from fakemail.services.ready import READY_FILE, read

PATIENCE = 10.0


def ask(data: str | None, method: str, path: str, body: object = None) -> Any:
    """The JSON of the answer; raises ClickException where there is none, or it is an error.

    The server is the one of the data folder; FAKEMAIL_API_TOKEN is shown to it where it is set.
    """
    file = Path(data or default_data()) / READY_FILE
    ready = read(file)
    if ready is None or not ready.alive():
        raise click.ClickException(f"no server is running over {file.parent}: fakemail serve")
    port = ready.ports.get("http")
    if port is None:
        raise click.ClickException("the server has no HTTP API: it was started with --no-http")
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("FAKEMAIL_API_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(ready.host, port, timeout=PATIENCE)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read() or b"null")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise click.ClickException(f"the server's API does not answer: {error}") from None
    finally:
        connection.close()
    if response.status >= 400:
        told = answer.get("detail") or answer.get("title") if isinstance(answer, dict) else ""
        raise click.ClickException(str(told or f"the API says {response.status}"))
    return answer
