// Whom to ask: the decision of supporters/appeals/rules.py, over the same bundle. The gate, the
// embedding script and the tests put this file in front of themselves (config/inline.py); names are
// short because the gate stands in every page.
const hash = (text) => {
  let h = 0x811c9dc5;
  for (const letter of text) h = Math.imul(h ^ letter.charCodeAt(), 0x1000193);
  return h >>> 0;
};
const SPAN = 2 ** 32;
// A condition is [field, test, value, wanted]; what is not known, undefined,
// fulfils none.
const decide = (B, c) => {
  let ahead = 0;
  for (const z of B.zone) if (z[0] <= c.now) ahead = z[1];
  // Minutes since Monday; 1 January 1970 was a Thursday.
  c.schedule = (Math.floor((c.now + ahead) / 60) + 4320) % 10080;
  const holds = ([field, test, v, wanted]) => {
    const known = [].concat(c[field]);
    return wanted === (test === "range"
      ? v.some((r) => known[0] >= r[0] && known[0] < r[1])
      : v[test]((word) => known.includes(word)));
  };
  const appeals = B.appeals.map((a) => [a.code, a.when.map(holds)]);
  const chosen = B.appeals[appeals.findIndex((a) => !a[1].includes(false))];
  const guard = B.guards.find((g) => g[1].every(holds));
  const id = c.visitor;
  const sticky = !!id;
  let why = guard ? guard[0] : chosen ? "asked" : "nothing";
  let appeal = "", variant = "";
  if (why === "asked") {
    appeal = chosen.code;
    if (sticky && hash("holdout:" + id) * 100 < 5 * SPAN) why = variant = "holdout";
    else {
      let place = (sticky ? hash([appeal, chosen.tested, id].join(":")) : c.chance) / SPAN
        * chosen.arms.reduce((sum, arm) => sum + arm[1], 0);
      variant = chosen.arms.find((arm) => (place -= arm[1]) < 0)[0];
    }
  }
  return { why, appeal, variant, sticky, appeals };
};
