// Tells our own server what happened to an appeal: clicks and choices all of them, views as a
// sample. No cookie goes along and nothing of the reader: which appeal, where, and what it was.
// Stands before appeal.js, which says what happens; also a part of embed.js (config/inline.py).
const told = new Set();
const count = ({ detail }) => {
  const { kind, appeal, variant, placement, article, sticky, sample, base } = detail;
  const once = [kind, appeal, placement].join();
  if (!appeal || told.has(once)) return;
  told.add(once);
  if (kind === "view" && Math.random() * (sample || 1) >= 1) return;
  const body = JSON.stringify([[kind, appeal, variant, placement, article || "", sticky ? 1 : 0]]);
  fetch((base || "") + "/appeals/beacon", {
    method: "POST", body, keepalive: true, credentials: "omit", mode: "no-cors",
  }).catch(() => {});
};
document.documentElement.addEventListener("keepopen", count);
