/** Times and durations in the reader's own zone. The moment "now" is always an argument. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The browser's time zone, as the API takes it. */
export const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How long something took: `24 ms`, `4.1 s`, `1m 20s`, `1h 12m`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** The length of a session: `3 s`, `7 min`, `1h 40`, `3 days`. */
export function span(ms: number): string {
  if (ms < minuteMs) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 60) return `${minutes} min`;
  if (ms < 2 * dayMs) return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.round(ms / dayMs)} days`;
}

/** What is left of a running job: `22 s`, `3 min`. */
export function remaining(ms: number): string {
  if (ms < minuteMs) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`;
  return `${Math.round(ms / hourMs)} h`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
// Written out: what browsers call September differs ("Sep", "Sept"), and columns are as wide as three letters.
export const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const exactFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `14:29`. */
export function clock(at: string): string {
  return clockFormat.format(new Date(at));
}

/** The whole moment, for hovers: `20 Nov 2026, 14:29:03`. */
export function exactTime(at: string): string {
  return exactFormat.format(new Date(at));
}

/** The local day of a moment as `YYYY-MM-DD`. */
export function dayOf(at: Date | string): string {
  const date = new Date(at);
  const month = String(date.getMonth() + 1).padStart(2, '0');
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, '0')}`;
}

/** Local noon of `YYYY-MM-DD`: a moment that no daylight change moves to another day. */
export function dateOfDay(day: string): Date {
  return new Date(`${day}T12:00:00`);
}

/** `YYYY-MM-DD` moved by whole days. */
export function addDays(day: string, count: number): string {
  const date = dateOfDay(day);
  date.setDate(date.getDate() + count);
  return dayOf(date);
}

/** `Today`, `Yesterday`, `Mon 26 Oct`, and with the year where it is another one. */
export function dayLabel(day: string, today: string): string {
  if (day === today) return 'Today';
  if (day === addDays(today, -1)) return 'Yesterday';
  const weekday = weekdayNames[dateOfDay(day).getDay()];
  return day.slice(0, 4) === today.slice(0, 4) ? `${weekday} ${shortDay(day, today)}` : shortDay(day, today);
}

/** `22 Oct`, with the year where it is not the current one. */
export function shortDay(day: string, today: string): string {
  const text = `${Number(day.slice(8))} ${monthNames[Number(day.slice(5, 7)) - 1]}`;
  return day.slice(0, 4) === today.slice(0, 4) ? text : `${text} ${day.slice(0, 4)}`;
}

/** When, as briefly as the distance allows: `14:29` today, `12 Nov` this year, `12 Nov 2025` before. */
export function when(at: string, now: Date): string {
  const day = dayOf(at);
  return day === dayOf(now) ? clock(at) : shortDay(day, dayOf(now));
}

/** `now`, `14 s ago`, `3 min ago`, `1 h ago`, `12 days ago`. */
export function ago(at: string, now: Date): string {
  const ms = now.getTime() - new Date(at).getTime();
  if (ms < 2000) return 'now';
  if (ms < minuteMs) return `${Math.round(ms / 1000)} s ago`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min ago`;
  if (ms < 2 * dayMs) return `${Math.round(ms / hourMs)} h ago`;
  return `${Math.round(ms / dayMs)} days ago`;
}
