/** What a tool is, and what it is given: a folder it cannot leave, and every effect as an argument. */
import type { z } from 'zod';

/** What model, permissions and loop know of a tool. */
export interface ToolWords<Input = unknown> {
  /** As the model calls it and permissions name it. */
  name: string;
  /** Told to the model. */
  description: string;
  input: z.ZodType<Input>;
  /** JSON Schema that the model is told in place of `input`'s: of a tool from elsewhere, whose input is checked there. */
  schema?: Readonly<Record<string, unknown>>;
  /** Changes files: a check runs after a turn that used it. */
  writes: boolean;
  /** Its result tells the model nothing: an answer that calls for nothing else ends the turn. It needs no permission. */
  isQuiet?: true;
  /** May run at the same time as its neighbours: it changes nothing that they see. */
  together: boolean;
  /**
   * What a permission pattern is matched against: the command line, the path. With the session's `root` a path is
   * told relative to it, however the model spelt it: without, `/root/secrets/x` slips past a rule for `secrets/*`.
   */
  subject(input: Input, root?: string): string;
  /** "Always" allows it whatever its input is, and not this subject alone: its inputs are hardly ever the same twice. */
  alwaysWhole?: true;
}

export interface Tool<Input = unknown> extends ToolWords<Input> {
  /** Never throws for what the model or the file system did wrong: that is an outcome with status `error`. */
  run(input: Input, place: ToolPlace): Promise<ToolOutcome>;
}

/** Where a tool works. */
export interface ToolPlace {
  /** The session's folder, absolute and real (no link in it). */
  root: string;
  /** Aborted when the turn is stopped: the tool ends, and everything that it started. */
  signal: AbortSignal;
  /** Environment for programs: already without secrets. */
  env: Readonly<Record<string, string>>;
  /** Output as it comes, for whoever watches. The outcome's text is what the model gets. */
  output(text: string): void;
  /** Keeps what is too long for the model and names it: `read` opens it by that name (`output:…`). */
  keepAside(bytes: Uint8Array): Promise<string>;
  /** What was kept aside under this name; `null` where there is none. */
  aside(name: string): Promise<Uint8Array | null>;
  /** Told of each program that is started, so that a crash leaves none behind. The returned function says that it ended. */
  started(process: { pid: number; command: string }): () => void;
  /** Files that this session has read, with the hash of what was seen: `edit` and `write` refuse to overwrite unseen changes. */
  seen: Map<string, string>;
}

export interface ToolOutcome {
  status: 'ok' | 'error' | 'interrupted';
  /** What the model is told; at most `outputBytesMax` bytes. */
  text: string;
  /** Paths it created, changed or deleted, relative to the root, for the transcript. */
  changed?: string[];
  /** The whole output where `text` is a part of it. */
  whole?: Uint8Array;
  /** How the session is to be called from now on. */
  title?: string;
  /** What the model is to look at: images. */
  files?: { mediaType: string; name: string; bytes: Buffer }[];
}

/** A tool's answer to the model is cut to this: the middle is left out and its place says so. */
export const outputBytesMax = 32 * 1024;
