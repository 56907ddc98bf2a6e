// What the device knows of the page and of its reader. What is told of it is in appeal.js: look().
const R = document.documentElement;
const now = Math.floor(Date.now() / 1000);
const chance = Math.floor(Math.random() * SPAN);
const cookie = (name) => {
  try {
    return document.cookie.match("(?:^|; )ko_" + name + "=([^;]*)")[1];
  } catch {}
};
const lasts = (name) => parseInt(cookie(name)) > now;
let asked = 0;
const context = (B, placement) => {
  const page = B.page || JSON.parse((R.dataset.koPage || "{}").toLowerCase());
  const size = Math.min(screen.width, screen.height);
  const came = location.search + " " + document.referrer.replace(location.origin, "internal:");
  let own;
  try {
    if ((cookie("storage") || B.mode) === "full") {
      own = JSON.parse(localStorage.keepopen || "{}");
      own.id = own.id || chance + "." + Math.random();
      localStorage.keepopen = JSON.stringify(own);
    }
  } catch {}
  const since = (list, days) =>
    own && (list || []).filter((each) => each[0] > now - days * 86400).length;
  return {
    language: R.lang.slice(0, 2),
    ...page,
    now, chance,
    country: (R.dataset.koCountry || "").toLowerCase(),
    device: size < 600 ? "phone" : size < 1100 && navigator.maxTouchPoints ? "tablet" : "desktop",
    referrer: ((B.from || []).find((each) => RegExp(each[1]).test(came)) || ["other"])[0],
    standing: lasts("supporter") ? "supporter" : cookie("supporter") ? "lapsed" : "reader",
    paused: lasts("pause"),
    read: since(own && own.read, 30),
    asked_here: asked,
    asked_this_week: since(own && own.asked, 7),
    visitor: own && own.id,
  };
};
