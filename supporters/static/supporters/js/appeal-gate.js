// Decides before paint: a mutation observer is called after each stretch of the parser's work and
// before it is painted. An appeal is decided when its first tag arrives; its parts follow.
if (lasts("supporter") || lasts("pause")) R.dataset.koAppeal = "off";
const gate = new MutationObserver((records) => {
  for (const record of records) for (const node of record.addedNodes) {
    const data = node.dataset;
    if (!data) continue;
    try {
      if (data.ko) {
        const B = JSON.parse(data.ko), c = context(B), d = decide(B, c);
        node.ko = { B, c, d, decide, context };
        node.hidden = d.why !== "asked";
        asked += !node.hidden;
      }
      if (data.koFor) {
        const { d } = node.closest("[data-ko]").ko;
        node.disabled = node.hidden = !data.koFor.split(" ").includes(d.appeal + "/" + d.variant);
      }
    } catch {}
  }
});
gate.observe(R, { childList: true, subtree: true });
addEventListener("DOMContentLoaded", () => gate.disconnect());
