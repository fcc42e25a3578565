// What the views are made with. What comes from a mail or a session is only ever set as text: no
// string becomes markup here, and the page's own policy (Trusted Types) would forbid it.
import { language, locale, told } from "./words.js";

// Elements: make("p", {class: "faint"}, "text", other). Empty children are left out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false && each !== ""));
  return element;
}

// Text of strangers: it keeps its own direction, and the signs that turn text around are shown.
const TURNS = /[\u202a-\u202e]/g;
export const visible = (text) => text.replace(TURNS, (sign) => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase()}⟩`);
export const cut = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);
export const foreign = (text, most = 2000) => make("bdi", {}, visible(cut(text, most)));

// The API. `location.origin`, since a page opened as http://x:token@host/ may not fetch relative
// to that.
export const address = (path) => location.origin + path;

export async function ask(path, method = "GET", body = undefined) {
  const answer = await fetch(address(path), {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const isJson = (answer.headers.get("content-type") || "").includes("json");
  const found = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) {
    const error = new Error((found.detail || answer.statusText) + (found.instead ? ` ${found.instead}` : ""));
    error.status = answer.status;
    throw error;
  }
  return found;
}

// A sentence at the bottom, for some seconds.
let silence = 0;
export function say(text) {
  const box = document.getElementById("said");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (box.hidden = true), 6000);
}

// Runs what a button does: never twice at a time, and a failure is told.
export function button(text, run, attributes = {}) {
  const press = async (event) => {
    event.preventDefault();
    element.disabled = true;
    try {
      await run(element);
    } catch (error) {
      say(error.message);
    } finally {
      element.disabled = false;
    }
  };
  const element = make("button", { type: "button", click: press, ...attributes }, text);
  return element;
}

export function copyButton(text, what = "") {
  const label = what ? `${told("copy")}: ${what}` : told("copy");
  return button(told("copy"), async (element) => {
    await copy(text);
    element.textContent = told("copied");
    setTimeout(() => (element.textContent = told("copy")), 1500);
  }, { class: "small", "aria-label": label });
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP from another machine has no clipboard: select it, and let the browser copy.
  const area = make("textarea", { readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

// Yes or no, in a dialog that the keyboard closes.
export function sure(question, yes = told("delete")) {
  const dialog = document.getElementById("ask");
  document.getElementById("question").textContent = question;
  document.getElementById("yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

export function facts(rows) {
  return make("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([name, ...value]) => [make("dt", {}, name), make("dd", {}, ...value)]));
}

// Times: the clock of today, the day of this year, or all; the title has every digit.
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const whole = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" });

export function time(moment, full = false) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return make("span", {}, String(moment));
  const today = new Date();
  const form = full ? whole : date.toDateString() === today.toDateString() ? clock : date.getFullYear() === today.getFullYear() ? day : whole;
  return make("time", { datetime: date.toISOString(), title: `${whole.format(date)} (${date.toISOString()})` }, form.format(date));
}

export function octets(count) {
  const units = ["B", "KB", "MB", "GB"];
  let step = 0;
  while (count >= 1024 && step < units.length - 1) {
    count /= 1024;
    step += 1;
  }
  return `${count.toLocaleString(locale, { maximumFractionDigits: step && count < 10 ? 1 : 0 })} ${units[step]}`;
}

export const number = (count) => count.toLocaleString(locale);
export const joined = (words) => words.join(language === "zh" ? "、" : ", ");
export const nothing = (text) => make("p", { class: "nothing" }, text);
