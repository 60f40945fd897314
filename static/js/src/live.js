// A conversation that stays open hears of new messages: asked for every few seconds while the tab
// is seen, less often once nothing comes for long. They are put below the others; what is being
// written is not touched, and the page stays where it is read. Without script one reloads.
const EVERY = 4000;
const SELDOM = 20000;
const LONGEST = 120000;
const LONG = 75;
let wait = EVERY;
let quiet = 0;
let timer = 0;
let asking = false;

const open = () => document.querySelector("[data-live]");
const tell = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));
const later = () => {
  clearTimeout(timer);
  if (!document.hidden && open()) timer = setTimeout(look, wait);
};

const stop = (place, words) => {
  delete place.dataset.live;
  const notice = document.createElement("p");
  notice.className = "notice tone-warning";
  notice.textContent = words;
  place.querySelector(".thread").after(notice);
  tell(words);
};

const add = (place, html) => {
  const came = new DOMParser().parseFromString(html, "text/html");
  const rows = came.querySelector("ol");
  const list = place.querySelector(".thread");
  const composer = place.querySelector("form.composer");
  const writing = composer?.contains(document.activeElement);
  const stood = composer?.getBoundingClientRect().top ?? 0;
  for (const row of [...rows.children]) {
    if (!document.getElementById(row.id)) list.append(document.adoptNode(row));
  }
  place.querySelector("[data-nothing]")?.remove();
  const acts = document.adoptNode(came.getElementById("thread-acts"));
  place.querySelector("#thread-acts").replaceWith(acts);
  htmx.process(acts);
  place.dataset.last = rows.dataset.last;
  if (writing) scrollBy({ top: composer.getBoundingClientRect().top - stood, behavior: "instant" });
  if (rows.dataset.words) tell(rows.dataset.words);
};

const ask = async (place) => {
  const address = new URL(place.dataset.live, location.href);
  address.searchParams.set("since", place.dataset.last);
  const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect") return stop(place, "You are signed out. Reload the page to sign in; copy first what you have written.");
  if (answer.status === 403 || answer.status === 404) return stop(place, "This conversation is no longer open to you. Reload the page to see what changed.");
  if (!answer.ok) throw new Error(answer.status);
  quiet = answer.status === 204 ? quiet + 1 : 0;
  wait = quiet > LONG ? SELDOM : EVERY;
  // Between asking and hearing the panel may have been drawn anew, with all that is new.
  if (answer.status === 200 && place.isConnected) add(place, await answer.text());
};

const look = async () => {
  clearTimeout(timer);
  const place = open();
  if (!place || asking || document.hidden) return;
  asking = true;
  try {
    await ask(place);
  } catch {
    wait = Math.min(wait * 2, LONGEST);
  } finally {
    asking = false;
    later();
  }
};

const awake = () => {
  quiet = 0;
  if (wait !== SELDOM) return;
  wait = EVERY;
  later();
};
if (open()) {
  document.documentElement.classList.add("has-live");
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  addEventListener("online", look);
  document.addEventListener("input", awake);
  document.addEventListener("pointerdown", awake);
  later();
}
