/** Keys and help. */
import { Dialog } from 'radix-ui';
import { Kbd } from '../parts/kbd.js';
import { showOverlay } from './overlays.js';

const groups: { title: string; keys: { caps: string[]; command?: boolean; does: string }[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      { caps: ['K'], command: true, does: 'search sessions, everything said and done, and commands' },
      { caps: ['?'], does: 'this list' },
      { caps: ['Esc'], does: 'close what lies on top' },
    ],
  },
  {
    title: 'Tabs of the Workbench',
    keys: [
      { caps: ['T'], command: true, does: 'new session; Alt T where the browser keeps the key' },
      { caps: ['W'], command: true, does: 'close and archive; Alt W' },
      { caps: ['Shift', 'T'], command: true, does: 'reopen the last one closed' },
      { caps: ['1', '–', '9'], command: true, does: 'go to a tab' },
    ],
  },
  {
    title: 'In a live session',
    keys: [
      { caps: ['i'], does: 'write' },
      { caps: ['↵'], does: 'send; a new line with Shift' },
      { caps: ['↑'], does: 'what was asked before' },
      { caps: ['Esc'], does: 'stop what runs' },
      { caps: ['a', 'A', 'd'], does: 'allow once, always allow, deny' },
    ],
  },
  {
    title: 'Sessions',
    keys: [
      { caps: ['/'], does: 'go to the search field' },
      { caps: ['↑', '↓'], does: 'move in the list' },
      { caps: ['→', '←'], does: 'show and hide sub-agents' },
      { caps: ['↵'], does: 'open' },
    ],
  },
  {
    title: 'In a session',
    keys: [
      { caps: ['j', 'k'], does: 'next and previous turn' },
      { caps: ['[', ']'], does: 'previous and next session of the list' },
      { caps: ['/'], does: 'find in this session' },
      { caps: ['u'], does: 'usage' },
      { caps: ['t'], does: 'trace; in it, arrows move and fold, + − 0 zoom, ↵ shows in the transcript' },
    ],
  },
];

export default function Help() {
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : showOverlay(null))}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="pal-in strong">Keys</Dialog.Title>
          <div className="help">
            {groups.map((group) => (
              <section key={group.title}>
                <h3>{group.title}</h3>
                {group.keys.map((key) => (
                  <div key={key.does} className="help-i">
                    <span className="row">
                      {key.caps.map((cap) => (
                        <Kbd key={cap} {...(key.command ? { command: true } : {})}>
                          {cap}
                        </Kbd>
                      ))}
                    </span>
                    <span className="ink2">{key.does}</span>
                  </div>
                ))}
              </section>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
