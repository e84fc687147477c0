/** The importers' fixtures laid out as home folders, for tests that import real logs of every agent. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openForeignDatabase } from '@taffrail/store';

export interface Fixture {
  agent: string;
  /** The agent's version and the scenario: `codex/0.169-fork`. */
  name: string;
  folder: string;
  truth: { all: Record<string, number | null>; roots: Record<string, Record<string, number | null>> };
}

const importers = fileURLToPath(new URL('../../../importers/src/', import.meta.url));

/** Where an agent's own folder lies below a home; fixtures that bring their folder along have none. */
const places: Record<string, string> = {
  claude: '.claude',
  codex: '.codex',
  copilot: '.copilot',
  opencode: '.local/share',
};

export const fixtures: readonly Fixture[] = readdirSync(importers, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.includes(`${sep}fixtures${sep}`) && basename(path) === 'truth.json')
  .map((path) => {
    const folder = dirname(join(importers, path));
    const [agent = '', , ...rest] = relative(importers, folder).split(sep);
    const truth = JSON.parse(readFileSync(join(importers, path), 'utf8')) as Fixture['truth'];
    return { agent, name: `${agent}/${rest.join('/')}`, folder, truth };
  })
  .sort((one, other) => (one.name < other.name ? -1 : 1));

/** Lays a fixture out below `home`, where its agent would have it. Several of one agent may share a home. */
export function layOut(fixture: Fixture, home: string): void {
  const target = join(home, places[fixture.agent] ?? '');
  mkdirSync(target, { recursive: true });
  cpSync(fixture.folder, target, { recursive: true });
  for (const name of ['truth.json', 'drafts.json', 'rows.json']) rmSync(join(target, name), { force: true });
  const rows = join(fixture.folder, 'rows.json');
  if (existsSync(rows)) buildDatabase(rows, join(target, 'opencode'), basename(fixture.name));
}

type Records = Record<string, Record<string, unknown>[]>;

/** opencode's database, its tables as far as the rows fill them. Each fixture has one of its own, as its channels do. */
function buildDatabase(rows: string, folder: string, channel: string): void {
  mkdirSync(folder, { recursive: true });
  const tables = JSON.parse(readFileSync(rows, 'utf8')) as Records;
  const database = openForeignDatabase(join(folder, `opencode-${channel}.db`));
  database.all('BEGIN');
  for (const [table, records] of Object.entries(tables)) {
    const columns = Object.keys(records[0] ?? { id: '' });
    database.all(`CREATE TABLE ${table} (${columns.join(', ')})`);
    const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    for (const record of records) database.all(insert, ...columns.map((column) => sqlValue(record[column])));
  }
  database.all('COMMIT');
  database.close();
}

function sqlValue(value: unknown): string | number {
  return (typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? null)) as string | number;
}
