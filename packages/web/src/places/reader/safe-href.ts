/** Which links of a log may be followed: only what opens a page or a mail. */

const allowed = new Set(['http:', 'https:', 'mailto:']);

/** The address if it is absolute and harmless, else `null`. Relative links of a log lead nowhere from here. */
export function safeHref(href: string | undefined): string | null {
  if (!href) return null;
  try {
    const url = new URL(href);
    return allowed.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
