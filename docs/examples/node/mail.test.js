// nodemailer sends, imapflow reads. Run: npm install && npm test.
// Node trusts the server's CA because NODE_EXTRA_CA_CERTS names its file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ImapFlow } from "imapflow";
import nodemailer from "nodemailer";

const { env } = process;

test("an invoice is sent and read", async () => {
  const transport = nodemailer.createTransport({
    host: env.SMTP_HOST,
    port: Number(env.SMTP_PORT),
    requireTLS: true,
    auth: { user: env.SMTP_USER, pass: env.SMTP_PASSWORD },
  });
  await transport.sendMail({
    from: env.MAIL_ADDRESS, to: env.MAIL_ADDRESS, subject: "Invoice 7", text: "42 EUR",
  });
  transport.close();

  const imap = new ImapFlow({
    host: env.IMAPS_HOST,
    port: Number(env.IMAPS_PORT),
    secure: true,
    auth: { user: env.IMAPS_USER, pass: env.IMAPS_PASSWORD },
    logger: false,
  });
  await imap.connect();
  const lock = await imap.getMailboxLock("INBOX");
  const message = await imap.fetchOne("*", { envelope: true, source: true });
  lock.release();
  await imap.logout();

  assert.equal(message.envelope.subject, "Invoice 7");
  assert.match(message.source.toString(), /42 EUR/);
});
