// A list of links with a view beside it: what messages and sessions share.
import { make } from "./dom.js";
import { told } from "./words.js";

// Keeps the rows that have not changed, so that the place in the list and the focus stay.
// `what`: {key, href, title, content(): [nodes], name, state}; `state` tells whether it is new.
export class Rows {
  constructor(label) {
    this.list = make("ol", { "aria-label": label, id: "rows" });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.known = new Map();
    this.filled = false;
  }

  show(items) {
    const before = this.known;
    this.known = new Map();
    const rows = items.map((item) => {
      const kept = before.get(item.key);
      if (kept && kept.state === item.state) {
        this.known.set(item.key, kept);
        return kept.row;
      }
      const row = make("li", { class: item.name || undefined }, make("a", { href: item.href }, item.content()));
      if (this.filled && !kept) row.classList.add("new");
      this.known.set(item.key, { row, state: item.state });
      return row;
    });
    this.filled = true;
    place(this.list, rows);
    this.mark(location.hash);
  }

  mark(hash) {
    for (const link of this.list.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
    for (const { row } of this.known.values()) {
      if (row.firstChild.getAttribute("href") === hash) row.firstChild.setAttribute("aria-current", "true");
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step && this.go(step)) event.preventDefault();
  }

  // One row on or back; the view follows on wide screens, where both are seen.
  go(step) {
    const links = [...this.list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    const current = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[current < 0 ? 0 : current + step];
    if (!next) return false;
    next.focus();
    if (matchMedia("(min-width: 821px)").matches) location.replace(next.href);
    return true;
  }
}

// Puts children in order, moving only what is not in its place.
function place(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] || null);
  });
}

// Tabs by the keyboard's rules (WAI-ARIA: arrows move, Tab goes on). `tabs`: [name, make()].
export function tabs(label, all) {
  const panel = make("div", { role: "tabpanel", id: "panel", tabindex: "0" });
  const heads = all.map(([name], index) =>
    make("button", { type: "button", role: "tab", id: `tab-${index}`, "aria-controls": "panel", click: () => open(index) }, name));
  const list = make("div", { role: "tablist", "aria-label": label }, heads);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (heads.indexOf(document.activeElement) + step + heads.length) % heads.length;
    heads[next].focus();
    open(next);
  });

  async function open(index) {
    heads.forEach((head, each) => {
      head.setAttribute("aria-selected", String(each === index));
      head.tabIndex = each === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${index}`);
    panel.replaceChildren(make("p", { class: "faint" }, told("loading")));
    try {
      const pieces = await all[index][1]();
      if (heads[index].getAttribute("aria-selected") === "true") panel.replaceChildren(...[pieces].flat());
    } catch (error) {
      panel.replaceChildren(make("p", { class: "bad" }, error.message));
    }
  }
  open(0);
  return [list, panel];
}
