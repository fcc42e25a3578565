// The page at /: which view is open (the part of the address behind #), and what keeps it live.
//
// Events only say that something happened; the open view then asks for what it shows, at most
// twice a second. So a burst of ten thousand messages costs two questions a second, and nothing
// can get out of step. While nobody looks at the page its connection is given back: a browser has
// six for a server, and five hidden tabs shall not starve the sixth.
import { AccountsRoom } from "./accounts.js";
import { address, ask, say } from "./dom.js";
import { MessagesRoom } from "./messages.js";
import { ServerRoom } from "./server.js";
import { SessionsRoom } from "./sessions.js";
import { changeLanguage, told, translate } from "./words.js";

const PAUSE = 500; // milliseconds between two refreshes
const CALM = 40; // and before the first: messages come in flocks
const MAKERS = { messages: MessagesRoom, sessions: SessionsRoom, accounts: AccountsRoom, server: ServerRoom };
const SINGLE = { message: "messages", session: "sessions" };
const main = document.getElementById("main");
const light = document.getElementById("live");
const rooms = {};
let here = null;

async function route() {
  const [, kind = "messages", id = ""] = location.hash.split("/");
  const name = kind in MAKERS ? kind : SINGLE[kind] || "messages";
  const moved = here !== name;
  const room = (rooms[name] ??= new MAKERS[name]());
  here = name;
  if (moved) {
    main.replaceChildren(...room.parts);
    for (const link of document.querySelectorAll("nav a")) {
      if (link.dataset.room === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
  const single = kind in SINGLE && id;
  main.className = single ? "one" : "all";
  try {
    await Promise.all([moved && room.refresh(), room.show(single ? decoded(id) : "")]);
  } catch (error) {
    say(error.message);
  }
}

function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

// Refreshes the open view and the two numbers above, never two at a time.
let due = 0;
let busy = false;
let again = false;
function soon(wait = CALM) {
  if (busy) again = true;
  else due ||= setTimeout(refresh, wait);
}

async function refresh() {
  due = 0;
  busy = true;
  try {
    await Promise.all([rooms[here].refresh(), count()]);
  } catch (error) {
    if (stream) say(error.message);
  }
  setTimeout(() => {
    busy = false;
    if (again) {
      again = false;
      soon();
    }
  }, PAUSE);
}

async function count() {
  const [info, failed] = await Promise.all([ask("/api/v1/messages?limit=0"), ask("/api/v1/sessions?failed=true&limit=1")]);
  badge("unread", info.unread);
  badge("refused", failed.total);
  document.title = info.unread ? `(${info.unread}) fakemail` : "fakemail";
}

function badge(id, number) {
  const element = document.getElementById(id);
  element.textContent = number > 999 ? "999+" : String(number);
  element.hidden = !number;
}

let stream = null;
function listen() {
  stream = new EventSource(address("/api/v1/events"));
  stream.onopen = () => {
    state(true);
    soon(0);
  };
  stream.onerror = () => {
    state(false);
    // A refused stream is closed for good by the browser: ask again ourselves.
    if (stream && stream.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || (leave(), listen()), 3000);
  };
  for (const kind of ["message", "flags", "expunge", "mailbox", "session", "login", "refusal", "gap"]) stream.addEventListener(kind, () => soon());
}

function leave() {
  stream?.close();
  stream = null;
}

function state(on) {
  light.className = on ? "on" : "off";
  light.textContent = told(on ? "live" : "offline");
}

function key(event) {
  const typing = event.target.closest("input, select, textarea, dialog, [role=tablist]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const room = rooms[here];
  if (event.key === "/" && here === "messages") {
    event.preventDefault();
    room.field.focus();
  } else if ((event.key === "j" || event.key === "k") && room.rows && !event.defaultPrevented) {
    if (room.rows.go(event.key === "j" ? 1 : -1)) event.preventDefault();
  }
}

translate(document);
const other = document.getElementById("language");
other.textContent = told("other");
other.lang = other.textContent === "English" ? "en" : "zh";
other.addEventListener("click", changeLanguage);
addEventListener("hashchange", route);
document.addEventListener("keydown", key);
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : stream || listen()));
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => event.persisted && !stream && listen());
await route();
if (!document.hidden) listen();
