// Sends by submission (STARTTLS) and submissions (implicit TLS), reads both messages by POP3S and
// IMAPS. Trusts the CA in FM_CA if there is one, else whatever Node trusts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ImapFlow } from "imapflow";
import Pop3Command from "node-pop3";
import nodemailer from "nodemailer";

const { FM_HOST: host, FM_USER: user, FM_CODE: code, FM_CA, ...env } = process.env;
const tls = FM_CA ? { ca: readFileSync(FM_CA) } : {};
const subjects = ["STARTTLS", "implicit TLS"];

async function send(port, secure, subject) {
  const transport = nodemailer.createTransport({
    host, port: Number(port), secure, requireTLS: true, tls, auth: { user, pass: code },
  });
  await transport.sendMail({ from: user, to: user, subject, text: "from Node" });
  transport.close();
}

async function readByPOP3() {
  const client = new Pop3Command({
    host, port: Number(env.FM_POP3S), user, password: code, tls: true, tlsOptions: tls,
    servername: host,
  });
  for (const [index, subject] of subjects.entries()) {
    const message = await client.RETR(index + 1);
    assert(message.includes(`Subject: ${subject}`), `POP3: message ${index + 1}`);
  }
  await client.QUIT();
}

async function readByIMAP() {
  const client = new ImapFlow({
    host, port: Number(env.FM_IMAPS), secure: true, tls, auth: { user, pass: code }, logger: false,
  });
  await client.connect();
  const lock = await client.getMailboxLock("INBOX");
  const found = [];
  for await (const message of client.fetch("1:*", { envelope: true, source: true })) {
    found.push(message.envelope.subject);
    assert(message.source.toString().includes("from Node"));
  }
  lock.release();
  await client.logout();
  assert.deepEqual(found, subjects);
}

await send(env.FM_SUBMISSION, false, subjects[0]);
await send(env.FM_SUBMISSIONS, true, subjects[1]);
await readByPOP3();
await readByIMAP();
console.log("ok");
