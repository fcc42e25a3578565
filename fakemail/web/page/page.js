// The page at /: messages and sessions. What comes from a mail is only ever set as text, or shown
// in a sandboxed frame whose own policy lets nothing run and nothing be fetched.
"use strict";

const list = document.getElementById("list");
const view = document.getElementById("view");
const search = document.getElementById("search");
let showing = "messages";
let shown = "";

async function ask(path, init) {
  const answer = await fetch(path, init);
  const isJson = (answer.headers.get("content-type") || "").includes("json");
  const body = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Error(body.detail || answer.statusText);
  return body;
}

function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function item(id, title, below, name, open) {
  const element = make("li", undefined, name);
  element.append(make("strong", title), make("small", below));
  element.dataset.id = id;
  element.addEventListener("click", () => choose(id, open));
  return element;
}

async function choose(id, open) {
  shown = id;
  for (const each of list.children) each.classList.toggle("chosen", each.dataset.id === id);
  try {
    const pieces = await open(id);
    if (shown === id) view.replaceChildren(...pieces);
  } catch (error) {
    view.replaceChildren(make("p", error.message, "refused"));
  }
}

function facts(rows) {
  const element = make("dl");
  for (const [name, value] of rows) {
    if (value) element.append(make("dt", name), make("dd", value));
  }
  return element;
}

const spelled = (each) => (each.Name ? `${each.Name} <${each.Address}>` : each.Address);
const people = (all) => all.map(spelled).join(", ");

async function openMessage(id) {
  const path = `/api/v1/message/${encodeURIComponent(id)}`;
  const message = await ask(path);
  const pieces = [
    facts([
      ["From", spelled(message.From)],
      ["To", people(message.To)],
      ["Cc", people(message.Cc)],
      ["Bcc", people(message.Bcc)],
      ["Subject", message.Subject],
      ["Date", message.Date],
      ["Lies in", message.copies.map((copy) => `${copy.account} ${copy.mailbox}`).join(", ")],
      ["Codes", message.codes.join(" ")],
    ]),
  ];
  const files = make("p");
  for (const [name, target] of [["raw", `${path}/raw`]].concat(
    message.Attachments.map((file) => [file.FileName || file.PartID, `${path}/part/${file.PartID}`]),
  )) {
    const link = make("a", name);
    link.href = target;
    files.append(link, " ");
  }
  pieces.push(files);
  if (message.HTML) {
    const frame = make("iframe");
    frame.setAttribute("sandbox", "");
    frame.src = `${path}/html`;
    pieces.push(frame);
  }
  if (message.Text) pieces.push(make("pre", message.Text));
  return pieces;
}

async function openSession(number) {
  const text = await ask(`/api/v1/sessions/${number}/text`);
  const pieces = [make("pre", text)];
  const told = await ask(`/api/v1/sessions/${number}/explanation`);
  if (told.text) pieces.unshift(make("pre", told.text, "refused"));
  return pieces;
}

async function fillMessages() {
  const words = new FormData(search).get("query").trim();
  const found = await ask(
    words ? `/api/v1/search?limit=200&query=${encodeURIComponent(words)}` : "/api/v1/messages?limit=200",
  );
  list.replaceChildren(
    ...found.messages.map((each) =>
      item(
        each.ID,
        each.Subject || "(no subject)",
        `${spelled(each.From)} → ${people(each.To)}`,
        each.Read ? "" : "unread",
        openMessage,
      ),
    ),
  );
  return `${found.messages_count} of ${found.total}`;
}

async function fillSessions() {
  const found = await ask("/api/v1/sessions");
  list.replaceChildren(
    ...found.sessions.map((each) =>
      item(String(each.number), `${each.number} ${each.protocol}`, each.login || "", "", openSession),
    ),
  );
  return `${found.sessions.length} sessions`;
}

async function fill() {
  const count = document.getElementById("count");
  try {
    count.textContent = await (showing === "messages" ? fillMessages() : fillSessions());
    for (const each of list.children) each.classList.toggle("chosen", each.dataset.id === shown);
  } catch (error) {
    count.textContent = error.message;
  }
}

for (const what of ["messages", "sessions"]) {
  document.getElementById(`to-${what}`).addEventListener("click", () => {
    showing = what;
    view.replaceChildren();
    fill();
  });
}
search.addEventListener("submit", (event) => {
  event.preventDefault();
  showing = "messages";
  fill();
});
setInterval(() => document.hidden || fill(), 2000);
fill();
