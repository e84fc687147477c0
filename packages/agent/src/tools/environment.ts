/** The environment that programs get: what they need to run, and nothing that opens a door elsewhere. */

const secretName =
  /KEY|TOKEN|SECRET|PASS(WORD|WD|PHRASE|CODE)?(_|$)|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH(?!ORS?(_|$))|BEARER|COOKIE|PRIVATE|SIGNATURE|WEBHOOK|(^|_)(PAT|PWD|PIN|DSN|OTP|SALT|JWT|SAS)(_|$)|CONNECTION_?STRING|CONN_?STR|DATABASE_URL|(MONGO|REDIS|POSTGRES|MYSQL|AMQP|RABBITMQ)\w*_UR[IL]$|DBUS_SESSION/i;

/** Tokens that give themselves away, a key in PEM, and an address with a password in it. */
const secretValue =
  /(^|[^A-Za-z0-9])(sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|npm_\w{30,}|hf_\w{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.)|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** What the program that started the server left behind: it is wrong in another folder. */
const notTheirs = /^(npm_(lifecycle|package)_\w+|npm_command|npm_execpath|npm_node_execpath|INIT_CWD|PWD|OLDPWD)$/;

/**
 * @param env The server's own.
 * @param allowed Names that are passed on whatever they hold.
 * @param secrets Values that are passed under no other name.
 */
export function safeEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[] = [],
  secrets: readonly string[] = [],
): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const isSecret =
      secretName.test(name) ||
      secretValue.test(value) ||
      secrets.some((secret) => secret.length >= secretLengthMin && value.includes(secret));
    if (allowed.includes(name) || !(isSecret || notTheirs.test(name))) safe[name] = value;
  }
  return safe;
}

/** Shorter values stand in ordinary text by chance. */
export const secretLengthMin = 8;

export interface NamedSecret {
  name: string;
  value: string;
}

/** What `safeEnvironment` keeps back for being a secret: for the redactor, should a program find it elsewhere. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): NamedSecret[] {
  const found: NamedSecret[] = [];
  for (const [name, value = ''] of Object.entries(env)) {
    const isPlace = /(SOCK|FILE|PATH|DIR|AUTHORITY)$/i.test(name);
    const isSecret = !notTheirs.test(name) && (secretName.test(name) || secretValue.test(value));
    if (isSecret && !isPlace && value.length >= secretLengthMin) found.push({ name, value });
  }
  return found;
}
