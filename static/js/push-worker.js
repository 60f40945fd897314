// Shows what the site pushes, and opens its page when clicked. One tag, one notification.
self.addEventListener("push", (event) => {
  const shown = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(shown.title || "Squarely", {
      body: shown.body || "",
      tag: shown.tag,
      data: { url: shown.url || "/notifications/" },
    }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data.url, self.location.origin);
  if (target.origin === self.location.origin) event.waitUntil(self.clients.openWindow(target.href));
});
