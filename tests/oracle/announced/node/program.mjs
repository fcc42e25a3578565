// imapflow, which uses COMPRESS, UTF8=ACCEPT, LIST-STATUS, QUOTA and X-GM-EXT-1 where they are announced.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ImapFlow } from "imapflow";

const [host, port, caFile, user, pass, labels] = process.argv.slice(2);
const connect = (more) =>
  new ImapFlow({
    host,
    port: Number(port),
    secure: true,
    auth: { user, pass },
    logger: false,
    tls: { ca: readFileSync(caFile) },
    ...more,
  });
const client = connect({});
await client.connect();
assert.ok(client._inflate, "compressed");
assert.ok(client.enabled.has("UTF8=ACCEPT"));

const body = "hello, hello\r\n".repeat(100000);
await client.append("INBOX", `Subject: one\r\n\r\n${body}`);
const lock = await client.getMailboxLock("INBOX");
const message = await client.fetchOne("*", { source: true, labels: true, threadId: true });
assert.ok(message.source.toString().endsWith(body));
assert.ok(message.emailId && message.threadId);
if (labels === "yes") {
  assert.deepEqual([...message.labels], ["\\Inbox"]);
  await client.messageFlagsAdd("1", ["Arbeit"], { useLabels: true });
  assert.equal((await client.status("Arbeit", { messages: true })).messages, 1);
  assert.deepEqual(await client.search({ gmraw: "in:arbeit hello" }), [1]);
}
await client.mailboxCreate("日本語");
const listed = await client.list({ statusQuery: { messages: true } });
assert.equal(listed.find((each) => each.path === "日本語").status.messages, 0);
assert.equal(listed.find((each) => each.path === "INBOX").status.messages, 1);
assert.equal((await client.getQuota("INBOX")).storage.limit, 10240 * 1024);

const arrived = new Promise((resolve) => client.once("exists", resolve));
const idling = client.idle();
const other = connect({ disableCompression: true });
await other.connect();
await other.append("INBOX", "Subject: two\r\n\r\nwhile the other idles\r\n");
await other.logout();
assert.equal((await arrived).count, 2);
await client.noop();
await idling;
lock.release();
await client.logout();
console.log("all well");
