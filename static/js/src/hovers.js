// Cards beside a link open under the pointer and the focus by CSS. Where nothing hovers, the first
// tap opens the card and the second follows the link; Escape puts it away, however it was opened.
const shown = () => document.querySelector(".has-hover.is-open");

document.addEventListener("click", (event) => {
  const box = event.target.closest(".has-hover");
  const open = shown();
  if (open && open !== box) open.classList.remove("is-open");
  const link = event.target.closest(".has-hover > a");
  if (!link || !matchMedia("(hover: none)").matches || box.classList.contains("is-open")) return;
  event.preventDefault();
  box.classList.add("is-open");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  shown()?.classList.remove("is-open");
  document.querySelectorAll(".has-hover:is(:hover, :focus-within)").forEach((box) => {
    box.classList.add("is-shut");
  });
});
for (const left of ["focusout", "pointerout"]) {
  document.addEventListener(left, (event) => {
    const box = event.target.closest?.(".has-hover.is-shut, .has-hover.is-open");
    if (!box || box.contains(event.relatedTarget)) return;
    box.classList.remove("is-shut");
    if (left === "focusout") box.classList.remove("is-open");
  });
}
