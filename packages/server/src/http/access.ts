/** Who may talk to the server: the right host name, no foreign origin, and the token. */
import { timingSafeEqual } from 'node:crypto';

export interface AccessRules {
  token: string;
  /** Host names (with port where not the default) that reach this server; replaced when config.toml names others. */
  hosts: ReadonlySet<string>;
}

export type Refusal = { status: 401 | 403; detail: string } | null;

export const cookieName = 'taffrail';

interface RequestHead {
  host: string | undefined;
  origin: string | undefined;
  authorization: string | undefined;
  cookie: string | undefined;
}

/** A foreign `Host` is a rebound name, a foreign `Origin` another site's page: both are refused before the token counts. */
export function foreign(rules: AccessRules, head: RequestHead): Refusal {
  if (!head.host || !rules.hosts.has(head.host.toLowerCase())) {
    return {
      status: 403,
      detail: `This server does not answer to the name ${head.host ?? '(none)'}. Add it to allowed_hosts in config.toml if it should.`,
    };
  }
  if (head.origin === undefined || head.origin === '') return null;
  const origin = hostOf(head.origin);
  if (origin === null || !rules.hosts.has(origin))
    return { status: 403, detail: `Requests from ${head.origin} are refused.` };
  return null;
}

export function unauthorised(rules: AccessRules, head: RequestHead): Refusal {
  const shown = bearer(head.authorization) ?? cookie(head.cookie);
  if (shown !== null && same(shown, rules.token)) return null;
  return {
    status: 401,
    detail: 'Sign in with the link that `taffrail serve` prints, or send the token as `Authorization: Bearer …`.',
  };
}

export function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hostOf(origin: string): string | null {
  try {
    const url = new URL(origin);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.host.toLowerCase() : null;
  } catch {
    return null;
  }
}

function bearer(authorization: string | undefined): string | null {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function cookie(header: string | undefined): string | null {
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === cookieName);
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}
