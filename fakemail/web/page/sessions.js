// Sessions: what programs and server said to each other, and why something was refused.
import { ask, button, copyButton, cut, facts, foreign, joined, make, nothing, number, time, visible } from "./dom.js";
import { Rows } from "./rows.js";
import { language, locale, told } from "./words.js";

const PAGE = 100;
const LINES = 400; // of a transcript at a time

function item(each) {
  return {
    key: String(each.number),
    href: `#/session/${each.number}`,
    state: `${each.ended} ${each.refusals} ${each.login}`,
    content: () => [
      make("span", { class: "top" }, make("span", { class: "title" }, `${each.number} · ${each.protocol.toUpperCase()} · ${each.dialect}`), time(each.began * 1000)),
      make("div", { class: "below" }, make("bdi", {}, each.login ? visible(cut(each.login, 200)) : told("noLogin")), ` · ${each.listener} · ${each.client}`),
      make("div", { class: "row" }, each.refusals ? make("span", { class: "chip bad" }, told("refused", { n: number(each.refusals) })) : "", each.ended === null ? make("span", { class: "chip good" }, told("open")) : ""),
    ],
  };
}

export class SessionsRoom {
  constructor() {
    this.rows = new Rows(told("sessions"));
    this.limit = PAGE;
    this.open = null;
    this.seen = "";
    this.count = make("span", { class: "faint grow", role: "status" });
    this.failed = make("input", { type: "checkbox", id: "failed", change: () => this.refresh() });
    this.further = button("", () => ((this.limit = Math.min(this.limit + PAGE, 1000)), this.refresh()), { class: "more" });
    const bar = make("div", { class: "bar" }, make("div", { class: "row" }, this.count, make("label", {}, this.failed, told("failedOnly"))));
    this.side = make("div", { class: "list" }, bar, make("div", { class: "scroll" }, this.rows.list, this.further));
    this.view = make("article", { class: "view" });
    this.parts = [this.side, this.view];
  }

  async refresh() {
    const found = await ask(`/api/v1/sessions?limit=${this.limit}&failed=${this.failed.checked}`);
    this.total = found.total;
    this.rows.show(found.sessions.reverse().map(item));
    this.count.textContent = number(found.total);
    const left = Math.min(found.total, 1000) - found.sessions.length;
    this.further.hidden = left <= 0;
    this.further.textContent = told("more", { n: number(Math.min(left, PAGE)) });
    if (!this.open) this.idle();
    const here = found.sessions.find((each) => String(each.number) === this.open);
    if (here && item(here).state !== this.seen) await this.show(this.open, true);
  }

  idle() {
    this.view.classList.toggle("teaches", !this.total);
    if (this.total) this.view.replaceChildren(nothing(told("chooseSession")), nothing(told("keys")));
    else if (this.failed.checked) this.view.replaceChildren(nothing(told("noRefusals")));
    else this.view.replaceChildren(make("div", { class: "teach" }, make("h2", {}, told("noSessions")), make("p", {}, told("noSessionsWhy"))));
  }

  async show(id, again = false) {
    this.rows.mark(location.hash);
    this.open = id || null;
    if (!id) return this.idle();
    this.view.classList.remove("teaches");
    const back = make("a", { class: "back", href: "#/sessions" }, `← ${told("back")}`);
    try {
      const [session, why] = await Promise.all([
        ask(`/api/v1/sessions/${encodeURIComponent(id)}`),
        ask(`/api/v1/sessions/${encodeURIComponent(id)}/explanation?lang=${language}`),
      ]);
      if (this.open !== id) return;
      this.seen = item(session).state;
      const top = this.view.scrollTop;
      this.view.replaceChildren(back, ...pieces(session, why));
      this.view.scrollTop = again ? top : 0;
    } catch (error) {
      if (this.open === id) this.view.replaceChildren(back, make("p", { class: "bad" }, error.message));
    }
  }
}

function pieces(session, why) {
  const tls = session.tls;
  const lasted = session.ended === null ? told("open") : `${(session.ended - session.began).toLocaleString(locale, { maximumFractionDigits: 3 })} s`;
  return [
    make("h2", { tabindex: "-1" }, `${session.number} · ${session.protocol.toUpperCase()} · ${session.dialect}`),
    ...why.explanations.map(explanation),
    facts([
      [told("login"), session.login ? foreign(session.login, 320) : told("noLogin")],
      [told("client"), session.client],
      [told("serverEnd"), `${session.server} (${session.listener})`],
      [told("encryption"), tls ? foreign([tls.version, tls.cipher, tls.server_name].filter(Boolean).join(" · ")) : told("clearText")],
      [told("began"), time(session.began * 1000, true)],
      [told("lasted"), lasted],
      [told("ended"), session.how],
    ]),
    make("div", { class: "row" }, make("h3", { class: "grow" }, told("talk")), copyButton([session.text, why.text].filter(Boolean).join("\n"), told("talk")),
      make("a", { class: "file", href: `${location.origin}/api/v1/sessions/${session.number}/text`, target: "_blank" }, told("asText"))),
    session.left_out ? make("p", { class: "faint" }, told("leftOut", { n: number(session.left_out) })) : "",
    ...talk(session),
  ].filter(Boolean);
}

function explanation(each) {
  const fixes = [each.fix && make("p", {}, make("b", {}, `${told("change")} `), each.fix), each.fix_for_client && make("p", {}, make("b", {}, `${told("inIts")} `), make("code", {}, each.fix_for_client))];
  return make("section", { class: "why", "aria-label": told("why") },
    make("p", { class: "what bad" }, each.what),
    make("div", { class: "exchange" }, each.said ? make("pre", {}, `C: ${visible(cut(each.said, 2000))}`) : "", each.reply ? make("pre", {}, `S: ${visible(cut(each.reply, 2000))}`) : ""),
    make("ul", { class: "reasons" }, each.why.map((line) => make("li", {}, line))),
    make("div", { class: "fix" }, fixes),
    facts([
      [told("program"), each.client],
      [told("saysIt"), joined(each.providers)],
      [told("see"), [...each.cites, each.slug].join(" · ")],
    ]),
    each.scenarios.length ? make("details", {}, make("summary", {}, `${told("known")} (${each.scenarios.length})`), each.scenarios.map(known)) : "",
  );
}

function known(each) {
  return make("div", { class: "known" }, make("p", {}, make("b", {}, `${each.id} ${each.program}: `), each.mistake), make("p", {}, each.cause), make("p", {}, make("b", {}, `${told("change")} `), each.fix));
}

// The conversation; of a long one the first lines, and more when somebody wants them.
function talk(session) {
  const list = make("ol", { class: "talk", "aria-label": told("talk") });
  let next = 0;
  const more = button("", () => add(), { class: "more" });
  function add() {
    list.append(...session.entries.slice(next, next + LINES).map((entry) => line(entry, session.began)));
    next += LINES;
    const left = session.entries.length - next;
    more.hidden = left <= 0;
    more.textContent = told("more", { n: number(Math.min(left, LINES)) });
  }
  add();
  return [list, more];
}

function line(entry, began) {
  const at = make("span", { class: "at" }, `+${(entry.at - began).toFixed(3)}`);
  if (entry.reason) {
    const { because, instead, slug } = entry.reason;
    return make("li", { class: "refusal" }, at, make("span", { class: "who" }, "!"),
      make("div", { class: "said" }, make("p", {}, because), make("p", {}, make("b", {}, `${told("instead")} `), instead), make("span", { class: "chip" }, slug)));
  }
  const kind = entry.kind === "*" ? "note" : entry.kind;
  return make("li", { class: kind }, at, make("span", { class: "who" }, entry.kind), make("span", { class: "said", dir: "ltr" }, visible(cut(entry.text, 20_000))));
}
