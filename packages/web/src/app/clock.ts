/** The present moment for labels that age, and the local day for questions about today. */
import { useEffect, useState } from 'react';
import { dayOf } from '../parts/format-time.js';

/** Now, refreshed every `everyMs`. */
export function useNow(everyMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The local day `YYYY-MM-DD`; changes at midnight. */
export function useToday(): string {
  return dayOf(useNow(60_000));
}
