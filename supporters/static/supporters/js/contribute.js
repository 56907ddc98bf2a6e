// Keeps the words of the contribute page true while a reader chooses: the button, the fee line, the
// busy state. The page does everything without it; what counts is decided on the server.

const form = document.querySelector("form[data-giving]");

/** The amount in the field in minor units, or null while it is none. Mirrors Money.from_text's plain cases. */
function typedMinor(text, digits) {
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.replace(/[\s\u00a0\u202f']/g, ""));
  const part = match?.[2] ?? "";
  if (!match || part.length > digits) return null;
  return Number(match[1]) * 10 ** digits + Number(part.padEnd(digits, "0") || 0);
}

/** What payments/cover.py adds to a gift, for the words only: the server computes it again. */
function coverFor(gift, rate, fixed) {
  const fee = (charged) => Math.floor((charged * rate + 5000) / 10000) + fixed;
  let charged = Math.max(gift, Math.floor(((gift + fixed) * 10000) / (10000 - rate)) - 1);
  while (charged - fee(charged) < gift) charged += 1;
  return charged - gift;
}

/** The group of a device that keeps a number: five in a hundred are never asked, so that what the
 * appeals add can be told. FNV-1a, as in appeals/assign.py. Empty where nothing is kept. */
function group() {
  try {
    const { id } = JSON.parse(localStorage.keepopen ?? "{}");
    let hash = 0x811c9dc5;
    for (const letter of `holdout:${id}`) hash = Math.imul(hash ^ letter.charCodeAt(), 0x1000193);
    if (id) return (hash >>> 0) * 100 < 5 * 2 ** 32 ? "held" : "asked";
  } catch {
    // Storage that is forbidden or broken keeps no number.
  }
  return "";
}

function attend(form) {
  const { locale, currency, feeRate, feeFixed, digits: digitsText } = form.dataset;
  const digits = Number(digitsText);
  const field = form.elements.namedItem("amount");
  form.elements.namedItem("holdout").value = group();
  const button = form.querySelector("[data-give]");
  const coverLine = form.querySelector("[data-cover-line]");
  const coverAsWritten = coverLine?.textContent;

  const chosen = () => {
    const frequency = form.querySelector('[name="frequency"]:checked')?.value;
    return { frequency, radio: form.querySelector(`[name="choice_${frequency}"]:checked`) };
  };
  const written = (minor) => {
    const whole = minor % 10 ** digits === 0;
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      minimumFractionDigits: whole ? 0 : digits,
      maximumFractionDigits: whole ? 0 : digits,
    }).format(minor / 10 ** digits);
  };
  const gift = () => {
    const { frequency, radio } = chosen();
    if (radio && radio.value !== "own") {
      return { frequency, amount: radio.dataset.label, cover: radio.dataset.cover };
    }
    const minor = radio ? typedMinor(field.value, digits) : null;
    if (!minor) return { frequency };
    const cover = feeRate ? written(coverFor(minor, Number(feeRate), Number(feeFixed))) : "";
    return { frequency, amount: written(minor), cover };
  };
  const say = () => {
    const { frequency, amount, cover } = gift();
    const words = amount && frequency ? button.getAttribute(`data-words-${frequency}`) : button.dataset.wordsNone;
    button.textContent = words.replace("{amount}", amount ?? "");
    if (!coverLine) return;
    coverLine.textContent =
      amount && cover
        ? coverLine.dataset.words.replace("{amount}", cover).replace("{gift}", amount)
        : coverAsWritten;
  };
  const rest = () => {
    button.removeAttribute("aria-busy");
    say();
  };

  form.addEventListener("change", say);
  field.addEventListener("input", say);
  form.addEventListener("click", (event) => {
    // A pointer on "Other amount" means typing next; arrow keys through the tiles do not.
    if (event.target.value === "own" && event.detail > 0) field.focus();
  });
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.wordsBusy;
  });
  // Coming back with the back button restores the page as it was left: busy.
  window.addEventListener("pageshow", rest);
  rest();
}

if (form) attend(form);
document.getElementById("errors")?.focus();
