// Testcontainers in Node: a mail goes in over TLS, and is there.
import assert from "node:assert/strict";
import nodemailer from "nodemailer";
import { GenericContainer, Wait } from "testcontainers";

const fakemail = await new GenericContainer("fakemail")
  .withExposedPorts(587, 993, 8025)
  .withWaitStrategy(Wait.forLogMessage("fakemail ready "))
  .start();
const host = fakemail.getHost();
const submission = fakemail.getMappedPort(587);
const api = `http://${host}:${fakemail.getMappedPort(8025)}/api/v1`;
const ca = (await fakemail.exec(["cat", "/data/certs/ca.pem"])).output;

const transport = nodemailer.createTransport({
  host,
  port: submission,
  requireTLS: true,
  tls: { ca },
  auth: { user: "shop@fakemail.test", pass: "any-code-will-do" },
});
await transport.sendMail({
  from: "shop@fakemail.test", to: "new@example.com", subject: "Welcome", text: "Hello",
});
transport.close();
const found = await fetch(`${api}/wait?to=new@example.com&timeout=5`);
assert.equal(found.status, 200);
assert.match(await found.text(), /Welcome/);
await fakemail.stop();
console.log("ok");
