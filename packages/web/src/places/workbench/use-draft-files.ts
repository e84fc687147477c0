/** The files of the message that is being written in a session. */
import type { KeptFile } from '@taffrail/wire';
import { useCallback, useEffect, useRef, useState } from 'react';
import { rest } from '../../app/api.js';
import { draftFiles, storeDraftFiles } from '../../app/drafts.js';
import { smallerImage } from '../../app/smaller-image.js';
import { type Upload, upload } from '../../app/upload.js';
import { areReady, changed, type DraftFile, keptOf, problemBefore } from './draft-files.js';

export interface DraftFiles {
  list: readonly DraftFile[];
  kept: readonly KeptFile[];
  isReady: boolean;
  add: (files: Iterable<File>) => void;
  remove: (key: string) => void;
  /** They went out with their message. */
  clear: () => void;
}

let lastKey = 0;
const nextKey = () => `file-${++lastKey}`;

export function useDraftFiles(sessionId: string): DraftFiles {
  const [list, setList] = useState<DraftFile[]>(() => draftFiles(sessionId).map((file) => restored(sessionId, file)));
  const uploads = useRef(new Map<string, Upload>());
  const count = useRef(list.length);
  count.current = list.length;
  const kept = keptOf(list);
  const known = JSON.stringify(kept);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept is compared by what it says
  useEffect(() => storeDraftFiles(sessionId, kept), [sessionId, known]);
  // What is on its way is given up with its page; what has arrived waits in the draft.
  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const { abort } of running.values()) abort();
    };
  }, []);

  const send = useCallback(
    async (key: string, given: File) => {
      const file = await smallerImage(given);
      const change = (next: (old: DraftFile) => DraftFile) => setList((all) => changed(all, key, next));
      const sending = upload(sessionId, file, (share) => change((old) => ({ ...old, state: 'sending', share })));
      uploads.current.set(key, sending);
      const outcome = await sending.done;
      uploads.current.delete(key);
      if (outcome === null) return;
      if ('problem' in outcome) {
        const { detail, title } = outcome.problem;
        return change((old) => ({ ...old, state: 'failed', problem: detail || title }));
      }
      const { name, sizeBytes } = outcome.file;
      change((old) => ({ ...old, name, sizeBytes, state: 'kept', file: outcome.file }));
    },
    [sessionId],
  );
  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const problem = problemBefore(file.name, file.size, count.current);
        const key = nextKey();
        count.current += 1;
        const entry = { key, name: file.name, sizeBytes: file.size, preview: previewOf(file) };
        setList((all) => [
          ...all,
          problem === null ? { ...entry, state: 'sending', share: 0 } : { ...entry, state: 'failed', problem },
        ]);
        if (problem === null) void send(key, file);
      }
    },
    [send],
  );
  const remove = (key: string) => {
    uploads.current.get(key)?.abort();
    setList((all) => all.filter((file) => file.key !== key || forget(file)));
  };
  const clear = () => {
    for (const file of list) forget(file);
    setList([]);
  };
  return { list, kept, isReady: areReady(list), add, remove, clear };
}

function restored(sessionId: string, file: KeptFile): DraftFile {
  const { name, sizeBytes, hash, mediaType } = file;
  const preview = mediaType.startsWith('image/') ? rest.links.blob(sessionId, hash) : null;
  return { key: nextKey(), name, sizeBytes, preview, state: 'kept', file };
}

// What a browser shows as a picture without running anything in it.
const previewed = /^image\/(png|jpeg|gif|webp)$/;

function previewOf(file: File): string | null {
  return previewed.test(file.type) ? URL.createObjectURL(file) : null;
}

/** Lets go of what is held for the preview. Always false, so that lists can leave it out with it. */
function forget({ preview }: DraftFile): false {
  if (preview?.startsWith('blob:')) URL.revokeObjectURL(preview);
  return false;
}
