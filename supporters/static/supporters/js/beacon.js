// Tells our own server what happened to an appeal: clicks and choices all of them, views as a
// sample. No cookie goes along and nothing of the reader: which appeal, where, and what it was. Of a
// page view it tells what appeal.js found that a rule could know.
// Stands before appeal.js, which says what happens; also a part of embed.js (config/inline.py).
const told = new Set();
const send = (base, message) => {
  fetch((base || "") + "/appeals/beacon", {
    method: "POST", body: JSON.stringify(message), keepalive: true, credentials: "omit", mode: "no-cors",
  }).catch(() => {});
};
const count = ({ detail }) => {
  if (detail.view) send(detail.base, detail.view);
  const { kind, appeal, variant, placement, article, sticky, sample, base } = detail;
  const once = [kind, appeal, placement].join();
  if (!appeal || told.has(once)) return;
  told.add(once);
  if (kind === "view" && Math.random() * (sample || 1) >= 1) return;
  send(base, [[kind, appeal, variant, placement, article || "", sticky ? 1 : 0]]);
};
document.documentElement.addEventListener("keepopen", count);
