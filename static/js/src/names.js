// <textarea data-names="address">: after an @ the names that may follow are offered, asked for once.
// Written out by hand a name counts as well. The list never takes the focus: arrows choose, Enter
// or Tab takes, Escape closes, and typing on narrows it.
const MOST = 6;
const AFTER_SIGN = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*)?)$/u;
const asked = new Map();
let shown = null;

const namesAt = (address) => {
  if (!asked.has(address)) {
    const answer = fetch(address, { headers: { Accept: "application/json" } })
      .then((found) => (found.ok ? found.json() : { names: [] }))
      .then((found) => found.names)
      .catch(() => {
        asked.delete(address);
        return [];
      });
    asked.set(address, answer);
  }
  return asked.get(address);
};

const close = () => {
  if (!shown) return;
  shown.list.remove();
  shown.area.removeAttribute("aria-activedescendant");
  shown.area.removeAttribute("aria-controls");
  shown = null;
};

const typed = (area) => {
  if (area.selectionStart !== area.selectionEnd) return null;
  return AFTER_SIGN.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
};

const fits = (name, words) => {
  const whole = name.toLocaleLowerCase();
  const start = words.toLocaleLowerCase();
  return whole.startsWith(start) || whole.split(" ").some((part) => part.startsWith(start));
};

const mark = (place) => {
  shown.place = (place + shown.list.children.length) % shown.list.children.length;
  [...shown.list.children].forEach((item, at) => {
    item.setAttribute("aria-selected", at === shown.place);
    if (at === shown.place) shown.area.setAttribute("aria-activedescendant", item.id);
  });
};

const take = (name) => {
  const { area } = shown;
  const words = typed(area);
  close();
  if (words === null) return;
  const from = area.selectionStart - words.length;
  area.setRangeText(`${name} `, from, area.selectionStart, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
};

const show = (area, names) => {
  close();
  const list = document.createElement("ul");
  list.className = "names";
  list.id = `${area.id || "message"}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to name");
  names.forEach((name, at) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    item.textContent = name;
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => take(name));
    list.append(item);
  });
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  shown = { area, list, place: 0 };
  mark(0);
  const count = names.length === 1 ? names[0] : `${names.length} names, ${names[0]} first`;
  document.dispatchEvent(new CustomEvent("say", { detail: count }));
};

document.addEventListener("input", async (event) => {
  const area = event.target;
  if (!area.matches?.("textarea[data-names]")) return;
  if (typed(area) === null) return close();
  const names = await namesAt(area.dataset.names);
  const words = typed(area);
  const found = words === null ? [] : names.filter((name) => fits(name, words)).slice(0, MOST);
  const isWhole = found.length === 1 && found[0].toLocaleLowerCase() === words.toLocaleLowerCase();
  if (!found.length || isWhole || document.activeElement !== area) return close();
  show(area, found);
});

document.addEventListener("keydown", (event) => {
  if (!shown || event.target !== shown.area || event.isComposing) return;
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) mark(shown.place + moves[event.key]);
  else if (event.key === "Enter" || event.key === "Tab") take(shown.list.children[shown.place].textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  if (shown && event.target === shown.area) close();
});
document.addEventListener("htmx:beforeSwap", close);
