// Betters the writing page: the preview follows the words, and each field says how much room is
// left. Without this the button beside "Save" shows the same preview.

const WAIT = 400;
const button = document.querySelector("[data-refresh]");
const form = button?.form;

function refresh() {
  form.requestSubmit(button);
}

let waiting;
form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, WAIT);
});

// The frame opens at the appeal. An anchor in its address would scroll the desk's page as well.
const frame = document.querySelector(".stage__frame");
function show() {
  const appeal = frame.contentDocument?.getElementById("appeal");
  if (appeal) frame.contentWindow.scrollTo(0, appeal.offsetTop - 24);
}
frame?.addEventListener("load", show);
if (frame?.contentDocument?.readyState === "complete") show();

for (const field of document.querySelectorAll("[data-most]")) {
  const most = Number(field.dataset.most);
  const count = document.createElement("span");
  count.className = "count";
  const say = () => {
    count.textContent = `${field.value.length} / ${most}`;
    count.toggleAttribute("data-over", field.value.length > most);
  };
  field.after(count);
  field.addEventListener("input", say);
  say();
}
