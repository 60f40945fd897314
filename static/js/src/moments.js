// Keeps "in 2 days" and "5 minutes ago" true while a page stays open.
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
