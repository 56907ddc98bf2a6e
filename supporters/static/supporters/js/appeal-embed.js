// One script tag for any CMS on another origin. The placeholder says where:
//   <div data-keepopen="article-end"><a href="…">Support us</a></div>
// The appeal comes into a shadow root of its own, and only where nothing on the screen is moved by
// it: below what is being read, or into a place that the site has kept free for it.
// The beacon reads this name, too.
const KEEPOPEN = new URL(document.currentScript.src).origin;

const meta = (name) =>
  [...document.querySelectorAll("meta[property=\"article:" + name + "\"],meta[name=" + name + "]")]
    .map((each) => each.content.toLowerCase().trim());

// The placeholder's own words come first, then what the page tells everybody about itself.
const facts = (host) => {
  const { story, section, tags, authors, sensitive } = host.dataset;
  const said = JSON.parse((R.dataset.koPage || "{}").toLowerCase());
  const list = (text) => text.toLowerCase().split(",").map((word) => word.trim());
  return {
    story: (story || said.story || location.pathname).toLowerCase(),
    section: (section || said.section || meta("section")[0] || "").toLowerCase(),
    tags: tags ? list(tags) : said.tags || meta("tag"),
    authors: authors ? list(authors) : said.authors || meta("author"),
    sensitive: sensitive === undefined ? !!said.sensitive : sensitive !== "false",
    language: R.lang.slice(0, 2),
  };
};

// Decides as the gate does; what is hidden was never painted.
const settle = (root, host) => {
  const ask = root.querySelector("[data-ko]");
  if (!ask) return null;
  const B = { ...JSON.parse(ask.dataset.ko), page: facts(host) };
  const c = context(B);
  const d = decide(B, c);
  ask.ko = { B, c, d, decide, context, base: KEEPOPEN };
  ask.hidden = d.why !== "asked";
  asked += !ask.hidden;
  for (const face of ask.querySelectorAll("[data-ko-for]")) {
    face.hidden = face.dataset.koFor !== d.appeal + "/" + d.variant;
  }
  return ask;
};

// True where the appeal now stands, without anything having moved.
const reveal = (host, box) => {
  const plain = [...host.childNodes].filter((node) => node !== box);
  const height = host.offsetHeight;
  const below = host.getBoundingClientRect().top >= innerHeight;
  for (const node of plain) node.remove();
  box.hidden = false;
  if (below || host.offsetHeight <= height) return true;
  box.hidden = true;
  host.prepend(...plain);
  return false;
};

const place = (host, box, root) => {
  const ask = settle(root, host);
  if (!ask) return;
  if (ask.hidden) {
    vanish(host);
    return;
  }
  const done = () => reveal(host, box) && (enhance(root), true);
  if (done()) return;
  const waiting = new IntersectionObserver((seen) => {
    const { isIntersecting, boundingClientRect } = seen.at(-1);
    if (!isIntersecting && boundingClientRect.top > 0 && done()) waiting.disconnect();
  });
  waiting.observe(host);
};

// XMLHttpRequest parses HTML without a sink that Trusted Types would have to guard.
const load = (host) => {
  const request = new XMLHttpRequest();
  request.open("GET", KEEPOPEN + "/appeals/fragment/" + host.dataset.keepopen + "/shadow/");
  request.responseType = "document";
  request.addEventListener("load", () => {
    const made = request.status === 200 && request.response.querySelector("template");
    if (!made) return;
    const box = document.createElement("div");
    box.hidden = true;
    const root = box.attachShadow({ mode: "open" });
    root.append(document.importNode(made.content, true));
    const style = root.querySelector("link");
    style.addEventListener("load", () => place(host, box, root));
    host.append(box);
  });
  request.send();
};

// A server that included the fragment has its shadow root already: it is decided in its place.
const begin = () => {
  for (const host of document.querySelectorAll("[data-keepopen]")) {
    if (!host.shadowRoot) {
      load(host);
      continue;
    }
    const ask = settle(host.shadowRoot, host);
    if (ask && ask.hidden) vanish(host);
    if (ask && !ask.hidden) enhance(host.shadowRoot);
  }
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
