"""Is this the right code, for this protocol, now?

Every code of the account is compared, and an account that does not exist is compared with a
dummy, so that the time says neither which code nor whether the account is there. When all has
failed we look for the usual mistakes, to tell the transcript (never the client) which one it was.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from fakemail.accounts.account import Account
from fakemail.accounts.codes import Code, Service, same
from fakemail.reasons.auth import (
    CODE_EXPIRED,
    CODE_OUT_OF_SCOPE,
    CODE_REVOKED,
    NO_SUCH_ACCOUNT,
    PASSWORD_NOT_CODE,
    SERVICE_OFF,
    WRONG_CODE,
)
from fakemail.reasons.reason import Refusal

_NOBODY = Account("nobody@invalid", password="\x00", codes=(Code("none", "no code is this"),))


def check(
    account: Account | None,
    identity: str,
    secret: str,
    service: Service,
    now: float,
    *,
    password_opens: bool = False,
) -> str:
    """The label of the code that `secret` is; raises Refusal(auth.*).

    `identity` is for the transcript only, and must be printable. `password_opens`: the account's
    password is as good as a code.
    """
    right = [code for code in (account or _NOBODY).codes if code.matches(secret)]
    is_password = same((account or _NOBODY).password or "\0", secret)
    mistake = "" if right or is_password else _mistake(account or _NOBODY, secret)
    if account is None:
        raise Refusal(NO_SUCH_ACCOUNT, identity=identity, detail=f"no account has {identity}")
    if not right:
        if is_password and password_opens:
            _check_switch(account, service, identity=identity, label="password")
            return "password"
        if is_password:
            raise Refusal(PASSWORD_NOT_CODE, identity=identity, detail=account.address)
        raise Refusal(WRONG_CODE, identity=identity, detail=mistake)
    code = min(right, key=lambda code: _merit(code, service, now))
    facts = {"identity": identity, "service": service, "label": code.label}
    state = code.state(now)
    if state == "revoked":
        since = code.revoked
        when = f" at {_moment(since)}" if since is not True and since is not None else ""
        raise Refusal(
            CODE_REVOKED, **facts, detail=f"{account.address}: code {code.label!r} revoked{when}"
        )
    if state == "expired":
        assert code.expires is not None
        raise Refusal(
            CODE_EXPIRED,
            **facts,
            detail=f"{account.address}: code {code.label!r} expired at {_moment(code.expires)}",
        )
    _check_switch(account, service, identity=identity, label=code.label)
    if service not in code.scopes:
        opens = ", ".join(code.scopes)
        raise Refusal(
            CODE_OUT_OF_SCOPE,
            **facts,
            detail=f"{account.address}: code {code.label!r} opens {opens}, not {service}",
        )
    return code.label


def _check_switch(account: Account, service: Service, **facts: str) -> None:
    if service not in account.services:
        detail = f"{account.address}: {service} = false"
        raise Refusal(SERVICE_OFF, **facts, service=service, detail=detail)


def _merit(code: Code, service: Service, now: float) -> tuple[bool, bool]:
    """Smaller is better, where the same secret was issued twice."""
    return code.state(now) != "valid", service not in code.scopes


def _mistake(account: Account, secret: str) -> str:
    """What went wrong, as far as it can be told without telling any secret."""
    if not account.codes:
        return f"{account.address} has no codes"
    for code in account.codes:
        for change, differently in (
            ("has white space around it", secret.strip()),
            ("has quotes around it", secret.strip("\"'")),
        ):
            if same(code.secret, differently):
                return f"{account.address}: it is code {code.label!r}, but {change}"
        if same(code.secret.casefold(), secret.casefold()):
            return f"{account.address}: it is code {code.label!r} in other letter case"
        if same(b64encode(code.secret.encode()).decode(), secret):
            return f"{account.address}: it is code {code.label!r} in base64: encoded twice"
    return f"{account.address}: none of its codes ({len(account.codes)})"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
