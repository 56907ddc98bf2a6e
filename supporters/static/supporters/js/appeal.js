// Betters the appeal where scripts run: the button says the chosen sum, "Not now" answers in place,
// "Why am I seeing this?" names each rule, and what was taken down since the page was made goes.
// The links and the form underneath work without it. Also a part of embed.js (config/inline.py).
const DAY = 86400;
const page = document.documentElement;

// The places of this page at which something is asked.
const shown = new Set();

// Tells the page, and whoever counts there, what happened: reader, view, ghost, click, pause.
const tell = (aside, kind) => {
  const detail = { kind, placement: aside.dataset.placement || aside.dataset.place };
  const ask = aside.closest("[data-ko]");
  if (ask && ask.ko) {
    const { d, c, B, base } = ask.ko;
    const { appeal, variant, sticky } = d;
    Object.assign(detail, { appeal, variant, sticky, article: c.story, sample: B.sample, base });
  }
  page.dispatchEvent(new CustomEvent("keepopen", { detail }));
};

// When every script of the page has run, so that whoever counts is listening.
const later = (call) => {
  if (document.readyState === "complete") call();
  else addEventListener("load", call);
};

// Whether nothing may be kept here, nor read; `mode` is what holds before the reader has chosen.
const nothing = (mode) => {
  const chosen = document.cookie.match("(?:^|; )ko_storage=([^;]*)");
  return (chosen ? chosen[1] : mode) === "none";
};

// Keeps the reader's pause where the server would, unless nothing may be kept here.
const keep = (value, seconds, { mode, domain }) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const shared = domain && ("." + location.hostname).endsWith("." + domain.replace(/^[.]/, ""));
  const where = shared ? "; Domain=" + domain : "";
  try {
    if (nothing(mode)) return;
    document.cookie =
      "ko_pause=" + value + "; Path=/; Max-Age=" + seconds + "; SameSite=Lax" + secure + where;
  } catch {
    // Cookies that are forbidden: the pause lasts as long as the page.
  }
};

// Silences every appeal on the page; the one that was answered says until when.
const pause = (aside, days) => {
  const until = Math.floor(Date.now() / 1000) + days * DAY;
  const ask = aside.closest("[data-ko]");
  const known = ask && ask.ko ? ask.ko.B : {};
  const before = [...aside.children];
  const said = aside.querySelector("[data-ko-paused]").content.cloneNode(true);
  const line = said.querySelector("p");
  const day = new Intl.DateTimeFormat(page.lang || "en", { dateStyle: "long" }).format(until * 1000);
  line.textContent = line.textContent.replace("{day}", day);
  said.querySelector("button").addEventListener("click", () => {
    keep("", 0, known);
    aside.removeAttribute("data-ko-said");
    page.removeAttribute("data-ko-appeal");
    for (const other of others) other.hidden = false;
    aside.replaceChildren(...before);
    aside.querySelector("summary").focus();
  });
  keep(until + ".reader", days * DAY, known);
  aside.setAttribute("data-ko-said", "");
  page.setAttribute("data-ko-appeal", "off");
  const others = [...shown].filter((other) => other !== ask && !other.hidden);
  for (const other of others) other.hidden = true;
  aside.replaceChildren(said);
  line.focus();
  tell(aside, "pause");
};

// One line for each condition that was looked at, in the words of the rules file.
const explain = async (aside, details) => {
  const ask = aside.closest("[data-ko]");
  if (!ask || !ask.ko || details.querySelector("ul")) return;
  const file = await rules(ask.ko.base);
  const { d } = ask.ko;
  const checks = (d.appeals.find((each) => each[0] === d.appeal) || [0, []])[1];
  const words = (file && file.data.words[d.appeal]) || [];
  const list = document.createElement("ul");
  words.forEach((line, place) => {
    const item = document.createElement("li");
    item.textContent = (checks[place] ? "✓ " : "✗ ") + line;
    list.append(item);
  });
  if (words.length) details.append(list);
};

let file;
const rules = (base) => {
  file = file || fetch((base || "") + "/appeals/rules.json", { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null);
  return file;
};

// Goes without moving anything: what is on the screen keeps its place and is emptied.
const vanish = (ask) => {
  if (ask.getBoundingClientRect().top >= innerHeight) ask.hidden = true;
  else ask.style.setProperty("visibility", "hidden");
  ask.inert = true;
};

// What the newsroom has silenced or taken down since this page was made.
const refresh = async (ask) => {
  const fresh = await rules(ask.ko.base);
  if (!fresh) return;
  const { B, c, d, decide } = ask.ko;
  const now = { ...B, ...fresh.data.places[ask.dataset.place] };
  const again = decide(now, c);
  const appeal = now.appeals.find((each) => each.code === d.appeal);
  const told = appeal && appeal.arms.some((arm) => arm[0] === d.variant);
  if (!told || again.why === "killed" || again.why === "muted") vanish(ask);
};

// What a rule could know of this page view, with nothing that points at its reader: the desk tries
// drafts on a sample of them. How much was read goes in steps, and only where it may be kept.
const STEPS = [20, 10, 5, 2, 1, 0];
let looked = false;
const look = async ({ B, c, base, context }) => {
  if (looked) return;
  looked = true;
  if (Math.random() * (B.sample || 1) >= 1) return;
  const file = await rules(base);
  if (!file) return;
  const { story, section, tags, authors, language, sensitive, country, device } = c;
  const { referrer } = context({ ...B, from: file.data.from });
  const view = { article: story, section, tags, authors, language, sensitive, country, device, referrer };
  try {
    const read = STEPS.find((step) => c.read >= step);
    if (!nothing(B.mode)) Object.assign(view, { standing: c.standing, paused: c.paused, read });
  } catch {
    // Cookies that are forbidden: nothing is known of the reader.
  }
  page.dispatchEvent(new CustomEvent("keepopen", { detail: { kind: "page", view, base } }));
};

// What was read and asked, on the device, where the reader said yes. A reader is met once by each
// appeal, and once again by each test of it: that is the unit whom a test compares.
const remember = (ask) => {
  const { B, c, d } = ask.ko;
  if (!c.visitor) return;
  try {
    const own = JSON.parse(localStorage.keepopen || "{}");
    const recent = (list) => (list || []).filter((each) => each[0] > c.now - 30 * DAY);
    own.read = recent(own.read).filter((each) => each[1] !== (c.story || location.pathname));
    own.read.push([c.now, c.story || location.pathname]);
    own.read = own.read.slice(-200);
    own.asked = recent(own.asked);
    if (d.why === "asked") own.asked.push([c.now]);
    if (d.appeal) {
      const { tested } = B.appeals.find((each) => each.code === d.appeal);
      own.met = own.met || {};
      if (own.met[d.appeal] !== (tested || 0)) later(() => tell(ask, "reader"));
      own.met[d.appeal] = tested || 0;
    }
    localStorage.keepopen = JSON.stringify(own);
  } catch {
    // Storage that is full or forbidden: the reader is counted as new.
  }
};

// What a page that is the same for everybody cannot know, beside its signed reference.
const add = (form, name, value) => {
  if (!value || form.querySelector("[type=hidden][name=" + name + "]")) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  form.append(input);
};

const attend = (aside) => {
  const form = aside.querySelector("[data-ko-form]");
  const button = form && form.querySelector("[data-ko-give]");
  const say = () => {
    const frequency = form.querySelector("[name=frequency]:checked").value;
    const tile = form.querySelector("[name=choice_" + frequency + "]:checked");
    const own = !tile || tile.value === "own";
    const words = button.getAttribute("data-words-" + (own ? "own" : frequency));
    button.textContent = words.replace("{amount}", own ? "" : tile.nextElementSibling.textContent);
  };
  if (form) {
    form.addEventListener("change", say);
    form.addEventListener("submit", (event) => {
      if (button.getAttribute("aria-busy") === "true") event.preventDefault();
      button.setAttribute("aria-busy", "true");
      const ask = aside.closest("[data-ko]");
      if (ask && ask.ko) {
        add(form, "article", ask.ko.c.story);
        if (ask.ko.d.sticky) {
          add(form, "sticky", 1);
          add(form, "holdout", "asked");
        }
      }
      tell(aside, "click");
    });
    addEventListener("pageshow", () => {
      button.removeAttribute("aria-busy");
      say();
    });
    say();
  }
  aside.addEventListener("click", (event) => {
    if (event.target.closest("a.ko-appeal__give")) tell(aside, "click");
    const link = event.target.closest("[data-ko-pause]");
    if (!link) return;
    event.preventDefault();
    pause(aside, Number(link.dataset.koPause));
  });
  aside.addEventListener("keydown", (event) => {
    const open = event.target.closest("details[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.firstElementChild.focus();
  });
  const why = aside.querySelector("[data-ko-why]");
  if (why) why.addEventListener("toggle", () => why.open && explain(aside, why));
};

// It was met when its upper edge stood a quarter into the screen. How long its words are must not
// decide that: a test of two wordings would count more readers of the shorter one.
const watch = (aside) => {
  new IntersectionObserver((seen, watcher) => {
    if (!seen.at(-1).isIntersecting) return;
    watcher.disconnect();
    tell(aside, "view");
  }, { rootMargin: "0px 0px -25% 0px" }).observe(aside);
};

const enhance = (place) => {
  for (const aside of place.querySelectorAll(".ko-appeal:not([hidden])")) {
    attend(aside);
    watch(aside);
  }
  for (const ask of place.querySelectorAll("[data-ko]")) {
    if (!ask.ko) continue;
    remember(ask);
    later(() => look(ask.ko));
    if (ask.ko.d.why === "holdout") later(() => tell(ask, "ghost"));
    if (ask.hidden) continue;
    shown.add(ask);
    refresh(ask);
  }
};
enhance(document);
