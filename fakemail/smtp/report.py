"""The report that a client asked for with NOTIFY=SUCCESS (RFC 3461 §5.2.3).

fakemail relays nothing, so it is the MTA that delivers at last, and the one that says so. The
report goes where the sender's mail goes, which is here like every mailbox. It is made when the
message is in place and before 250, so that it is there when the client reads on; whatever goes
wrong with it is noted in the transcript, since the message itself was delivered.
"""

from __future__ import annotations

import logging

from fakemail.desk import Desk
from fakemail.reasons.reason import Refusal
from fakemail.smtp.content import Content
from fakemail.smtp.transaction import Transaction

log = logging.getLogger("fakemail")


def deliver(desk: Desk, transaction: Transaction, content: Content) -> str:
    """Report the delivery of `content` to its sender; what became of that, for the transcript.

    Never raises.
    """
    from fakemail.message.delivery_report import DeliveryReport  # only for those who ask for one

    reverse_path = transaction.mail_from
    if not reverse_path:
        return "no delivery status notification: the reverse-path is null (RFC 3461 §5.2)"
    try:
        mailbox = desk.directory.recipient(reverse_path)
        report = DeliveryReport(
            reporting_mta=desk.host_name,
            postmaster=desk.directory.recipient("postmaster"),
            reverse_path=reverse_path,
            recipients=transaction.reported or (),
            message=content.header.octets() if content.header is not None else b"",
            envelope_id=transaction.envelope_id,
        )
        delivery = desk.store.delivery()
        try:
            delivery.write(report.octets(content.identifier, desk.clock.time()))
            [(box, uid)] = delivery.commit([desk.store.home(mailbox)])
        finally:
            delivery.discard()
    except Refusal as refusal:
        return f"no delivery status notification: {refusal.facts.get('detail', refusal)}"
    except Exception as error:
        if isinstance(error, OSError):
            log.error("a delivery status notification was not stored: %s", error)
        else:
            log.exception("a delivery status notification was not stored")
        return f"no delivery status notification: it was not stored ({type(error).__name__})"
    place = f"{mailbox}/{box.name}" + (f" as UID {uid}" if uid else "")
    return f"delivery status notification to {place} (RFC 3464)"
