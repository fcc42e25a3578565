"""The plan as one session meets it: what an engine asks at each step, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from fakemail.faults.action import BEFORE, Action
from fakemail.faults.moment import Occasion
from fakemail.faults.plan import Plan, Planned
from fakemail.reasons.fault import NOT_CARRIED_OUT, SAID
from fakemail.reasons.reason import Protocol_, Refusal
from fakemail.transcript.recorder import Recorder
from fakemail.wire.engine import Peer

_NAMES = re.compile(r"\{(\w+)\}")
_NUMBERS = frozenset({"limit", "size", "octets", "count", "number", "n", "seconds", "offset"})


class Strikes:
    """What goes wrong in one session.

    `arm` tells the border what to do with the octets that go out from here on.
    """

    __slots__ = ("_arm", "_client", "_listener", "_plan", "_protocol", "_recorder")

    def __init__(
        self,
        plan: Plan,
        protocol: Protocol_,
        peer: Peer,
        recorder: Recorder,
        arm: Callable[[Action], None],
    ) -> None:
        self._plan = plan
        self._protocol: Protocol_ = protocol
        self._client = peer.host
        self._listener = peer.listener
        self._recorder = recorder
        self._arm = arm

    @property
    def planned(self) -> bool:
        """Whether there is anything to ask for."""
        return len(self._plan) > 0

    def at(self, *moments: str, account: str = "", argument: str = "") -> Action | None:
        """One of these moments has come; raises Refusal where the command is not to be run, else
        says what goes wrong with its answer.

        `account` only where it is not the one that has logged in.
        """
        if self._plan.moments.isdisjoint(moments):
            return None
        planned = self._plan.at(
            Occasion(
                protocol=self._protocol,
                moments=moments,
                session=self._recorder.number,
                client=self._client,
                listener=self._listener,
                account=account or self._recorder.login or "",
                argument=argument,
            )
        )
        return None if planned is None else self._strike(planned, argument)

    def _strike(self, planned: Planned, argument: str) -> Action:
        from fakemail.faults.told import Told  # only when something goes wrong

        action = planned.fault.action
        self._recorder.mark(str(Told(planned.number, planned.fault.sentence, planned.met)))
        if action.delay or action.kind not in ("refuse", "reply"):
            self._arm(action)
        if action.kind == "refuse":
            from fakemail.reasons.catalogue import find  # all reasons: only when somebody asks

            reason = find(action.text)
            assert reason is not None  # the sentence was checked
            names = _NAMES.findall(reason.wording(self._protocol))
            facts: dict[str, object] = {
                name: 1 if name in _NUMBERS else argument or "-" for name in names
            }
            only = f"But it was only fault {planned.number}: nothing is wrong with the client."
            facts.setdefault("detail", only)  # else it is said on the wire
            raise Refusal(reason, **facts)
        if action.kind == "reply":
            raise Refusal(SAID, text=action.text)
        if action.kind in BEFORE:
            raise Refusal(NOT_CARRIED_OUT)
        return action
