/** What measured programs say of themselves. */

export interface Used {
  /** Time on all processors, in the program and in the system on its behalf. */
  cpuMs: number;
  wallMs: number;
}

export interface ImportedOnce extends Used {
  /** When usage could be asked for; the text index came after. */
  answerable: Used;
  rows: number;
  files: number;
  requests: number;
  /** Input and output. */
  tokens: number;
  peakBytes: number;
  databaseBytes: number;
}

export interface Floored extends Used {
  rows: number;
}
