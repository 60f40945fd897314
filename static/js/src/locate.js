// Adds the phone's place to a check-in when the person allows it; never waits long, never insists.
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
