"""What is planned to go wrong, and how often it did (`fakemail/faults`, docs/faults.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.faults.plan import Planned
from fakemail.reasons.api_control import NO_SUCH_FAULT, UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.web.route import Call, Route

GROUP = "Faults"


class FaultOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A fault, as a sentence."""

    fault: Annotated[str, Meta(min_length=1, max_length=1000)]
    """`smtp rcpt first=2 refuse=smtp.rate-limited`: docs/faults.md."""


class FaultFacts(msgspec.Struct):
    """A fault, and what became of it."""

    number: int
    fault: str
    met: int
    """How often its moment came."""
    struck: int
    """How often it went wrong."""
    standing: bool
    """Whether it was given with `--fault`; a reset begins it anew and removes the others."""


class FaultList(msgspec.Struct):
    """All that are planned, in the order in which they were."""

    faults: list[FaultFacts]


class FaultsRemoved(msgspec.Struct):
    """How many there were."""

    removed: int


def facts(planned: Planned) -> FaultFacts:
    """One of them, for an answer."""
    return FaultFacts(
        planned.number,
        planned.fault.sentence,
        planned.met,
        planned.struck,
        planned.standing,
    )


def listed(call: Call) -> FaultList:
    """GET /api/v1/faults."""
    return FaultList([facts(planned) for planned in call.office.post_office.faults.planned])


def add(call: Call) -> FaultFacts:
    """POST /api/v1/faults."""
    from fakemail.faults.fault import FaultError

    order: FaultOrder = call.body
    try:
        return facts(call.office.post_office.faults.add(order.fault))
    except FaultError as error:
        raise Refusal(UNUSABLE, detail=str(error)) from None


def one(call: Call) -> FaultFacts:
    """GET /api/v1/faults/{number}."""
    for planned in call.office.post_office.faults.planned:
        if str(planned.number) == call.path["number"]:
            return facts(planned)
    raise Refusal(NO_SUCH_FAULT)


def remove(call: Call) -> FaultFacts:
    """DELETE /api/v1/faults/{number}: as it was at the end."""
    found = one(call)
    call.office.post_office.faults.remove(found.number)
    return found


def clear(call: Call) -> FaultsRemoved:
    """DELETE /api/v1/faults."""
    return FaultsRemoved(call.office.post_office.faults.clear())


_WHICH = {"number": "The number that POST and GET tell."}

ROUTES = (
    Route(
        method="GET",
        path="/api/v1/faults",
        run=listed,
        summary="The faults that are planned, and how often each has struck",
        group=GROUP,
        answer=FaultList,
    ),
    Route(
        method="POST",
        path="/api/v1/faults",
        run=add,
        summary="Let something go wrong from now on, in open sessions too",
        group=GROUP,
        answer=FaultFacts,
        body=FaultOrder,
        errors=(UNUSABLE,),
    ),
    Route(
        method="DELETE",
        path="/api/v1/faults",
        run=clear,
        summary="Let everything go well again",
        group=GROUP,
        answer=FaultsRemoved,
    ),
    Route(
        method="GET",
        path="/api/v1/faults/{number}",
        run=one,
        summary="One fault, and how often it has struck",
        group=GROUP,
        answer=FaultFacts,
        errors=(NO_SUCH_FAULT,),
        path_help=_WHICH,
    ),
    Route(
        method="DELETE",
        path="/api/v1/faults/{number}",
        run=remove,
        summary="Forget one fault",
        group=GROUP,
        answer=FaultFacts,
        errors=(NO_SUCH_FAULT,),
        path_help=_WHICH,
    ),
)
