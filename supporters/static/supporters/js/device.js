// Fills in what the browser alone can see, and clears it with the form.
const stored = (name) => {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
};
const clear = () => {
  try {
    localStorage.removeItem("keepopen");
  } catch {
    // Storage that is forbidden holds nothing.
  }
};

for (const place of document.querySelectorAll("[data-ko-local]")) {
  place.textContent = stored(place.dataset.koLocal) ? place.dataset.yes : place.dataset.no;
}
document.querySelector("[data-ko-clear]").addEventListener("submit", clear);
document.querySelector("[data-ko-choose]").addEventListener("submit", (event) => {
  if (new FormData(event.target).get("mode") !== "full") clear();
});
