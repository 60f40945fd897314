// <ol data-sortable="form">: rows are dragged by their grip, and the form sends the new order.
document.querySelectorAll("[data-sortable]").forEach((list) => {
  const form = document.getElementById(list.dataset.sortable);
  let lifted = null;
  const keys = () => [...list.children].map((row) => row.dataset.key).join(",");
  const before = keys();
  list.querySelectorAll("[data-grip]").forEach((grip) => {
    const row = grip.closest("[data-key]");
    grip.hidden = false;
    grip.addEventListener("pointerdown", () => (row.draggable = true));
    grip.addEventListener("pointerup", () => (row.draggable = false));
    row.addEventListener("dragstart", (event) => {
      lifted = row;
      row.toggleAttribute("data-lifted", true);
      event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragend", () => {
      row.draggable = false;
      row.removeAttribute("data-lifted");
      lifted = null;
      if (keys() === before) return;
      form.elements.order.value = keys();
      form.requestSubmit();
    });
  });
  list.addEventListener("dragover", (event) => {
    if (!lifted) return;
    event.preventDefault();
    const over = event.target.closest("[data-key]");
    if (!over || over === lifted) return;
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](lifted);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
});
