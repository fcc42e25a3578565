// The empty page teaches: where to send to, where to read from, and a few lines to try it with.
import { ask, button, copyButton, make } from "./dom.js";
import { told } from "./words.js";

const SENDS = ["smtp", "submission", "submissions", "smtp-alt"];
const READS = ["pop3", "pop3s", "imap", "imaps"];

export const host = () => location.hostname.replace(/^\[|\]$/g, "");

export function portTable(ports, names) {
  const rows = names.filter((name) => name in ports).map((name) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, make("code", {}, host())),
      make("td", { class: "row" }, make("code", {}, String(ports[name])), copyButton(`${host()}:${ports[name]}`, name)),
      make("td", { class: "faint" }, told(/s$/.test(name) ? "tls" : "clear"))));
  const heads = ["service", "host", "port", "security"].map((word) => make("th", { scope: "col" }, told(word)));
  return make("div", { class: "scroll-x" }, make("table", {}, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows)));
}

export async function firstSteps() {
  const info = await ask("/api/v1/info");
  const open = info.accounts === "open";
  const who = `alice@${info.default_domain}`;
  const port = info.ports.smtp ?? Object.values(info.ports)[0];
  const code = `import smtplib

with smtplib.SMTP("${host()}", ${port}) as server:
    server.sendmail(
        "sender@example.com",
        "${who}",
        "Subject: Hello\\n\\nThis is a trial.",
    )
`;
  const trial = button(told("trial"), () => ask("/api/v1/send", "POST", {
    From: { Email: "sender@example.com", Name: "fakemail" },
    To: [{ Email: who }],
    Subject: "Your code is 482913",
    Text: `This is a trial message.\n\nYour verification code: 482913\nhttps://example.com/confirm?code=482913\n`,
  }));
  return make("div", { class: "teach" },
    make("h2", {}, told("noMail")),
    make("p", {}, told(open ? "noMailOpen" : "noMailListed")),
    make("h3", {}, told("sendsTo")), portTable(info.ports, SENDS),
    make("h3", {}, told("readsFrom")), portTable(info.ports, READS),
    open ? make("div", { class: "row" }, make("span", { class: "faint" }, `${told("user")}:`), make("code", {}, who), copyButton(who, told("user")),
      make("span", { class: "faint" }, `${told("secret")}: ${told("any")}`)) : make("p", {}, make("a", { href: "#/accounts" }, told("accounts"))),
    make("h3", {}, told("tryIt")),
    make("div", { class: "sample" }, make("pre", { tabindex: "0" }, code), copyButton(code, "Python")),
    open ? make("p", {}, trial) : "",
  );
}
