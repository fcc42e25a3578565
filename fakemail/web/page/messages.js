// The list of messages, with the search above it.
import { address, ask, button, cut, make, number, say, sure, time, visible } from "./dom.js";
import { openMessage } from "./message.js";
import { Rows } from "./rows.js";
import { firstSteps } from "./start.js";
import { told } from "./words.js";
import { nothing } from "./dom.js";

const PAGE = 100;

export const spelled = (each) => visible(each.Name ? `${cut(each.Name, 200)} <${cut(each.Address, 320)}>` : cut(each.Address, 320));

function people(all) {
  if (!all.length) return told("nobody");
  const named = all.slice(0, 3).map((each) => visible(cut(each.Name || each.Address, 80))).join(", ");
  return all.length > 3 ? `${named}, ${told("andMore", { n: number(all.length - 3) })}` : named;
}

function item(each) {
  return {
    key: each.ID,
    href: `#/message/${each.ID}`,
    name: each.Read ? "" : "unread",
    state: `${each.Read} ${each.copies.length}`,
    content: () => [
      make("span", { class: "top" }, make("bdi", { class: "title" }, visible(cut(each.Subject, 300)) || told("noSubject")), time(each.Created)),
      make("div", { class: "below" }, make("bdi", {}, spelled(each.From) || told("nobody")), " → ", make("bdi", {}, people([...each.To, ...each.Cc, ...each.Bcc])), each.Attachments ? ` 📎${each.Attachments}` : ""),
      make("div", { class: "below" }, make("bdi", {}, visible(each.Snippet))),
    ],
  };
}

export class MessagesRoom {
  constructor() {
    this.rows = new Rows(told("messages"));
    this.limit = PAGE;
    this.words = "";
    this.found = null;
    this.open = null;
    this.field = make("input", { type: "search", class: "grow", id: "search", placeholder: told("searchHint"), "aria-label": told("search"), title: told("keys"), maxlength: "1000" });
    this.count = make("span", { class: "faint grow", role: "status" });
    this.read = button(told("markAll"), () => this.markAll(), { class: "small" });
    this.remove = button(told("deleteAll"), () => this.removeAll(), { class: "small danger" });
    this.further = button("", () => ((this.limit += PAGE), this.refresh()), { class: "more" });
    const form = make("form", { class: "row", role: "search", submit: (event) => event.preventDefault() }, this.field);
    this.field.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.search(), 200);
    });
    const bar = make("div", { class: "bar" }, form, make("div", { class: "row" }, this.count, this.read, this.remove));
    this.side = make("div", { class: "list" }, bar, make("div", { class: "scroll" }, this.rows.list, this.further));
    this.view = make("article", { class: "view", "aria-live": "off" });
    this.parts = [this.side, this.view];
  }

  search() {
    this.words = this.field.value.trim();
    this.limit = PAGE;
    return this.refresh();
  }

  get path() {
    return this.words ? `/api/v1/search?query=${encodeURIComponent(this.words)}&` : "/api/v1/messages?";
  }

  async refresh() {
    const asked = this.words;
    const found = await ask(`${this.path}limit=${this.limit}`);
    if (asked !== this.words) return;
    this.found = found;
    this.rows.show(found.messages.map(item));
    this.count.textContent = this.words ? told("of", { n: number(found.messages_count), all: number(found.total) }) : number(found.total);
    const left = found.messages_count - found.messages.length;
    this.further.hidden = left <= 0;
    this.further.textContent = told("more", { n: number(Math.min(left, PAGE)) });
    this.read.hidden = !found.unread || Boolean(this.words);
    this.remove.hidden = !found.messages_count;
    this.remove.textContent = told(this.words ? "deleteFound" : "deleteAll");
    this.field.closest("form").hidden = !found.total && !this.words;
    if (!this.open) await this.idle();
    else if (!found.messages.some((each) => each.ID === this.open)) await this.stillThere();
  }

  // What stands beside the list when no message is open.
  async idle() {
    const empty = this.found && !this.found.total;
    if (empty && this.teaches) return;
    this.teaches = Boolean(empty);
    this.view.classList.toggle("teaches", this.teaches);
    if (empty) this.view.replaceChildren(await firstSteps());
    else this.view.replaceChildren(nothing(told(this.found && !this.found.messages_count ? "nothingFound" : "choose")), nothing(told("keys")));
  }

  async stillThere() {
    const id = this.open;
    const answer = await fetch(address(`/api/v1/message/${encodeURIComponent(id)}`), { method: "HEAD" });
    if (answer.status === 404 && this.open === id) this.view.replaceChildren(this.back(), nothing(told("gone")));
  }

  back() {
    return make("a", { class: "back", href: "#/messages" }, `← ${told("back")}`);
  }

  async show(id) {
    this.rows.mark(location.hash);
    const changed = this.open !== id;
    this.open = id || null;
    if (!id) return changed ? this.idle() : undefined;
    this.teaches = false;
    this.view.classList.remove("teaches");
    try {
      const pieces = await openMessage(id, () => this.refresh());
      if (this.open !== id) return;
      this.view.replaceChildren(this.back(), ...pieces);
    } catch (error) {
      if (this.open === id) this.view.replaceChildren(this.back(), make("p", { class: "bad" }, error.status === 404 ? told("gone") : error.message));
    }
    this.view.scrollTop = 0;
  }

  async markAll() {
    await ask("/api/v1/messages", "PUT", { Read: true });
    await this.refresh();
  }

  async removeAll() {
    const n = number(this.found.messages_count);
    if (!(await sure(told(this.words ? "sureFound" : "sureAll", { n })))) return;
    await ask(this.path.slice(0, -1), "DELETE");
    if (this.open) location.hash = "#/messages";
    await this.refresh();
  }
}
