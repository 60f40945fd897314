// htmx: the CSRF token on every request, and a plain sentence when one fails.
const csrf = () => document.body.dataset.csrf || "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
});

const say = (words) => {
  const place = document.getElementById("flash");
  if (!place) return;
  place.className = "notice tone-bad";
  place.textContent = words;
};

document.addEventListener("htmx:sendError", () => {
  say("No connection. Nothing was changed; try again when you are online.");
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401 || status === 403) say("You are signed out, or this is not yours to do. Reload the page to see.");
  else if (status === 404) say("This is no longer here. Reload the page to see what changed.");
  else say("That did not work, and nothing was changed. Try again, or reload the page.");
});

// Errors of a form come back as 422 and are shown like any answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// What came replaces what had the focus: it goes to the errors, to the part that was changed, or
// to the first field; [data-say] is read out by screen readers.
const voice = document.body.appendChild(document.createElement("div"));
voice.className = "visually-hidden";
voice.setAttribute("aria-live", "polite");
document.addEventListener("say", (event) => (voice.textContent = event.detail));
let pressed = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const focused = document.activeElement;
  pressed = focused !== document.body && event.detail.target?.contains(focused) ? event.detail.target.id : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const come = event.detail.elt;
  const words = (come.matches("[data-say]") ? come : come.querySelector("[data-say]"))?.dataset.say;
  if (words) voice.textContent = words;
  if (!pressed || come.id !== pressed) return;
  pressed = null;
  if (come.contains(document.activeElement)) return;
  const place = come.querySelector("[data-focus]") || (come.matches("[data-focus]") ? come : null);
  const field = come.querySelector("textarea, select, input:not([type=hidden])");
  (place || field || come).focus({ preventScroll: !place });
});
