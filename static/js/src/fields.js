// Small comforts of fields and buttons; each does nothing where its attribute is missing.
const ready = (root) => {
  root.querySelectorAll("textarea[data-count][maxlength]").forEach((area) => {
    if (area.dataset.counted) return;
    area.dataset.counted = "yes";
    const left = document.createElement("div");
    left.className = "count-left";
    left.setAttribute("aria-live", "polite");
    const count = () => {
      const rest = area.maxLength - area.value.length;
      left.textContent = rest < area.maxLength / 4 ? `${rest} characters left` : "";
    };
    area.addEventListener("input", count);
    area.after(left);
    count();
  });
  root.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.onclick = () => window.print();
  });
  root.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const label = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    };
  });
  root.querySelectorAll("[data-opens-filled]").forEach((part) => {
    if ([...part.querySelectorAll("input[type=file]")].some((field) => field.files.length)) part.open = true;
  });
};
ready(document);
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));

document.addEventListener("change", (event) => {
  const field = event.target;
  const form = field.closest("[data-autosubmit]") && field.form;
  if (form) form.requestSubmit();
  if (field.type === "file" && field.files.length > 1) {
    field.title = [...field.files].map((file) => file.name).join(", ");
  }
});

// The error summary takes the focus, and its links go to the control itself.
document.querySelector("[data-focus]")?.focus({ preventScroll: false });
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

// The demo's sign-in page: a press on a login fills the form.
document.addEventListener("click", (event) => {
  const login = event.target.closest("[data-fill-login]")?.dataset.fillLogin;
  const form = login && document.querySelector("form[data-sign-in]");
  if (!form) return;
  form.elements.login.value = login;
  form.elements.password.value = "demo-pass-2026";
  form.querySelector("button[type=submit]").focus();
});
