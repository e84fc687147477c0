/** Times as people read them in a terminal: in the system's zone, as short as the distance allows. */

const dayMs = 86_400_000;

/** `14:29` today, `11-12 14:29` within the year, `2025-11-12` before. */
export function shortTime(at: string, now: number): string {
  const [then, today] = [local(at), local(new Date(now).toISOString())];
  if (then.slice(0, 10) === today.slice(0, 10)) return then.slice(11, 16);
  return now - Date.parse(at) < 300 * dayMs ? then.slice(5, 16) : then.slice(0, 10);
}

/** `2026-11-20 14:29:03`. */
export function longTime(at: string): string {
  return local(at).slice(0, 19);
}

/** `3 min ago`. */
export function ago(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** The local clock, written like an ISO time. */
function local(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().replace('T', ' ');
}
