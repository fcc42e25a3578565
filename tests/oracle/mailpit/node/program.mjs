// Written for Mailpit: everything that a client of its API asks for messages.
import { MailpitClient } from "mailpit-api";
import assert from "node:assert/strict";
const mailpit = new MailpitClient(process.argv[2]);
const info = await mailpit.getInfo();
assert.equal(info.Messages, 0);
await mailpit.deleteMessages();
const sent = await mailpit.sendMessage({
  From: { Email: "user@example.test", Name: "First LastName" },
  To: [{ Email: "rec@example.test", Name: "Recipient Name" }, { Email: "another@example.test" }],
  Bcc: ["hidden@example.test"],
  Subject: "Welcome", Text: "Hello", HTML: "<p>Hello</p>",
  Attachments: [{ Content: Buffer.from("file").toString("base64"), Filename: "a.txt", ContentType: "text/plain" }],
  Headers: { "X-Mine": "1" }, Tags: ["tag1"],
});
assert.match(sent.ID, /^[A-Za-z0-9]{22}$/);
const message = await mailpit.waitForMessage({ query: "subject:Welcome" });
assert.equal(message.Subject, "Welcome");
assert.equal(message.ID, sent.ID);
assert.deepEqual(message.Tags, ["tag1"]);
assert.equal(message.To[0].Name, "Recipient Name");
assert.equal(message.Bcc[0].Address, "hidden@example.test");
const blob = await mailpit.getMessageAttachment(message.ID, message.Attachments[0].PartID);
assert.equal(await blob.text(), "file");
assert.match(await mailpit.renderMessageHTML(message.ID, 1), /<p>Hello<\/p>/);
assert.match(await mailpit.renderMessageHTML(), /<p>Hello<\/p>/);
assert.equal((await mailpit.renderMessageText()).trim(), "Hello");
assert.deepEqual(await mailpit.getTags(), ["tag1"]);
await mailpit.setTags({ IDs: [message.ID], Tags: ["one", "two"] });
await mailpit.renameTag("one", "three");
await mailpit.deleteTag("two");
assert.deepEqual((await mailpit.getMessageSummary()).Tags, ["three"]);
await mailpit.setTags({ IDs: [message.ID], Tags: [] });
assert.deepEqual(await mailpit.getTags(), []);
assert.match(await mailpit.getMessageSource(), /^X-Mine: 1/m);
assert.equal((await mailpit.getMessageHeaders())["X-Mine"][0], "1");
let list = await mailpit.listMessages();
assert.deepEqual([list.total, list.unread, list.messages_count, list.messages[0].Read], [1, 1, 1, false]);
await mailpit.setReadStatus({ IDs: [message.ID], Read: true });
list = await mailpit.listMessages();
assert.equal(list.unread, 0);
await mailpit.setReadStatus({ Search: "from:example.test" }, { tz: "Europe/Rome" });
assert.equal((await mailpit.searchMessages({ query: "is:unread", start: 0, limit: 5 })).messages_count, 1);
assert.equal((await mailpit.waitForMessages({ count: 1 })).count, 1);
await mailpit.deleteMessagesBySearch({ query: "to:rec@example.test" });
assert.equal((await mailpit.listMessages()).total, 0);
await assert.rejects(mailpit.getMessageSummary(), /404/);
console.log("all well");
