// Taking a test: what is typed is saved while one types, and the clock is the server's.
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
  // What is on its way arrives first, or the server would take the press for a second tab.
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
