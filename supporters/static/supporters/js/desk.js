// The desk's keys: / finds, j and k walk the rows, Enter opens (the row's link has the focus),
// ? lists them. They can be switched off on a device (WCAG 2.1.4). Everything works without them.

const SWITCH = "desk-keys";
const dialog = document.getElementById("keys");
const box = document.getElementById("keys-on");
const rows = [...document.querySelectorAll("tr.linked a.row")];

const switchedOn = () => localStorage.getItem(SWITCH) !== "off";

function walk(step) {
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: "nearest" });
}

const actions = {
  "/": () => document.querySelector("[data-find]")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog");
  const action = actions[event.key];
  if (!action || typing || event.ctrlKey || event.metaKey || event.altKey || !switchedOn()) return;
  event.preventDefault();
  action();
});

box.checked = switchedOn();
box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", actions["?"]);
}
