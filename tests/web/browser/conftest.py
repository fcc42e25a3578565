"""A real Chromium, driven by Debian's chromedriver: W3C WebDriver is JSON over HTTP, so the
standard library is enough of a client.

Nothing here sleeps: `Browser.until` hands a condition to the page, which looks once a frame.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 15_000
"""Milliseconds until a condition that does not become true is a failure."""

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    # Two names that a stranger on the internet could point to this machine.
    "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP foreign.example 127.0.0.1",
]

UNTIL = """
const done = arguments[arguments.length - 1], given = arguments[0];
const began = performance.now(), condition = new Function("given", %s);
(function look() {
  let found = null;
  try { found = condition(given); } catch (error) { found = null; }
  if (found) done(found === true ? true : found);
  else if (performance.now() - began > %d) done("never");
  else setTimeout(look, 10);
})();
"""


class DriverError(AssertionError):
    """What WebDriver answers to what cannot be done."""


class Browser:
    """One window."""

    def __init__(self, port: int, **options: Any) -> None:
        self._port = port
        self._path = ""
        chrome = {"args": [*FLAGS, *options.pop("args", [])], "binary": shutil.which("chromium")}
        chrome |= options
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": chrome,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"implicit": 5_000, "script": PATIENCE + 5_000, "pageLoad": 20_000},
        }
        found = self._said("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._path = f"/session/{found['sessionId']}"

    def _said(self, method: str, path: str, body: Any = None) -> Any:
        client = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        with contextlib.closing(client):
            text = None if method != "POST" else json.dumps(body or {})
            client.request(method, path, text, {"Content-Type": "application/json"})
            answer = json.loads(client.getresponse().read())
        if isinstance(answer["value"], dict) and "error" in answer["value"]:
            raise DriverError(f"{answer['value']['error']}: {answer['value']['message'][:500]}")
        return answer["value"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return self._said(method, self._path + path, body)

    def open(self, url: str) -> None:
        """Go there; what was in the logs is forgotten."""
        self.console()
        self.requests()
        self._ask("POST", "/url", {"url": url})

    def js(self, script: str, *given: Any) -> Any:
        """``return`` something."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(given)})

    def until(self, condition: str, given: Any = None) -> Any:
        """The first true value of a script (of `given`), asked for again and again."""
        script = UNTIL % (json.dumps(condition), PATIENCE)
        found = self._ask("POST", "/execute/async", {"script": script, "args": [given]})
        assert found != "never", f"never true: {condition} ({given}); {self.text('body')[:2000]}"
        return found

    def find(self, css: str) -> str:
        """The first element, as soon as there is one."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": css})
        return str(found[ELEMENT])

    def text(self, css: str) -> str:
        """What a person reads there."""
        return str(self._ask("GET", f"/element/{self.find(css)}/text"))

    def texts(self, css: str) -> list[str]:
        """What a person reads in each."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)"
        return list(self.js(script, css))

    def click(self, css: str) -> None:
        """As a person does: what is covered or outside cannot be clicked."""
        self._ask("POST", f"/element/{self.find(css)}/click")

    def press(self, keys: str, css: str = "") -> None:
        """Keys, to an element or to whatever has the focus (WebDriver's code points)."""
        if css:
            self._ask("POST", f"/element/{self.find(css)}/value", {"text": keys})
            return
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": steps}]
        self._ask("POST", "/actions", {"actions": actions})

    def into(self, css: str) -> None:
        """What follows is said to the document of this frame."""
        self._ask("POST", "/frame", {"id": {ELEMENT: self.find(css)}})

    def out(self) -> None:
        """And to the page again."""
        self._ask("POST", "/frame", {"id": None})

    def windows(self) -> list[str]:
        """Handles of all."""
        return list(self._ask("GET", "/window/handles"))

    def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        """Of what is shown."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )

    def dark(self, dark: bool = True) -> None:
        """The scheme that the person prefers."""
        value = "dark" if dark else "light"
        feature = {"name": "prefers-color-scheme", "value": value}
        self.cdp("Emulation.setEmulatedMedia", features=[feature])

    def cdp(self, command: str, **parameters: Any) -> Any:
        """A word of Chromium's own."""
        body = {"cmd": command, "params": parameters}
        return self._ask("POST", "/goog/cdp/execute", body)

    def console(self) -> list[str]:
        """What is there to complain about, since the last time."""
        found = self._ask("POST", "/se/log", {"type": "browser"})
        return [each["message"] for each in found if each["level"] in ("SEVERE", "WARNING")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last time, also those that were refused."""
        found = []
        for each in self._ask("POST", "/se/log", {"type": "performance"}):
            told = json.loads(each["message"])["message"]
            if told["method"] == "Network.requestWillBeSent":
                found.append(told["params"]["request"]["url"])
        return found

    def picture(self, path: Path) -> None:
        """A screenshot."""
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def quit(self) -> None:
        """The window goes."""
        self._ask("DELETE", "")


@pytest.fixture(scope="session")
def driver() -> Iterator[int]:
    """chromedriver's port."""
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: chromium, chromium-driver)")
    process = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if started := re.search(r"started successfully on port (\d+)", line):
                yield int(started[1])
                break
        else:
            pytest.fail("chromedriver does not start")
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def browser_of(driver: int) -> Iterator[Callable[..., Browser]]:
    """``browser_of(language="zh-CN")``: one window for each language, for all tests."""
    made: dict[str, Browser] = {}

    def of(language: str = "en-US") -> Browser:
        if language not in made:
            prefs = {"intl": {"accept_languages": language}}
            made[language] = Browser(driver, args=[f"--lang={language}"], prefs=prefs)
        return made[language]

    yield of
    for each in made.values():
        each.quit()


@pytest.fixture
def browser(browser_of: Callable[..., Browser]) -> Browser:
    """A window of usual size, empty."""
    window = browser_of()
    window.open("about:blank")
    window.size(1280, 800)
    window.dark(False)
    return window
