"""A page with the keyboard alone: what Tab does not reach, and where nobody sees the focus."""

from __future__ import annotations

from playwright.sync_api import Page

PARTS_OF_A_DATE = 7
"""How often Tab may stop within one field, at most."""
WATCH = """() => {
  const wanted = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const name = e => (e.id || e.getAttribute('name') || e.getAttribute('href') || e.textContent)
    .trim().slice(0, 60);
  const key = e => e.type === 'radio' ? `radio ${e.name}` : `${e.localName} ${name(e)}`;
  const open = e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && !e.closest('[inert]')
    && e.checkVisibility({visibilityProperty: true});
  window.toReach = [...document.querySelectorAll(wanted)].filter(open);
  window.reached = new Set();
  window.faults = [];
  document.addEventListener('focusin', ({target}) => {
    reached.add(key(target));
    const marks = [target, ...document.querySelectorAll(`label[for="${CSS.escape(target.id)}"]`)];
    if (target.closest('label')) marks.push(target.closest('label'));
    const seen = marks.some(e => ['', '::before', '::after'].some(part => {
      const style = getComputedStyle(e, part || undefined);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== 'none';
    }));
    if (!seen) faults.push(`no ring: ${key(target)}`);
  });
  window.unreached = () => [...new Set(toReach.filter(open).map(key))].filter(k => !reached.has(k));
  document.activeElement.blur();
  return toReach.length;
}"""


def faults_of(page: Page) -> list[str]:
    """Press Tab from the top to the end of the page that is open."""
    steps = page.evaluate(WATCH)
    unreached = []
    for _ in range(PARTS_OF_A_DATE):
        for _ in range(steps + 3):
            page.keyboard.press("Tab")
        if not (unreached := page.evaluate("unreached()")):
            break
    return [*page.evaluate("faults"), *(f"not reached: {one}" for one in unreached)]
