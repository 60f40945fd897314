// Menus are <details>; they close on Escape, on a click elsewhere, and when focus leaves. The
// arrow keys, Home and End walk through their links and buttons.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  open().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

const TO = { ArrowDown: 1, ArrowUp: -1, Home: 0, End: -1 };
document.addEventListener("keydown", (event) => {
  const menu = event.key in TO && event.target.closest?.("details[data-menu]");
  if (!menu || event.target.matches("input, textarea, select")) return;
  if (!menu.open && event.key !== "ArrowDown") return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll("a[href], button:not([disabled])")];
  const from = event.key === "Home" || event.key === "End" ? null : items.indexOf(event.target);
  const next = from === null ? TO[event.key] : from < 0 && TO[event.key] < 0 ? -1 : from + TO[event.key];
  items.at(next % items.length)?.focus();
});
