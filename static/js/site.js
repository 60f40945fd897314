{
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
document.addEventListener("htmx:beforeSwap", (event) => {
if (event.detail.xhr.status === 422) {
event.detail.shouldSwap = true;
event.detail.isError = false;
}
});
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
}
{
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
document.querySelectorAll("dialog.dialog").forEach((dialog) => {
if (dialog.querySelector(".error-summary")) dialog.showModal();
});
}
{
const open = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => {
open().forEach((menu) => {
if (!menu.contains(event.target)) menu.open = false;
});
});
document.addEventListener("keydown", (event) => {
if (event.key !== "Escape") return;
open().forEach((menu) => {
menu.open = false;
menu.querySelector("summary").focus();
});
});
document.addEventListener("focusout", (event) => {
const menu = event.target.closest("details[data-menu][open]");
if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
const TO = { ArrowDown: 1, ArrowUp: -1, Home: 0, End: -1 };
document.addEventListener("keydown", (event) => {
const menu = event.key in TO && event.target.closest?.("details[data-menu]");
if (!menu || event.target.matches("input, textarea, select")) return;
if (!menu.open && event.key !== "ArrowDown") return;
event.preventDefault();
menu.open = true;
const items = [...menu.querySelectorAll("a[href], button:not([disabled])")];
const from = event.key === "Home" || event.key === "End" ? null : items.indexOf(event.target);
const next = from === null ? TO[event.key] : from < 0 && TO[event.key] < 0 ? -1 : from + TO[event.key];
items.at(next % items.length)?.focus();
});
}
{
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
}
{
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
const again = (form) => {
delete form.dataset.sending;
form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(again));
document.addEventListener("htmx:afterRequest", (event) => {
const form = event.target.closest?.("form");
if (form) again(form);
});
}
{
const PREFIX = "draft:";
const kept = (field) => field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type);
const read = (key) => {
try {
return JSON.parse(sessionStorage.getItem(PREFIX + key) || "null");
} catch {
return null;
}
};
const write = (key, value) => {
try {
sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
} catch {
}
};
const snapshot = (form) => {
const fields = {};
for (const field of form.elements) {
if (!kept(field)) continue;
fields[field.name] ??= [];
if (field.type === "checkbox" || field.type === "radio") {
if (field.checked) fields[field.name].push(field.value);
} else if (field.type === "select-multiple") {
fields[field.name].push(...[...field.selectedOptions].map((option) => option.value));
} else fields[field.name].push(field.value);
}
return fields;
};
const restore = (form, fields) => {
const next = {};
for (const field of form.elements) {
const values = kept(field) && fields[field.name];
if (!values) continue;
if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
else if (field.type === "select-multiple") {
for (const option of field.options) option.selected = values.includes(option.value);
} else {
next[field.name] = (next[field.name] ?? -1) + 1;
field.value = values[next[field.name]] ?? field.value;
}
}
};
const offer = (form, key) => {
const notice = document.createElement("div");
notice.className = "notice tone-info";
notice.setAttribute("role", "status");
const words = document.createElement("div");
words.className = "notice-body";
words.textContent = "What you typed before is back.";
const clear = document.createElement("button");
clear.type = "button";
clear.className = "btn btn-sm";
clear.textContent = "Start over";
clear.addEventListener("click", () => {
sessionStorage.removeItem(PREFIX + key);
location.reload();
});
notice.append(words, clear);
form.before(notice);
};
const lost = document.querySelector("form[data-sign-in], [data-keeps-drafts]");
const refused = (key) =>
document.querySelector(`form[data-draft="${CSS.escape(key)}"] :is(.has-error, .error-summary)`);
for (const name of Object.keys(sessionStorage)) {
const key = name.startsWith(PREFIX) && name.slice(PREFIX.length);
const stored = key && read(key);
if (!stored?.submitted) continue;
if (lost || refused(key)) write(key, { fields: stored.fields });
else sessionStorage.removeItem(name);
}
document.querySelectorAll("form[data-draft]").forEach((form) => {
const key = form.dataset.draft;
const stored = read(key);
if (stored?.fields && !refused(key) && JSON.stringify(stored.fields) !== JSON.stringify(snapshot(form))) {
restore(form, stored.fields);
offer(form, key);
form.dispatchEvent(new Event("input", { bubbles: true }));
}
form.addEventListener("input", () => write(key, { fields: snapshot(form) }));
});
document.addEventListener("submit", (event) => {
const key = event.target.dataset?.draft;
if (key && !event.defaultPrevented) write(key, { fields: snapshot(event.target), submitted: true });
});
}
{
const STEPS = [
[45 * 60, 60, "minute"],
[36 * 3600, 3600, "hour"],
[14 * 86400, 86400, "day"],
[60 * 86400, 7 * 86400, "week"],
[700 * 86400, 30 * 86400, "month"],
[Infinity, 365 * 86400, "year"],
];
const words = (moment) => {
const seconds = (moment - Date.now()) / 1000;
const size = Math.abs(seconds);
if (size < 60) return "just now";
const [, unit, word] = STEPS.find(([limit]) => size < limit);
const count = Math.max(1, Math.round(size / unit));
const said = `${count} ${word}${count === 1 ? "" : "s"}`;
return seconds > 0 ? `in ${said}` : `${said} ago`;
};
setInterval(() => {
if (document.hidden) return;
document.querySelectorAll("[data-relative]").forEach((node) => {
const at = Date.parse((node.closest("time") || node).dateTime);
if (!Number.isNaN(at)) node.textContent = words(at);
});
}, 30000);
}
{
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
document.querySelector("[data-focus]")?.focus({ preventScroll: false });
document.addEventListener("click", (event) => {
const link = event.target.closest(".error-summary a");
const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
if (!field) return;
event.preventDefault();
field.scrollIntoView({ block: "center" });
field.focus({ preventScroll: true });
});
document.addEventListener("click", (event) => {
const login = event.target.closest("[data-fill-login]")?.dataset.fillLogin;
const form = login && document.querySelector("form[data-sign-in]");
if (!form) return;
form.elements.login.value = login;
form.elements.password.value = "demo-pass-2026";
form.querySelector("button[type=submit]").focus();
});
}
{
const MOST = 6;
const AFTER_SIGN = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*)?)$/u;
const asked = new Map();
let shown = null;
const namesAt = (address) => {
if (!asked.has(address)) {
const answer = fetch(address, { headers: { Accept: "application/json" } })
.then((found) => (found.ok ? found.json() : { names: [] }))
.then((found) => found.names)
.catch(() => {
asked.delete(address);
return [];
});
asked.set(address, answer);
}
return asked.get(address);
};
const close = () => {
if (!shown) return;
shown.list.remove();
shown.area.removeAttribute("aria-activedescendant");
shown.area.removeAttribute("aria-controls");
shown = null;
};
const typed = (area) => {
if (area.selectionStart !== area.selectionEnd) return null;
return AFTER_SIGN.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
};
const fits = (name, words) => {
const whole = name.toLocaleLowerCase();
const start = words.toLocaleLowerCase();
return whole.startsWith(start) || whole.split(" ").some((part) => part.startsWith(start));
};
const mark = (place) => {
shown.place = (place + shown.list.children.length) % shown.list.children.length;
[...shown.list.children].forEach((item, at) => {
item.setAttribute("aria-selected", at === shown.place);
if (at === shown.place) shown.area.setAttribute("aria-activedescendant", item.id);
});
};
const take = (name) => {
const { area } = shown;
const words = typed(area);
close();
if (words === null) return;
const from = area.selectionStart - words.length;
area.setRangeText(`${name} `, from, area.selectionStart, "end");
area.dispatchEvent(new Event("input", { bubbles: true }));
area.focus();
};
const show = (area, names) => {
close();
const list = document.createElement("ul");
list.className = "names";
list.id = `${area.id || "message"}-names`;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "People to name");
names.forEach((name, at) => {
const item = document.createElement("li");
item.id = `${list.id}-${at}`;
item.setAttribute("role", "option");
item.textContent = name;
item.addEventListener("pointerdown", (event) => event.preventDefault());
item.addEventListener("click", () => take(name));
list.append(item);
});
area.after(list);
area.setAttribute("aria-controls", list.id);
shown = { area, list, place: 0 };
mark(0);
const count = names.length === 1 ? names[0] : `${names.length} names, ${names[0]} first`;
document.dispatchEvent(new CustomEvent("say", { detail: count }));
};
document.addEventListener("input", async (event) => {
const area = event.target;
if (!area.matches?.("textarea[data-names]")) return;
if (typed(area) === null) return close();
const names = await namesAt(area.dataset.names);
const words = typed(area);
const found = words === null ? [] : names.filter((name) => fits(name, words)).slice(0, MOST);
const isWhole = found.length === 1 && found[0].toLocaleLowerCase() === words.toLocaleLowerCase();
if (!found.length || isWhole || document.activeElement !== area) return close();
show(area, found);
});
document.addEventListener("keydown", (event) => {
if (!shown || event.target !== shown.area || event.isComposing) return;
const moves = { ArrowDown: 1, ArrowUp: -1 };
if (event.key in moves) mark(shown.place + moves[event.key]);
else if (event.key === "Enter" || event.key === "Tab") take(shown.list.children[shown.place].textContent);
else if (event.key === "Escape") close();
else return;
event.preventDefault();
event.stopPropagation();
}, true);
document.addEventListener("focusout", (event) => {
if (shown && event.target === shown.area) close();
});
document.addEventListener("htmx:beforeSwap", close);
}
{
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
}
{
const WAIT = 4000;
for (const form of document.querySelectorAll("form[data-locate]")) {
if (!navigator.geolocation) continue;
form.querySelector("[data-locate-note]")?.removeAttribute("hidden");
let place = null;
const found = ({ coords }) => {
place = coords;
for (const name of ["latitude", "longitude"]) {
const field = form.elements[name] ?? form.appendChild(document.createElement("input"));
field.type = "hidden";
field.name = name;
field.value = place[name].toFixed(6);
}
};
form.addEventListener(
"focusin",
() => {
if (place) return;
navigator.geolocation.getCurrentPosition(found, () => {}, { timeout: WAIT, maximumAge: 60000 });
},
{ once: true },
);
}
}
{
document.querySelectorAll("form[data-autosave]").forEach((form) => {
const place = form.querySelector("[data-saved]");
let timer = 0;
let under = null;
let again = false;
const say = (words, trouble) => {
place.textContent = words;
place.toggleAttribute("data-trouble", Boolean(trouble));
};
const post = async () => {
try {
const answer = await fetch(location.href, {
method: "POST", body: new FormData(form), headers: { "X-Autosave": "yes" }, redirect: "error",
});
const said = await answer.json();
if (said.saved) form.elements.seen.value = said.seen;
say(said.words, !said.saved);
} catch {
say("Not saved yet: it is tried again.", true);
timer = setTimeout(send, 5000);
}
};
const send = () => {
if (form.dataset.sending) return;
again = Boolean(under);
if (under) return;
under = post().finally(() => {
under = null;
if (again) send();
});
};
const soon = (wait) => {
clearTimeout(timer);
say("", false);
timer = setTimeout(send, wait);
};
form.addEventListener("input", (event) => soon(event.target.type === "radio" || event.target.type === "checkbox" ? 0 : 900));
form.addEventListener("submit", (event) => {
clearTimeout(timer);
again = false;
if (!under) return;
event.preventDefault();
under.then(() => form.requestSubmit(event.submitter));
});
});
document.querySelectorAll("[data-clock]").forEach((clock) => {
const ends = Date.parse(clock.dataset.ends) - Date.parse(clock.dataset.now) + Date.now();
const words = clock.querySelector("[data-clock-words]");
const aloud = document.querySelector("[data-clock-said]");
const form = document.querySelector("form[data-sitting]");
let over = false;
const show = () => {
const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
const minutes = Math.floor(left / 60);
words.textContent = `${minutes}:${String(left % 60).padStart(2, "0")} left`;
clock.toggleAttribute("data-short", left <= 60);
if (left === 300 || left === 60) aloud.textContent = `${minutes} minute${minutes > 1 ? "s" : ""} left`;
if (left > 0 || over) return;
over = true;
const field = document.createElement("input");
field.type = "hidden";
field.name = "go";
field.value = "over";
form.append(field);
setTimeout(() => form.requestSubmit(), 300);
};
show();
setInterval(show, 1000);
});
}
{
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
}
{
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
}
{
document.addEventListener("submit", (event) => {
const form = event.target;
if (!form.matches("[data-theme-form]") || !event.submitter) return;
event.preventDefault();
const theme = event.submitter.value;
const secure = location.protocol === "https:" ? "; Secure" : "";
const age = theme ? 365 * 24 * 3600 : 0;
document.cookie = `theme=${theme}; Max-Age=${age}; Path=/; SameSite=Lax${secure}`;
if (theme) document.documentElement.dataset.theme = theme;
else delete document.documentElement.dataset.theme;
document.querySelectorAll("[data-theme-form] button").forEach((button) => {
button.setAttribute("aria-pressed", String(button.value === theme));
});
}, true);
}
{
const trouble = document.getElementById("passkey-trouble");
const say = (words) => {
trouble.textContent = words;
trouble.hidden = false;
};
if (trouble) {
document.addEventListener("allauth.error", (event) => {
event.preventDefault();
say(
event.detail.exception?.name === "InvalidStateError"
? "This device already holds a passkey for your login."
: "No passkey was given. Try again, or go on in another way.",
);
});
if (!window.PublicKeyCredential) say("This browser has no passkeys here. Go on in another way.");
}
}
{
const pushPart = document.querySelector("[data-push-key]");
const bytesOf = (key) =>
Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
if (pushPart && "serviceWorker" in navigator && "PushManager" in window) {
const button = pushPart.querySelector("button");
const said = pushPart.querySelector("[data-push-said]");
pushPart.hidden = false;
button.addEventListener("click", async () => {
try {
if ((await Notification.requestPermission()) !== "granted") {
said.textContent = "Your browser does not let us. Allow notifications for this site in its settings.";
return;
}
const worker = await navigator.serviceWorker.register("/push-worker.js");
const made = await worker.pushManager.subscribe({
userVisibleOnly: true,
applicationServerKey: bytesOf(pushPart.dataset.pushKey),
});
const { endpoint, keys } = made.toJSON();
const answer = await fetch(pushPart.dataset.pushUrl, {
method: "POST",
headers: { "X-CSRFToken": document.body.dataset.csrf },
body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
});
if (answer.ok) window.location.reload();
else said.textContent = await answer.text();
} catch {
said.textContent = "This browser could not be set up. Try again, or use another one.";
}
});
}
}
