// The escalation desk. Keys: an element with data-key is opened, pressed or focused by its key
// while no field has the focus; they can be turned off in their panel, as WCAG 2.1.4 asks.
const OFF = "desk-keys-off";
const desk = document.querySelector("[data-shortcuts]");
const stored = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const store = (key, value) => {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // A forbidden store means that the choice is for this page only.
  }
};
const FIELDS = "input:not([type=hidden]), textarea, select";
const writes = (element) => element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");

const focusIn = (place) => {
  const first = place.querySelector(".has-error :is(input, textarea, select)") || place.querySelector(`form :is(${FIELDS})`) || place.querySelector(FIELDS);
  first?.focus();
};
const activate = (element) => {
  if (element.matches("details")) {
    element.open = true;
    element.scrollIntoView({ block: "nearest" });
    focusIn(element);
  } else if (element.matches("a, button")) element.click();
  else focusIn(element);
};

const rows = () => [...document.querySelectorAll("[data-row]")];
const walk = (step) => {
  const all = rows();
  const from = all.findIndex((row) => row.contains(document.activeElement));
  const next = from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + step, 0), all.length - 1);
  all[next]?.querySelector("a")?.focus();
};
const tick = () => {
  const row = rows().find((one) => one.contains(document.activeElement));
  row?.querySelector("input[type=checkbox]")?.click();
  row?.querySelector("a")?.focus();
};

if (desk) {
  document.querySelectorAll("[data-with-script]").forEach((element) => (element.hidden = false));
  let on = !stored(OFF);
  const choice = document.querySelector("[data-keys-on]");
  choice.checked = on;
  choice.addEventListener("change", () => {
    on = choice.checked;
    store(OFF, on ? "" : "yes");
  });
  document.addEventListener("keydown", (event) => {
    const element = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && element.matches("textarea, input")) {
      event.preventDefault();
      element.form?.requestSubmit();
      return;
    }
    if (event.key === "Escape" && writes(element)) return element.blur();
    if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(element)) return;
    if (document.querySelector("dialog[open]")) return;
    const moves = { j: () => walk(1), k: () => walk(-1), x: tick };
    const named = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    const act = rows().length && moves[event.key] ? moves[event.key] : named && (() => activate(named));
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// A canned answer goes in at the cursor of the form it stands in.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-canned]");
  const area = link?.closest("form").querySelector("textarea");
  if (!area || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  link.closest("details").open = false;
  area.setRangeText(link.dataset.canned, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
});

// Two at one case: the page says that it is open, and hears who else is there and what is new.
const BEAT = 15000;
const place = document.querySelector("[data-presence]");
if (place) {
  let writing = 0;
  const send = (state, keepalive = false) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: document.body.dataset.csrf, seen: place.dataset.seen, state });
    return fetch(place.dataset.presence, { method: "POST", body, redirect: "manual", keepalive });
  };
  const beat = async () => {
    if (document.hidden) return;
    try {
      const answer = await send(Date.now() - writing < BEAT * 2 ? "writing" : "reading");
      if (answer.status !== 200) return;
      const html = (await answer.text()).trim();
      if (html === place.dataset.shown) return;
      place.dataset.shown = html;
      place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    } catch {
      // Without a connection nobody is seen; the next beat tries again.
    }
  };
  desk.addEventListener("input", (event) => {
    const first = Date.now() - writing > BEAT;
    if (event.target.matches("textarea")) writing = Date.now();
    if (first && writing) beat();
  });
  setInterval(beat, BEAT);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => send("gone", true));
}

// Pictures and PDFs of the case are looked at one after the other, where this browser shows PDFs
// within a page; without script they open in a tab.
const viewer = document.getElementById("dialog-viewer");
const shows = (link) => link.dataset.look === "picture" || navigator.pdfViewerEnabled;
const files = viewer ? [...document.querySelectorAll("[data-look]")].filter(shows) : [];
let shown = 0;
const look = (number) => {
  shown = (number + files.length) % files.length;
  const { href, textContent: name, dataset } = files[shown];
  const [image, frame] = viewer.querySelectorAll("img, iframe");
  for (const one of [image, frame]) {
    one.hidden = (dataset.look === "picture") !== (one === image);
    if (one.hidden) one.removeAttribute("src");
    else one.src = href;
  }
  image.alt = frame.title = name;
  viewer.querySelector("[data-in-tab]").href = href;
  viewer.querySelector("figcaption").textContent = `${name} (${shown + 1} of ${files.length})`;
};
files.forEach((link, number) =>
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    look(number);
    viewer.showModal();
  }),
);
viewer?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]")?.dataset.step;
  if (step) look(shown + Number(step));
});
viewer?.addEventListener("close", () => viewer.querySelectorAll("img, iframe").forEach((one) => one.removeAttribute("src")));
viewer?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") look(shown + 1);
  if (event.key === "ArrowLeft") look(shown - 1);
});
