"""What the session itself shows about a refusal, in sentences: the step that is missing, what was
offered, where the connection stands."""

from __future__ import annotations

from collections.abc import Iterator

from fakemail.explain import providers
from fakemail.explain.language import Language, phrase
from fakemail.explain.scene import Scene, Step
from fakemail.transcript.text import printable

_LOGIN_SLUGS = ("auth.",)
_WANTS_LOGIN = ("smtp.auth-required",)


def observations(scene: Scene, step: Step, slug: str, language: Language) -> list[str]:
    """Sentences about this refusal that only this session can tell."""
    return list(_observe(scene, step, slug, language))


def _observe(scene: Scene, step: Step, slug: str, language: Language) -> Iterator[str]:
    yield from _limit(step, language)
    if slug in _WANTS_LOGIN:
        yield from _missing_login(scene, step, language)
    elif slug.startswith(_LOGIN_SLUGS) or step.verb in ("AUTH", "AUTHENTICATE", "PASS"):
        yield from _failed_login(scene, step, language)
    elif slug == "smtp.hello-first" and scene.of("STARTTLS") and scene.tls:
        yield phrase("hello-after-starttls", language)
    elif slug in ("smtp.unknown-command", "pop3.unknown-command"):
        yield from _follows(scene, step, language)
    elif slug in ("smtp.need-mail", "smtp.need-rcpt", "imap.wrong-state"):
        yield from _consequence(scene, step, language)
    elif slug == "imap.id-required" and not scene.of("ID"):
        yield phrase("no-id", language)
    elif slug == "smtp.sender-not-owned":
        yield phrase(
            "sender-and-login",
            language,
            sender=_shown(scene.reverse_path),
            login=_shown(scene.login),
        )
    if slug.startswith(("smtp.auth", "auth.", "smtp.tls")):
        yield _place(scene, language)


def _limit(step: Step, language: Language) -> Iterator[str]:
    """What was counted, where that was too much."""
    for facts in (entry.facts or {} for entry in step.refusals):
        if "counted" in facts:
            rule = facts.get("rule", "")
            key = "limit-in-time" if "until" in facts else "limit-in-connection"
            if rule.startswith("connections_at_once"):
                key = "limit-at-once"
            yield phrase(key, language, **{name: _shown(fact) for name, fact in facts.items()})
            return


def _missing_login(scene: Scene, step: Step, language: Language) -> Iterator[str]:
    hello = scene.hello
    if hello is None:
        yield phrase("no-ehlo", language)
    elif hello.verb == "HELO":
        yield phrase("said-helo", language)
    elif scene.mechanisms:
        offered = " ".join(scene.mechanisms)
        yield phrase("ehlo-so-auth", language, mechanisms=offered)
    else:
        yield phrase("auth-not-listed", language)
    tried = [s for s in scene.logins if scene.steps.index(s) < scene.steps.index(step)]
    if any(s.logged_in for s in scene.of("EHLO", "HELO")):
        yield phrase("ehlo-forgot", language)
    elif tried and not step.logged_in:
        yield phrase("login-failed-before", language, reply=_shown(tried[-1].lines[-1:]))
    if right := providers.secret_phrase(scene.dialect, language):
        yield right


def _failed_login(scene: Scene, step: Step, language: Language) -> Iterator[str]:
    mechanism = step.verb
    if step.verb in ("AUTH", "AUTHENTICATE"):
        mechanism = step.rest.partition(" ")[0].upper()
    offered = scene.mechanisms
    if scene.user:
        yield phrase("logged-in-as", language, user=_shown(scene.user), mechanism=_shown(mechanism))
    if step.verb in ("AUTH", "AUTHENTICATE") and offered and mechanism not in offered:
        yield phrase(
            "mechanism-not-offered", language,
            mechanism=_shown(mechanism), mechanisms=" ".join(offered),
        )  # fmt: skip
    domain = (scene.user or scene.reverse_path or "").rpartition("@")[2]
    home = providers.host_of_domain(domain) if domain else ""
    if home and scene.dialect not in providers.UNKNOWN:
        related = providers.nearness(scene.dialect, (home,))
        if related is None:
            yield phrase(
                "foreign-account", language, domain=domain,
                home=providers.title(home, language),
                here=providers.title(scene.dialect, language),
            )  # fmt: skip
    if right := providers.secret_phrase(scene.dialect, language):
        yield right


def _follows(scene: Scene, step: Step, language: Language) -> Iterator[str]:
    before = scene.steps[: scene.steps.index(step)]
    failed = next((s for s in reversed(before) if s in scene.refused and s.verb), None)
    if failed is not None and failed.verb in ("AUTH", "AUTHENTICATE", "DATA", "BDAT"):
        yield phrase("rest-of", language, verb=failed.verb, reply=_shown(failed.lines[-1:]))


def _consequence(scene: Scene, step: Step, language: Language) -> Iterator[str]:
    before = scene.steps[: scene.steps.index(step)]
    failed = next((s for s in reversed(before) if s in scene.refused and s.verb), None)
    if failed is not None:
        yield phrase(
            "consequence", language, command=_shown(failed.said), reply=_shown(failed.lines[-1:])
        )


def _place(scene: Scene, language: Language) -> str:
    key = "in-tls" if scene.tls else "in-clear"
    if not scene.port:
        key += "-no-port"
    return phrase(key, language, port=scene.port)


def _shown(text: str | list[str] | None) -> str:
    if isinstance(text, list):
        text = text[0] if text else ""
    return printable((text or "-").encode("utf-8", "backslashreplace"))
