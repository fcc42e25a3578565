// One message: who, what, its codes and files, and its body in five forms.
import { address, ask, button, copyButton, facts, foreign, make, number, octets, sure, time, visible } from "./dom.js";
import { tabs } from "./rows.js";
import { told } from "./words.js";

const SHOWN = 200_000; // characters of a body
const FIRST = 12; // addresses and files before "more"

const one = (each) => foreign(each.Name ? `${each.Name} <${each.Address}>` : each.Address, 400);

// The first of many at once, the rest when somebody wants them.
function few(all, build, between = ", ") {
  const parted = (some) => some.flatMap((each, index) => (index ? [between, build(each)] : [build(each)]));
  if (all.length <= FIRST) return parted(all);
  const rest = make("details", {}, make("summary", {}, told("andMore", { n: number(all.length - FIRST) })));
  const fill = () => rest.childElementCount > 1 || rest.append(make("div", { class: "clamp" }, parted(all.slice(FIRST, 2000))));
  rest.addEventListener("toggle", fill);
  return [...parted(all.slice(0, FIRST)), rest];
}

function file(path, each) {
  const name = each.FileName || `${each.ContentType} ${each.PartID}`;
  return make("a", { class: "file", href: address(`${path}/part/${each.PartID}`), download: each.FileName || `part-${each.PartID}` },
    foreign(name, 200), make("span", { class: "faint" }, octets(each.Size)));
}

// Only what a browser opens as a page becomes a link.
function link(target) {
  let known = false;
  try {
    known = /^https?:$/.test(new URL(target).protocol);
  } catch {
    // no address
  }
  const text = visible(target);
  return make("li", { class: "row" }, known ? make("a", { href: target, target: "_blank", rel: "noreferrer noopener", class: "mono" }, text) : text, copyButton(target));
}

function long(text, whole) {
  if (text.length <= SHOWN) return [make("pre", { class: "text", dir: "auto" }, text)];
  return [
    make("p", { class: "faint" }, `${told("tooLong", { shown: number(SHOWN), all: number(text.length) })} `, make("a", { href: address(whole), target: "_blank" }, told("whole"))),
    make("pre", { class: "text", dir: "auto" }, text.slice(0, SHOWN)),
  ];
}

function frame(path) {
  // Without any allowance: no scripts, no forms, no pop-ups, an origin of its own.
  return [
    make("p", { class: "faint" }, told("safe")),
    make("iframe", { sandbox: true, title: told("htmlTitle"), referrerpolicy: "no-referrer", src: address(`${path}/html`) }),
  ];
}

async function headers(path) {
  const found = await ask(`${path}/headers`);
  const rows = Object.entries(found).flatMap(([name, values]) => values.map((value) => [visible(name), make("span", { class: "mono" }, foreign(value, 5000))]));
  return facts(rows.slice(0, 500));
}

async function source(path, size) {
  if (size > 5 * SHOWN) return make("p", {}, make("a", { href: address(`${path}/raw`), target: "_blank" }, `${told("whole")} (${octets(size)})`));
  return long(await ask(`${path}/raw`), `${path}/raw`);
}

export async function openMessage(id, changed) {
  const path = `/api/v1/message/${encodeURIComponent(id)}`;
  const message = await ask(path);
  const read = message.copies.every((copy) => copy.flags.includes("\\Seen"));
  const mark = button(told(read ? "markUnread" : "markRead"), async (element) => {
    const now = element.textContent === told("markRead");
    await ask("/api/v1/messages", "PUT", { IDs: [message.ID], Read: now });
    element.textContent = told(now ? "markUnread" : "markRead");
    await changed();
  });
  const remove = button(told("delete"), async () => {
    if (!(await sure(told("sureOne")))) return;
    await ask("/api/v1/messages", "DELETE", { IDs: [message.ID] });
    location.hash = "#/messages";
    await changed();
  }, { class: "danger" });
  const files = [...message.Attachments, ...message.Inline];
  const about = facts([
    [told("from"), one(message.From)],
    [told("replyTo"), message.ReplyTo.length && few(message.ReplyTo, one)],
    [told("to"), message.To.length && few(message.To, one)],
    [told("cc"), message.Cc.length && few(message.Cc, one)],
    [told("bcc"), message.Bcc.length && few(message.Bcc, one)],
    [told("date"), time(message.Date, true)],
    [told("arrived"), message.created !== message.Date && time(message.created, true)],
    [told("liesIn"), few(message.copies, (copy) => foreign(`${copy.account} ${copy.mailbox}`))],
    [told("size"), octets(message.Size)],
    [told("codes"), message.codes.length && message.codes.slice(0, FIRST).flatMap((code) => [make("span", { class: "code" }, code), " ", copyButton(code, code), " "])],
  ].map(([name, value]) => [name, ...(Array.isArray(value) ? value : [value])]));
  const bodies = [
    message.HTML && [told("html"), () => frame(path)],
    (message.Text || !message.HTML) && [told("text"), () => long(message.Text, `${path}/raw`)],
    message.links.length && [`${told("links")} (${number(message.links.length)})`, () => make("ul", { class: "links" }, message.links.slice(0, 500).map(link))],
    [told("headers"), () => headers(path)],
    [told("source"), () => source(path, message.Size)],
  ].filter(Boolean);
  return [
    make("h2", { class: "clamp", tabindex: "-1" }, foreign(message.Subject || told("noSubject"), 20_000)),
    make("div", { class: "row" }, mark, make("a", { class: "file", href: address(`${path}/raw`), download: `${message.ID}.eml` }, told("download")), remove),
    about,
    files.length ? make("div", { class: "row", role: "group", "aria-label": told("files") }, few(files, (each) => file(path, each), " ")) : "",
    ...tabs(told("subject"), bodies),
  ].filter(Boolean);
}
