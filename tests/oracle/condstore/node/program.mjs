// Two imapflow clients on one mailbox: one keeps it in step by CONDSTORE, and by QRESYNC if the
// server has that, goes away, comes back and asks only for what changed.
// program.mjs HOST PORT CA USER CODE QRESYNC(yes|no)
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { ImapFlow } from "imapflow";

const [host, port, ca, user, code, qresyncIs] = process.argv.slice(2);
const hasQresync = qresyncIs === "yes";
const tls = { ca: readFileSync(ca) };

async function connect(qresync) {
  const client = new ImapFlow({
    host, port: Number(port), secure: true, tls, auth: { user, pass: code }, logger: false, qresync,
  });
  await client.connect();
  return client;
}

function heard(client) {
  const events = { flags: [], expunge: [], exists: [] };
  for (const name of Object.keys(events)) client.on(name, (event) => events[name].push(event));
  return events;
}

async function all(client, range, query, options) {
  const found = [];
  for await (const message of client.fetch(range, query, { uid: true, ...options })) found.push(message);
  return found;
}

const watcher = await connect(true);
const doer = await connect(false);
assert(watcher.enabled.has("CONDSTORE"), "CONDSTORE");
assert.equal(watcher.enabled.has("QRESYNC"), hasQresync, "QRESYNC");
for (const number of [1, 2, 3, 4, 5]) {
  await doer.append("INBOX", `Subject: message ${number}\r\n\r\ntext\r\n`);
}

const box = await watcher.mailboxOpen("INBOX");
assert.equal(box.exists, 5);
assert(box.highestModseq > 0n, "HIGHESTMODSEQ");
const first = box.highestModseq;
const messages = await all(watcher, "1:*", { flags: true });
assert.deepEqual(messages.map((message) => message.uid), [1, 2, 3, 4, 5]);
assert(messages.every((message) => message.modseq > 0n && message.modseq <= first), "MODSEQ");

// what another session does is heard, with mod-sequences
const events = heard(watcher);
await doer.mailboxOpen("INBOX");
await doer.messageFlagsAdd("2", ["\\Seen"], { uid: true });
await watcher.noop();
assert.equal(events.flags.length, 1);
assert(events.flags[0].modseq > first, "MODSEQ of an untagged FETCH");
assert(events.flags[0].flags.has("\\Seen"));
await doer.messageDelete("3,5", { uid: true });
await watcher.noop();
if (hasQresync) {
  assert.deepEqual(events.expunge.map(({ uid, vanished, earlier }) => [uid, vanished, earlier]),
    [[3, true, false], [5, true, false]]);
} else {
  assert.deepEqual(events.expunge.map(({ seq, vanished }) => [seq, vanished]), [[3, false], [4, false]]);
}
const second = (await watcher.status("INBOX", { highestModseq: true })).highestModseq;
assert(second > events.flags[0].modseq, "STATUS HIGHESTMODSEQ counts expunges");

// not conditionally: imapflow 1.7 writes UNCHANGEDSINCE behind the flags, where RFC 7162 §7 does not
// have it, and hears BAD, from Dovecot too
await watcher.messageFlagsAdd("1", ["\\Flagged"], { uid: true });
const changed = await all(watcher, "1:*", { flags: true }, { changedSince: first });
assert.deepEqual(changed.map((message) => message.uid), [1, 2]);
assert.deepEqual(await watcher.search({ modseq: first + 1n }, { uid: true }), [1, 2]);

// what happens while it is away
const known = { changedSince: watcher.mailbox.highestModseq, uidValidity: box.uidValidity };
await watcher.logout();
await doer.messageFlagsSet("4", ["\\Answered"], { uid: true });
await doer.messageDelete("2", { uid: true });
await doer.append("INBOX", "Subject: message 6\r\n\r\ntext\r\n");

const again = await connect(true);
const missed = heard(again);
await again.mailboxOpen("INBOX", known);
if (hasQresync) {
  assert.deepEqual(missed.expunge.map(({ uid, vanished, earlier }) => [uid, vanished, earlier]), [[2, true, true]]);
  assert.deepEqual(missed.flags.map(({ uid }) => uid).sort(), [4, 6]);
} else {
  const later = await all(again, "1:*", { flags: true }, { changedSince: known.changedSince });
  assert.deepEqual(later.map((message) => message.uid), [4, 6]);
}

// and while it idles
const vanished = once(again, "expunge");
const idling = again.idle();
await doer.messageDelete("1", { uid: true });
const [expunged] = await vanished;
assert.equal(hasQresync ? expunged.uid : expunged.seq, 1);
await again.noop();
await idling;
await again.logout();
await doer.logout();
console.log("all well");
