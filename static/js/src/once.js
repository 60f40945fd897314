// One submit, one effect: a second press while the first is under way does nothing.
// The server has the last word through the form's hidden key.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = (event.submitter || form).dataset.confirm || form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

// After "back" the page may come from the browser's memory: its forms work again.
const again = (form) => {
  delete form.dataset.sending;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(again));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) again(form);
});
