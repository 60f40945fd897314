// <form data-draft="key">: what was typed is kept in this tab until the form was accepted, so a
// lost session loses nothing. Passwords, files, hidden fields and the CSRF token are never kept.
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
    // A full or forbidden store only means that nothing is kept.
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

// A form that was sent is settled by the page that answers: sign-in, the policies and errors say
// that it did not arrive, the form itself with errors that it was refused; all else accepted it.
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
