/**
 * Bundles the program: one entry, commands that are loaded when they are run, and chunks for what they share.
 *
 * Two things would make every command load everything. esbuild decides file by file what goes into a shared chunk, and
 * each package is reached through one index that names all its files: so imports of an index are first pointed at the
 * files that it stands for. And the price package holds its table as code: it is written as JSON, a text per provider.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './tree.mjs';

/** Builds into `outdir`: taffrail.mjs, usage.mjs, import-worker.mjs, and what they load. */
export async function bundleProgram(outdir) {
  const { build, stop } = await import('esbuild');
  const shared = optionsFor(outdir);
  const entries = {
    taffrail: join(root, 'packages/cli/src/main.ts'),
    'import-worker': join(root, 'packages/server/src/import/worker.ts'),
  };
  try {
    await build({ ...shared, entryPoints: entries, splitting: true, plugins: [...shared.plugins, usageApart] });
    await build({
      ...shared,
      entryPoints: { usage: join(root, 'packages/cli/src/commands/usage.ts') },
      splitting: true,
    });
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
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [pastIndexes, pricesAsJson],
    // Native packages look for their binaries beside themselves, so they stay where npm put them.
    external: ['@photostructure/sqlite', '@parcel/watcher'],
    // CommonJS packages call `require` for Node's own modules; an ES module has none.
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module';\nconst require = nodeRequire(import.meta.url);",
    },
  };
}

/** A report is over before a dozen files would be found and opened: its code stands in one. */
const usageApart = {
  name: 'usage-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/commands\/usage\.js$/ }, () => ({ path: './usage.mjs', external: true }));
  },
};

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

const pricesAsJson = {
  name: 'prices-as-json',
  setup({ onLoad }) {
    onLoad({ filter: /@pydantic[\\/]genai-prices[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const { waitForUpdate } = await import('@pydantic/genai-prices');
      const providers = (await waitForUpdate()).map(({ models, ...provider }) => [json(provider), json(models)]);
      const name = /^const (\w+) = \[\n/.exec(source)?.[1];
      const end = source.indexOf('\n]');
      if (!name || end < 0)
        throw new Error('the price package no longer begins with its table: see bundle-program.mjs');
      const table = `${JSON.stringify(providers)}.map(${providerFrom})`;
      // Its units are set up where they are declared; we ask for models only, and leave them out.
      const rest = source.slice(end + '\n]'.length).replace(/^const (\w+) = new /gm, 'const $1 = /* @__PURE__ */ new ');
      return { contents: `const ${name} = ${table}${rest}` };
    });
  },
};

/** Runs in the bundle: a provider whose models are parsed when they are first asked for. */
function providerFrom([provider, models]) {
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

/** Parts of the price table that no price is computed from. */
const prose = ['description', 'price_comments', 'pricing_urls', 'extractors'];

function json(value) {
  return JSON.stringify(value, (key, part) => (prose.includes(key) ? undefined : part));
}
