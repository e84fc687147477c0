/** Key caps, with the command key as this machine writes it. */
import { Command } from 'lucide-react';
import type { ReactNode } from 'react';

export const isApple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

export function Kbd({ children, command }: { children: ReactNode; command?: boolean }) {
  return (
    <span className="kbd">
      {command ? isApple ? <Command aria-hidden="true" /> : 'Ctrl ' : null}
      {children}
    </span>
  );
}
