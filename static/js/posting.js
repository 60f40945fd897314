// Rows that repeat: "add" copies the last row, blank, without asking the server.
// Without this script the button submits the form and the server adds rows.
const blank = (field) => {
  if (field.type === "checkbox" || field.type === "radio") field.checked = false;
  else field.value = field.name.endsWith("-count") ? "1" : "";
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const prefix = button.dataset.addRow;
  const list = document.querySelector(`[data-rows="${prefix}"]`);
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`)?.value || 20);
  const last = list?.lastElementChild;
  if (!last || !total) return;
  event.preventDefault();
  const index = Number(total.value);
  if (index >= most) {
    button.disabled = true;
    return;
  }
  const row = last.cloneNode(true);
  const renamed = (text) => text.replaceAll(new RegExp(`(${prefix}-)\\d+`, "g"), `$1${index}`);
  row.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((part) => {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, renamed(part.getAttribute(name)));
    }
    if (part.matches("input, select, textarea")) {
      blank(part);
      part.removeAttribute("aria-invalid");
    }
  });
  row.querySelectorAll(".field-error, .errorlist").forEach((error) => error.remove());
  row.querySelectorAll(".has-error").forEach((field) => field.classList.remove("has-error"));
  list.append(row);
  total.value = String(index + 1);
  row.querySelector("input")?.focus();
});

// Only projects of the chosen customer, and the company's own, are offered.
const narrow = () => {
  const customer = document.getElementById("id_customer");
  const project = document.getElementById("id_project");
  if (!customer || !project) return;
  const chosen = customer.value ? customer.selectedOptions[0].textContent : "";
  for (const group of project.querySelectorAll("optgroup")) {
    const fits = !chosen || group.label === chosen || group.label === "Our own projects";
    group.hidden = group.disabled = !fits;
  }
  if (project.selectedOptions[0]?.parentElement.disabled) project.value = "";
};
narrow();
document.addEventListener("change", (event) => {
  if (event.target.id === "id_customer") narrow();
});

// A part that was filled in by the server: the figures follow, and the draft is kept.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "site") return;
  const street = document.getElementById("id_street");
  street?.focus({ preventScroll: true });
  street?.dispatchEvent(new Event("input", { bubbles: true }));
});

// Enter in the search for a location looks it up and does not send the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "id_location_words") return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
