/** The message being written: sent once, kept until it is taken, and what was sent before at hand with ↑. */
import type { FollowedSession } from '@taffrail/client';
import { newTurnId } from '@taffrail/wire';
import { type KeyboardEvent, useRef } from 'react';
import { useDraft } from '../../app/drafts.js';
import { useOrder } from '../../app/orders.js';
import { serves } from '../../app/served.js';
import { showToast } from '../../app/toasts.js';
import { promptsOf, recalled } from './history.js';
import type { DraftFiles } from './use-draft-files.js';

const compactCommand = '/compact';

export type Mode = 'steer' | 'queue';

type Setting = {
  sessionId: string;
  followed: FollowedSession;
  /** `null`: this server takes none; those of the draft wait for one that does. */
  files: DraftFiles | null;
  mode: Mode;
  onSent: () => void;
};

export type Writing = {
  text: string;
  change: (text: string) => void;
  send: () => void;
  /** True where the key brought back something from before. */
  recall: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  canSend: boolean;
  isSending: boolean;
};

export function useWriting({ sessionId, followed, files, mode, onSent }: Setting): Writing {
  const [text, setText] = useDraft(sessionId);
  const order = useOrder('start');
  const compact = useOrder('compact');
  const attachments = files?.kept.map(({ hash, name }) => ({ hash, name })) ?? [];
  // The same message sent again after a lost answer is the same order: the server does it once.
  const lastOrder = useRef({ id: '', said: '' });
  const isEmpty = text.trim() === '' && attachments.length === 0;
  const canSend = !isEmpty && (files?.isReady ?? true) && !order.isPending;

  const send = () => {
    if (!canSend) return;
    if (text.trim() === compactCommand) {
      // As a message it would only puzzle the model.
      if (!serves('compact')) return void showToast({ text: 'This server cannot compact a context.', isError: true });
      compact.send({ sessionId }, () => setText(''));
      return;
    }
    const said = JSON.stringify([text, attachments]);
    if (lastOrder.current.said !== said) lastOrder.current = { id: newTurnId(), said };
    order.send({ sessionId, id: lastOrder.current.id, input: text.trim(), mode, attachments }, () => {
      lastOrder.current = { id: '', said: '' };
      setText('');
      files?.clear();
      onSent();
    });
  };
  const recall = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    const prompts = promptsOf(followed.session.items.values());
    const next = recalled(prompts, text, event.key === 'ArrowUp' ? 1 : -1);
    if (next === null) return false;
    setText(next);
    return true;
  };
  return { text, change: setText, send, recall, canSend, isSending: order.isPending };
}
