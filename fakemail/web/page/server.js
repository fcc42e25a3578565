// The server: its ports, the provider that it speaks like, and what is known of that.
import { ask, button, facts, joined, make, number, say } from "./dom.js";
import { portTable } from "./start.js";
import { told } from "./words.js";

export class ServerRoom {
  constructor() {
    this.inside = make("div");
    this.parts = [make("div", { class: "sheet" }, this.inside)];
  }

  // What went wrong may have gone wrong again.
  async refresh() {
    if (this.faults) await this.faults.refresh();
  }

  async show() {
    const [info, dialects, speech] = await Promise.all([ask("/api/v1/info"), ask("/api/v1/dialects"), ask("/api/v1/dialect")]);
    const names = dialects.dialects.includes(speech.dialect) ? dialects.dialects : [speech.dialect, ...dialects.dialects];
    const choice = make("select", { id: "dialect" }, names.map((name) => make("option", { value: name, selected: name === speech.dialect }, name)));
    choice.addEventListener("change", () => this.speak(choice, speech));
    this.known = make("div", { class: "card" });
    this.faults = new Faults();
    this.inside.replaceChildren(
      make("h2", { tabindex: "-1" }, told("server")),
      make("section", {}, make("div", { class: "row" }, make("label", {}, make("h3", {}, told("speaks")), choice), make("span", { class: "faint" }, told("speaksWhy"))),
        speech.rules.length ? make("p", {}, `${told("rules")}: `, make("code", {}, speech.rules.join(" "))) : "", this.known),
      this.faults.section,
      make("section", {}, make("h3", {}, told("ports")), portTable(info.ports, Object.keys(info.ports))),
      make("section", {}, make("h3", {}, told("about")), facts([
        [told("version"), info.Version],
        [told("messages"), number(info.Messages)],
        [told("mailIn"), make("code", {}, info.Database)],
        [told("api"), make("a", { href: `${location.origin}/api/v1/openapi.json`, target: "_blank" }, "/api/v1/openapi.json")],
      ])));
    await Promise.all([this.describe(speech.dialect), this.faults.refresh()]);
  }

  async describe(name) {
    let known;
    try {
      known = await ask(`/api/v1/dialects/${encodeURIComponent(name)}`);
    } catch (error) {
      if (error.status !== 404) throw error;
      return void (this.known.hidden = true); // a file of the person who started the server
    }
    const file = known.files[0];
    const ends = file.endpoints.map((each) => `${each.host}:${each.port}`).filter((each) => !each.includes("undefined"));
    this.known.hidden = false;
    this.known.replaceChildren(make("p", {}, make("b", {}, [file.title, file.title_en].filter(Boolean).join(" · ") || known.name), ` ${known.summary}`),
      facts([["", file.domains.length && joined(file.domains.slice(0, 20))], ["", ends.length && make("span", { class: "mono" }, ends.slice(0, 20).join("  "))]]));
  }

  async speak(choice, speech) {
    try {
      const now = await ask("/api/v1/dialect", "PUT", { dialect: choice.value, rules: speech.rules });
      speech.dialect = now.dialect;
      say(told("spoken", { name: now.dialect }));
    } catch (error) {
      choice.value = speech.dialect;
      say(error.message);
    }
    await this.describe(choice.value);
  }
}

// What is planned to go wrong, and how often it did.
class Faults {
  constructor() {
    this.rows = make("ul", { class: "faults" });
    this.field = make("input", { required: true, maxlength: "1000", class: "grow mono", placeholder: "smtp rcpt first=2 refuse=smtp.rate-limited", "aria-label": told("faultHint"), autocomplete: "off", spellcheck: "false" });
    const form = make("form", { class: "row", submit: (event) => this.add(event) }, this.field, make("button", {}, told("plan")));
    this.section = make("section", { id: "faults" }, make("h3", {}, told("faults")), make("p", { class: "faint" }, told("faultsWhy")), this.rows, form);
    this.state = "";
  }

  async refresh() {
    const { faults } = await ask("/api/v1/faults");
    const state = JSON.stringify(faults);
    if (state === this.state) return;
    this.state = state;
    this.rows.replaceChildren(...faults.map((each) => make("li", { class: "row" },
      make("code", { class: "grow clamp" }, each.fault),
      make("span", { class: each.struck ? "chip bad" : "chip" }, told("struck", { n: number(each.struck), of: number(each.met) })),
      button(told("delete"), () => this.remove(each.number), { class: "small danger", "aria-label": `${told("delete")}: ${each.fault}` }))));
  }

  async add(event) {
    event.preventDefault();
    try {
      await ask("/api/v1/faults", "POST", { fault: this.field.value.trim() });
      this.field.value = "";
      await this.refresh();
    } catch (error) {
      say(error.message);
    }
  }

  async remove(number) {
    await ask(`/api/v1/faults/${number}`, "DELETE");
    await this.refresh();
  }
}
