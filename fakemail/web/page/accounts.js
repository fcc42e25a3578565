// Accounts and their authorization codes: create, issue, revoke; a code is seen once.
import { ask, button, copyButton, facts, foreign, joined, make, say, sure, time } from "./dom.js";
import { told } from "./words.js";

const SERVICES = ["smtp", "pop3", "imap"];
const path = (address, rest = "") => `/api/v1/accounts/${encodeURIComponent(address)}${rest}`;

export class AccountsRoom {
  constructor() {
    this.fresh = make("div", { role: "status" });
    this.problem = make("p", { class: "bad" });
    this.mode = make("p", { class: "faint" });
    this.field = make("input", { name: "address", required: true, maxlength: "320", placeholder: "alice@qq.com", "aria-label": told("address"), autocomplete: "off", class: "grow", spellcheck: "false" });
    const form = make("form", { class: "row", submit: (event) => this.create(event) }, this.field, make("button", {}, told("create")));
    this.cards = make("div", { class: "teach" });
    this.cards.className = "cards";
    this.mail = make("p", { class: "faint" });
    const inside = make("div", {}, make("h2", { tabindex: "-1" }, told("accounts")), this.mode, this.problem,
      make("section", {}, make("h3", {}, told("newAccount")), form), this.fresh, this.cards, this.mail);
    this.parts = [make("div", { class: "sheet" }, inside)];
    this.state = "";
  }

  async show() {
    await this.refresh();
  }

  async refresh() {
    const found = await ask("/api/v1/accounts");
    this.mode.textContent = told(found.mode === "open" ? "openMode" : "listedMode");
    this.problem.textContent = found.problem || "";
    const state = JSON.stringify([found.accounts, found.mail]);
    if (state === this.state || this.cards.contains(document.activeElement)) return;
    this.state = state;
    this.cards.replaceChildren(...found.accounts.map((account) => this.card(account)));
    if (!found.accounts.length) this.cards.append(make("p", { class: "faint" }, told("noAccounts")));
    const others = found.mail.filter((each) => !found.accounts.some((account) => account.address === each));
    const shown = others.slice(0, 100);
    this.mail.replaceChildren(...(others.length ? [`${told("hasMail")}: `, foreign(joined(shown), 10_000), others.length > shown.length ? ` ${told("andMore", { n: others.length - shown.length })}` : ""] : []));
  }

  async again() {
    this.state = "";
    document.activeElement.blur();
    await this.refresh();
  }

  // What was just made, with its code, until something else is made or the page is left.
  shown(title, made, password = "") {
    this.fresh.replaceChildren(make("section", { class: "card fresh" }, make("h3", {}, title), make("p", {}, told("once")),
      facts([
        [told("secret"), make("span", { class: "code" }, made.code), " ", copyButton(made.code, told("secret"))],
        [told("password"), password && make("code", {}, password), password && " ", password && copyButton(password, told("password")), password && ` ${told("passwordWhy")}`].filter(Boolean),
      ].filter((row) => row.length > 1))));
    this.fresh.scrollIntoView({ block: "nearest" });
  }

  async create(event) {
    event.preventDefault();
    try {
      const made = await ask("/api/v1/accounts", "POST", { address: this.field.value.trim() });
      this.field.value = "";
      this.shown(told("created", { address: made.address }), made, made.password);
      await this.again();
    } catch (error) {
      say(error.message);
    }
  }

  card(account) {
    const address = account.address;
    const codes = account.codes.map((code) => make("tr", {},
      make("th", { scope: "row" }, foreign(code.label, 100)),
      make("td", {}, make("span", { class: `chip ${code.state === "valid" ? "good" : "bad"}` }, told(code.state))),
      make("td", {}, joined(code.scopes)),
      make("td", {}, code.expires ? time(code.expires) : told("never")),
      make("td", {}, code.state === "valid" ? button(told("revoke"), () => this.revoke(address, code.label), { class: "small danger", "aria-label": `${told("revoke")}: ${code.label}` }) : "")));
    const heads = ["label", "state", "scopes", "expires"].map((word) => make("th", { scope: "col" }, told(word)));
    const label = make("input", { placeholder: told("labelHint"), "aria-label": told("label"), maxlength: "100", size: "14" });
    const expires = make("input", { placeholder: "30d", "aria-label": told("expires"), maxlength: "40", size: "8" });
    const issue = make("form", { class: "row", submit: (event) => this.issue(event, address, label, expires) }, label, expires, make("button", { class: "small" }, told("issue")));
    const switches = SERVICES.map((service) => make("label", {}, make("input", { type: "checkbox", checked: account.services.includes(service), "data-service": service, change: (event) => this.turn(event, address) }), service.toUpperCase()));
    return make("section", { class: "card", "data-address": address },
      make("div", { class: "row" }, make("h3", { class: "grow" }, foreign([address, ...account.further].join(", "), 1000)), copyButton(address, told("address")), button(told("remove"), () => this.remove(address), { class: "small danger" })),
      make("div", { class: "row", role: "group", "aria-label": told("services") }, make("span", { class: "faint" }, told("services")), switches),
      make("div", { class: "scroll-x" }, make("table", {}, make("thead", {}, make("tr", {}, heads, make("td"))), make("tbody", {}, codes))),
      issue);
  }

  async turn(event, address) {
    const box = event.target;
    const boxes = [...box.closest("section").querySelectorAll("[data-service]")];
    try {
      await ask(path(address, "/services"), "PUT", { services: boxes.filter((each) => each.checked).map((each) => each.dataset.service) });
    } catch (error) {
      box.checked = !box.checked;
      say(error.message);
    }
  }

  async issue(event, address, label, expires) {
    event.preventDefault();
    try {
      const made = await ask(path(address, "/codes"), "POST", { label: label.value.trim(), expires: expires.value.trim() });
      this.shown(told("issued", { address }), made);
      await this.again();
    } catch (error) {
      say(error.message);
    }
  }

  async revoke(address, label) {
    if (!(await sure(told("sureRevoke", { label, address }), told("revoke")))) return;
    await ask(path(address, `/codes/${encodeURIComponent(label)}/revoke`), "POST");
    await this.again();
  }

  async remove(address) {
    if (!(await sure(told("sureAccount", { address }), told("remove")))) return;
    await ask(path(address), "DELETE");
    this.fresh.replaceChildren();
    await this.again();
  }
}
