// Ticking every row of a list at once, and how many are ticked. Without script each is ticked alone.
document.querySelectorAll("[data-tick-all]").forEach((all) => {
  const form = all.form;
  const boxes = () => [...form.elements].filter((box) => box.name === all.dataset.tickAll);
  const words = all.parentElement.querySelector("[data-tick-count]");
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    words.textContent = ticked ? `${ticked} ticked` : "All";
  };
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    boxes().forEach((box) => (box.checked = all.checked));
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.name === all.dataset.tickAll) show();
  });
  show();
});
