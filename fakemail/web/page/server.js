// The server: its ports, the provider that it speaks like, and what is known of that.
import { ask, facts, joined, make, number, say } from "./dom.js";
import { portTable } from "./start.js";
import { told } from "./words.js";

export class ServerRoom {
  constructor() {
    this.inside = make("div");
    this.parts = [make("div", { class: "sheet" }, this.inside)];
  }

  async refresh() {}

  async show() {
    const [info, dialects, speech] = await Promise.all([ask("/api/v1/info"), ask("/api/v1/dialects"), ask("/api/v1/dialect")]);
    const names = dialects.dialects.includes(speech.dialect) ? dialects.dialects : [speech.dialect, ...dialects.dialects];
    const choice = make("select", { id: "dialect" }, names.map((name) => make("option", { value: name, selected: name === speech.dialect }, name)));
    choice.addEventListener("change", () => this.speak(choice, speech));
    this.known = make("div", { class: "card" });
    this.inside.replaceChildren(
      make("h2", { tabindex: "-1" }, told("server")),
      make("section", {}, make("div", { class: "row" }, make("label", {}, make("h3", {}, told("speaks")), choice), make("span", { class: "faint" }, told("speaksWhy"))),
        speech.rules.length ? make("p", {}, `${told("rules")}: `, make("code", {}, speech.rules.join(" "))) : "", this.known),
      make("section", {}, make("h3", {}, told("ports")), portTable(info.ports, Object.keys(info.ports))),
      make("section", {}, make("h3", {}, told("about")), facts([
        [told("version"), info.Version],
        [told("messages"), number(info.Messages)],
        [told("mailIn"), make("code", {}, info.Database)],
        [told("api"), make("a", { href: `${location.origin}/api/v1/openapi.json`, target: "_blank" }, "/api/v1/openapi.json")],
      ])));
    await this.describe(speech.dialect);
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
