/**
 * Bundles the program. The command line and the usage reports are one CommonJS file: a report is over before a dozen files
 * would be found and opened, or Node's module loader had begun. What else a command needs is loaded when it is run, as ES
 * modules that share chunks.
 *
 * Two things would make every command load everything. esbuild decides file by file what goes into a shared chunk, and
 * each package is reached through one index that names all its files: so imports of an index are first pointed at the
 * files that it stands for. And the price package holds its table as code: it is written as a file of JSON lines.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { root } from './tree.mjs';

/** Builds into `outdir`: taffrail.cjs, the commands, import-worker.mjs, and what they load. Returns what is loaded by name. */
export async function bundleProgram(outdir) {
  const { build, stop } = await import('esbuild');
  const later = { 'import-worker': join(root, 'packages/server/src/import/worker.ts') };
  try {
    const main = join(root, 'packages/cli/src/main.ts');
    await build({ ...commandLine(outdir, later), entryPoints: { taffrail: main } });
    await build({ ...modules(outdir), entryPoints: later });
    await writePrices(outdir);
    return [...Object.keys(later).map((name) => `${name}.mjs`), 'taffrail.cjs'];
  } catch ({ errors, message }) {
    throw new Error(errors ? `the program could not be built: ${errors.length} errors, shown above` : message);
  } finally {
    await stop();
  }
}

function optionsFor(outdir) {
  return {
    outdir,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [pastIndexes, pricesApart],
    // Native packages look for their binaries beside themselves, so they stay where npm put them.
    external: ['@photostructure/sqlite', '@parcel/watcher'],
  };
}

/** `later` is told what is not part of it: by name, the source that it loads when it needs it. */
function commandLine(outdir, later) {
  const shared = optionsFor(outdir);
  return {
    ...shared,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': '__filename' },
    plugins: [loadedLater(later), withoutProcesses, sqliteByPath(outdir), ...shared.plugins],
  };
}

function modules(outdir) {
  return {
    ...optionsFor(outdir),
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    // CommonJS packages call `require` for Node's own modules; an ES module has none.
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module';\nconst require = nodeRequire(import.meta.url);",
    },
  };
}

/** Sources that reports load, though not every command does. */
const withTheCommandLine = ['packages/cli/src/commands/usage.ts', 'packages/server/src/prices.ts'];

function loadedLater(later) {
  return {
    name: 'loaded-later',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
        const source = join(resolveDir, path).replace(/\.js$/, '.ts');
        if (kind !== 'dynamic-import' || withTheCommandLine.some((part) => source === join(root, part))) return null;
        const name = basename(source, '.ts');
        later[name] = source;
        return { path: `./${name}.mjs`, external: true };
      });
    },
  };
}

/** Commander could run programs as its commands, and loads for that what Node has for processes and sockets. */
const withoutProcesses = {
  name: 'without-processes',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace(
        "const childProcess = require('node:child_process');",
        'const childProcess = {};',
      );
      if (contents === source) throw new Error('commander loads processes in another way: see bundle-program.mjs');
      return { contents };
    });
  },
};

/** By name it would be looked for in every folder above, and in its package's list of exports. */
function sqliteByPath(outdir) {
  const file = createRequire(join(root, 'packages/store/src/')).resolve('@photostructure/sqlite');
  // Builds are made beside the folder that they are moved to.
  const path = relative(resolve(outdir), file).replaceAll('\\', '/');
  return {
    name: 'sqlite-by-path',
    setup({ onLoad }) {
      onLoad({ filter: /store[\\/]src[\\/]sqlite[\\/]package\.ts$/ }, () => ({
        contents: `const load = require; export const sqlitePackage = load(${JSON.stringify(path)});`,
      }));
    },
  };
}

const ourImports = /^(import|export) \{([^}]*)\} from '(@taffrail\/[a-z]+)';$/gm;

/** Imports of a package's index become imports of the files in which the names are declared. */
const pastIndexes = {
  name: 'past-indexes',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][a-z]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(ourImports, (statement, verb, names, specifier) => {
        const direct = specifiersIn(names).map(({ name, alias }) => {
          const place = declaredIn(indexOf(specifier)).get(name);
          if (!place) throw new Error(`${path}: ${specifier} exports nothing called ${name}`);
          return `${verb} { ${place.name} as ${alias} } from ${JSON.stringify(place.file)};`;
        });
        // As many lines as before, so that source maps still name the right ones.
        return direct.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
      });
      return { contents, loader: 'ts' };
    });
  },
};

function indexOf(specifier) {
  return join(root, 'packages', specifier.slice('@taffrail/'.length), 'src/index.ts');
}

/** The values among `a, type B, c as d`. */
function specifiersIn(names) {
  const parts = names.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => part.split(/\s+as\s+/))
    .map(([name, alias = name]) => ({ name, alias }));
}

const known = new Map();

/** What a file exports, by name: the file in which it is declared, and its name there. */
function declaredIn(file) {
  if (known.has(file)) return known.get(file);
  const source = readFileSync(file, 'utf8');
  const declared = new Map();
  known.set(file, declared);
  for (const [, name] of source.matchAll(/^export (?:async |abstract )*(?:function\*?|class|const|let) (\w+)/gm)) {
    declared.set(name, { file, name });
  }
  for (const [, from] of source.matchAll(/^export \* from '([^']+)';$/gm)) {
    for (const [name, place] of declaredIn(sourceOf(from, file))) declared.set(name, place);
  }
  for (const [, names, from] of source.matchAll(/^export \{([^}]*)\} from '([^']+)';$/gm)) {
    for (const { name, alias } of specifiersIn(names)) declared.set(alias, declaredIn(sourceOf(from, file)).get(name));
  }
  return declared;
}

function sourceOf(specifier, importer) {
  if (specifier.startsWith('@taffrail/')) return indexOf(specifier);
  const path = join(dirname(importer), specifier);
  const source = path.replace(/\.js$/, '.ts');
  return existsSync(source) ? source : path;
}

const pricesName = 'prices.ndjson';

/** The bundle reads its prices from a file beside it: as code they would be looked through whenever they are loaded. */
const pricesApart = {
  name: 'prices-apart',
  setup({ onLoad }) {
    onLoad({ filter: /@pydantic[\\/]genai-prices[\\/]dist[\\/]index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const name = /^const (\w+) = \[\n/.exec(source)?.[1];
      const end = source.indexOf('\n]');
      if (!name || end < 0)
        throw new Error('the price package no longer begins with its table: see bundle-program.mjs');
      const reading = [
        "import { readFileSync as readPrices } from 'node:fs';",
        "import { createRequire as requireFrom } from 'node:module';",
        // All of it is ASCII, which is read without decoding.
        `const priceLines = readPrices(requireFrom(import.meta.url).resolve('./${pricesName}'), 'latin1').split('\\n');`,
        `const ${name} = priceLines.map(${providerFrom})`,
      ].join('\n');
      // Its units are set up where they are declared; we ask for models only, and leave them out.
      const rest = source.slice(end + '\n]'.length).replace(/^const (\w+) = new /gm, 'const $1 = /* @__PURE__ */ new ');
      return { contents: `${reading}${rest}` };
    });
  },
};

/** Runs in the bundle: a provider whose models are parsed when they are first asked for. */
function providerFrom(line) {
  const [provider, models] = line.split('\t');
  return Object.defineProperty(JSON.parse(provider), 'models', {
    configurable: true,
    enumerable: true,
    get() {
      const value = JSON.parse(models);
      Object.defineProperty(this, 'models', { value, enumerable: true });
      return value;
    },
  });
}

/** A line for each provider: what it is, a tab (JSON writes those of texts otherwise), and its models. */
async function writePrices(outdir) {
  const { waitForUpdate } = await import('@pydantic/genai-prices');
  const lines = (await waitForUpdate()).map(({ models, ...provider }) => `${json(provider)}\t${json(models)}`);
  writeFileSync(join(outdir, pricesName), lines.join('\n'));
}

/** Parts of the price table that no price is computed from. */
const prose = ['description', 'price_comments', 'pricing_urls', 'extractors'];

function json(value) {
  const text = JSON.stringify(value, (key, part) => (prose.includes(key) ? undefined : part));
  return text.replace(/[^\p{ASCII}]/gu, escaped);
}

function escaped(character) {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}
