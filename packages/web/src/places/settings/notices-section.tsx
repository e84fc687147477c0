/** Notices of the system: when a session is done or asks while this page is not looked at. */
import { type NotifyState, setNotify, useNotifyState } from '../../app/notify.js';
import { Segmented } from '../../parts/segmented.js';

const options = [
  { value: 'off', label: 'None' },
  { value: 'on', label: 'When a session is done or asks' },
] as const;

const words: Record<NotifyState, string> = {
  off: 'Shown by the system while this page is hidden. The browser asks for permission once.',
  on: 'Shown by the system while this page is hidden.',
  refused: 'The browser was told to show none for this page. Allow notifications in its site settings first.',
  missing: 'This browser can show none.',
};

export function NoticesSection() {
  const state = useNotifyState();
  return (
    <section id="notices" className="set-sec">
      <h2>Notices</h2>
      <p>{words[state]}</p>
      {state === 'missing' || state === 'refused' ? null : (
        <Segmented
          label="Notices"
          value={state}
          options={options}
          onChange={(value) => void setNotify(value === 'on')}
        />
      )}
    </section>
  );
}
