// data-dialog="name" opens the dialog of that name; without this script the link is followed.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(`dialog-${opener.dataset.dialog}`);
    if (!dialog || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    opener.closest("details[data-menu]")?.removeAttribute("open");
    dialog.showModal();
    dialog.querySelector("[autofocus], .has-error :is(input, select, textarea)")?.focus();
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

// A dialog whose form came back with errors is shown again.
document.querySelectorAll("dialog.dialog").forEach((dialog) => {
  if (dialog.querySelector(".error-summary")) dialog.showModal();
});
