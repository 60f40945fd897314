// Web push: ask the browser, hand its subscription to the site, and say what came of it.
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
