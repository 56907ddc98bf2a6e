// Betters the appeal where scripts run: the button says the chosen sum, and "Not now" answers in
// place. The links and the form underneath work without it.

const DAY = 86_400;
const root = document.documentElement;

const cookie = (value, seconds) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `ko_pause=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
};

/** Silences every appeal on the page; the one that was answered says until when. */
function pause(aside, days) {
  const until = Math.floor(Date.now() / 1000) + days * DAY;
  const before = [...aside.children];
  const said = aside.querySelector("[data-ko-paused]").content.cloneNode(true);
  const line = said.querySelector("p");
  const day = new Intl.DateTimeFormat(root.lang || "en", { dateStyle: "long" }).format(until * 1000);
  line.textContent = line.textContent.replace("{day}", day);
  said.querySelector("button").addEventListener("click", () => {
    cookie("", 0);
    aside.removeAttribute("data-ko-said");
    root.removeAttribute("data-ko-appeal");
    aside.replaceChildren(...before);
    aside.querySelector("summary").focus();
  });
  cookie(`${until}.reader`, days * DAY);
  aside.setAttribute("data-ko-said", "");
  root.setAttribute("data-ko-appeal", "off");
  aside.replaceChildren(said);
  line.focus();
}

function attend(aside) {
  const form = aside.querySelector("[data-ko-form]");
  const button = form.querySelector("[data-ko-give]");
  const say = () => {
    const frequency = form.querySelector('[name="frequency"]:checked')?.value;
    const amount = form.querySelector(`[name="choice_${frequency}"]:checked`);
    const words = button.getAttribute(`data-words-${amount?.dataset.label ? frequency : "own"}`);
    button.textContent = words.replace("{amount}", amount?.dataset.label ?? "");
  };
  form.addEventListener("change", say);
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
    button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    say();
  });
  aside.addEventListener("click", (event) => {
    const link = event.target.closest("[data-ko-pause]");
    if (!link) return;
    event.preventDefault();
    pause(aside, Number(link.dataset.koPause));
  });
  aside.addEventListener("keydown", (event) => {
    const open = aside.querySelector(".ko-appeal__pause[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.firstElementChild.focus();
  });
  say();
}

document.querySelectorAll(".ko-appeal").forEach(attend);
