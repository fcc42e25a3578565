// What the page says, in English and Chinese. The browser's first language decides, unless the
// person has chosen here; `told` fills in {names}.

const ENGLISH = {
  skip: "Skip to content", views: "Views", messages: "Messages", sessions: "Sessions",
  accounts: "Accounts", server: "Server", cancel: "Cancel", delete: "Delete", copy: "Copy",
  copied: "Copied", back: "Back", live: "live", offline: "not connected, trying again",
  other: "中文", more: "Show {n} more", of: "{n} of {all}", loading: "Loading …",
  search: "Search", searchHint: "to:alice subject:code has:attachment",
  failedOnly: "Refused only", none: "(none)", noSubject: "(no subject)", nobody: "(nobody)",
  choose: "Choose a message to look at it.", chooseSession: "Choose a session to read it.",
  nothingFound: "Nothing is like that.", gone: "This message is gone.",
  keys: "Keys: j and k, or the arrows, go through the list; / searches.",
  deleteAll: "Delete all", deleteFound: "Delete these", markAll: "Mark all as read",
  sureAll: "Delete all {n} messages of all accounts? They are gone for good.",
  sureFound: "Delete the {n} messages that were found? They are gone for good.",
  sureOne: "Delete this message from every mailbox that has it?",
  from: "From", to: "To", cc: "Cc", bcc: "Bcc", date: "Date", arrived: "Arrived", size: "Size",
  replyTo: "Reply to", liesIn: "Lies in", codes: "Codes in it", files: "Files", subject: "Subject",
  markRead: "Mark as read", markUnread: "Mark as unread", download: "Download .eml",
  html: "HTML", text: "Text", headers: "Headers", source: "Source", links: "Links",
  htmlTitle: "The HTML of the message", andMore: "{n} more",
  safe: "Nothing in it runs, and nothing is loaded from elsewhere.",
  tooLong: "This is the beginning: {shown} of {all} characters.", whole: "Open all of it",
  noMail: "No mail yet", noMailOpen: "Point your program at this server. Any address will do, and any password is taken as its authorization code.",
  noMailListed: "Point your program at this server. Only the addresses under “Accounts” may log in, each with an authorization code.",
  sendsTo: "Sends to", readsFrom: "Reads from", host: "Host", port: "Port", security: "Security",
  service: "Service", clear: "none, or STARTTLS", tls: "TLS from the start", any: "any",
  trial: "Put a trial message here", tryIt: "Or try it from Python:", user: "User", secret: "Code",
  noSessions: "No program has connected yet", noSessionsWhy: "Each connection by SMTP, POP3 or IMAP is written down here: what was said, why something was refused, and what to change.",
  noRefusals: "Nothing has been refused.", refused: "refused: {n}", open: "open",
  client: "Client", serverEnd: "Server", began: "Began", lasted: "Lasted", login: "Logged in as",
  ended: "Ended", dialect: "Dialect", encryption: "TLS", noLogin: "nobody", clearText: "none: in clear",
  why: "What went wrong", change: "Change", inIts: "In this program", program: "Program", saysIt: "Said by",
  see: "See", known: "Known mistakes that fit", leftOut: "{n} lines in the middle were not kept.",
  talk: "What was said", asText: "As text", copyTalk: "Copy the transcript", instead: "Instead:",
  openMode: "Accounts are open: any address logs in with any code. Those listed here log in with their own codes only.",
  listedMode: "Only these accounts may log in, and only they get mail.",
  faults: "Faults", faultsWhy: "Let something go wrong, counted: a protocol, a moment, which of many, and what (docs/faults.md).",
  faultHint: "A fault", plan: "Plan", struck: "struck {n} of {of}",
  newAccount: "New account", address: "Address", create: "Create", created: "{address} is ready",
  once: "The code is shown now, and never again.", password: "Password", passwordWhy: "opens the web page of a provider; every port here refuses it",
  label: "For", state: "State", scopes: "Opens", expires: "Expires", issue: "Issue a code",
  revoke: "Revoke", never: "never", valid: "valid", expired: "expired", revoked: "revoked",
  issued: "New code of {address}", services: "Switched on", remove: "Remove the account",
  sureAccount: "Remove the account {address}? Its mail stays.", sureRevoke: "Revoke the code “{label}” of {address}? Programs that use it are refused from now on.",
  noAccounts: "No account is listed.", hasMail: "Have mail", labelHint: "laptop", noCodes: "No code",
  ports: "Ports", speaks: "It speaks like", speaksWhy: "Greetings, refusals and rules of that provider, from the next session on.",
  spoken: "From the next session on: {name}", about: "About", version: "Version", mailIn: "Mail is in",
  api: "HTTP API", facts: "What is known of {name}", rules: "Rules on top",
};

const CHINESE = {
  skip: "跳到内容", views: "视图", messages: "邮件", sessions: "会话", accounts: "账号", server: "服务器",
  cancel: "取消", delete: "删除", copy: "复制", copied: "已复制", back: "返回", live: "实时",
  offline: "未连接，正在重试", other: "English", more: "再显示 {n} 项", of: "{n} / {all}",
  loading: "正在加载…", search: "搜索", searchHint: "to:alice subject:验证码 has:attachment",
  failedOnly: "只看被拒绝的", none: "（无）", noSubject: "（无主题）", nobody: "（无人）",
  choose: "选择一封邮件来查看。", chooseSession: "选择一个会话来阅读。", nothingFound: "没有符合的邮件。",
  gone: "这封邮件已不存在。", keys: "按键：j、k 或方向键浏览列表；/ 搜索。",
  deleteAll: "全部删除", deleteFound: "删除这些", markAll: "全部标为已读",
  sureAll: "删除所有账号的全部 {n} 封邮件？无法恢复。", sureFound: "删除找到的 {n} 封邮件？无法恢复。",
  sureOne: "从所有邮箱中删除这封邮件？", from: "发件人", to: "收件人", cc: "抄送", bcc: "密送", date: "日期",
  arrived: "到达", size: "大小", replyTo: "回复到", liesIn: "所在邮箱", codes: "其中的验证码", files: "文件",
  subject: "主题", markRead: "标为已读", markUnread: "标为未读", download: "下载 .eml", html: "HTML",
  text: "文本", headers: "邮件头", source: "源码", links: "链接", htmlTitle: "邮件的 HTML 内容",
  andMore: "还有 {n} 个", safe: "其中的脚本不会运行，也不会从外部加载任何内容。",
  tooLong: "这里只是开头：{all} 个字符中的 {shown} 个。", whole: "打开全文",
  noMail: "还没有邮件", noMailOpen: "把你的程序指向本服务器。任何地址都可以，任何密码都会被当作授权码接受。",
  noMailListed: "把你的程序指向本服务器。只有“账号”中的地址可以登录，各用自己的授权码。",
  sendsTo: "发送到", readsFrom: "读取自", host: "主机", port: "端口", security: "加密", service: "服务",
  clear: "无，或 STARTTLS", tls: "一开始就用 TLS", any: "任意", trial: "放一封试验邮件到这里",
  tryIt: "或者用 Python 试一试：", user: "用户名", secret: "授权码",
  noSessions: "还没有程序连接过", noSessionsWhy: "每个 SMTP、POP3 或 IMAP 连接都记在这里：说了什么、为什么被拒绝、该改什么。",
  noRefusals: "没有任何拒绝。", refused: "拒绝：{n}", open: "进行中", client: "客户端", serverEnd: "服务器",
  began: "开始", lasted: "持续", login: "登录为", ended: "结束", dialect: "方言", encryption: "TLS",
  noLogin: "未登录", clearText: "无：明文", why: "哪里出了错", change: "修改", inIts: "在这个程序里", program: "程序",
  saysIt: "这样说的服务商", see: "参见", known: "符合的已知错误", leftOut: "中间有 {n} 行没有保留。",
  talk: "对话内容", asText: "纯文本", copyTalk: "复制会话记录", instead: "应当：",
  openMode: "账号是开放的：任何地址用任何授权码都能登录。列在这里的只能用自己的授权码登录。",
  faults: "故障", faultsWhy: "让某件事按次数出错：协议、时刻、第几次、怎样出错（docs/faults.md）。",
  faultHint: "一个故障", plan: "安排", struck: "{of} 次中出错 {n} 次",
  listedMode: "只有这些账号可以登录，也只有它们能收到邮件。", newAccount: "新建账号", address: "地址",
  create: "创建", created: "{address} 已就绪", once: "授权码只在此刻显示一次。", password: "密码",
  passwordWhy: "只用于服务商的网页；这里的所有端口都拒绝它", label: "用途", state: "状态", scopes: "可用于",
  expires: "到期", issue: "生成授权码", revoke: "撤销", never: "永不", valid: "有效", expired: "已过期",
  revoked: "已撤销", issued: "{address} 的新授权码", services: "已开启", remove: "删除账号",
  sureAccount: "删除账号 {address}？邮件会保留。", sureRevoke: "撤销 {address} 的授权码“{label}”？使用它的程序从此会被拒绝。",
  noAccounts: "没有列出任何账号。", hasMail: "有邮件的地址", labelHint: "笔记本电脑", noCodes: "没有授权码",
  ports: "端口", speaks: "模仿的服务商", speaksWhy: "从下一个会话起，使用该服务商的问候语、拒绝语和规则。",
  spoken: "从下一个会话起：{name}", about: "关于", version: "版本", mailIn: "邮件保存在", api: "HTTP API",
  facts: "关于 {name} 的已知事实", rules: "附加规则",
};

const CHOSEN = "fakemail-language";

function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null; // a browser that stores nothing
  }
}

const wanted = remembered() || (navigator.languages || [navigator.language])[0] || "en";
export const language = wanted.toLowerCase().startsWith("zh") ? "zh" : "en";
export const locale = language === "zh" ? "zh-CN" : wanted.toLowerCase().startsWith("en") ? wanted : "en";
const words = language === "zh" ? CHINESE : ENGLISH;

export function told(word, facts = {}) {
  return words[word].replace(/\{(\w+)\}/g, (_, name) => String(facts[name]));
}

export function changeLanguage() {
  try {
    localStorage.setItem(CHOSEN, language === "zh" ? "en" : "zh");
  } catch {
    return;
  }
  location.reload();
}

// The words of index.html.
export function translate(root) {
  document.documentElement.lang = locale;
  for (const each of root.querySelectorAll("[data-word]")) each.textContent = told(each.dataset.word);
  for (const each of root.querySelectorAll("[data-label]")) each.ariaLabel = told(each.dataset.label);
}
