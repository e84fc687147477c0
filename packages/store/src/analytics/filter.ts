/** Which part of the archive a question is about. */

/** Usage of the demo model is made up: it stands in its session, and in no report. */
export const simulatedProvider = 'demo';

export interface Filter {
  /** Milliseconds since 1970, inclusive; on a quarter of an hour. */
  since?: number;
  /** Exclusive. */
  until?: number;
  /** Of each list, the empty name stands for what names none. */
  agents?: readonly string[];
  projects?: readonly string[];
  models?: readonly string[];
}
