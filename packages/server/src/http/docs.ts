/** The API's routes on one page, from its OpenAPI document; no script, no other server. */

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string }[];
}

export function docsPage(document: { info: { title: string; version: string }; paths?: object }): string {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => route(method, path, operation)),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>taffrail API</title><style>${style}</style>
<h1>taffrail API <small>${escaped(document.info.version)}</small></h1>
<p>Every route needs <code>Authorization: Bearer …</code> or the sign-in cookie. Machines read <a href="openapi.json">openapi.json</a>.</p>
${routes.join('\n')}</html>`;
}

const style =
  ':root{color-scheme:light dark;font:14px/1.5 system-ui}body{max-width:50rem;margin:2rem auto;padding:0 1rem}section{border-top:1px solid #8884;padding:.5rem 0}code,h2{font-family:ui-monospace,monospace}h2{font-size:1rem;margin:0}p,ul{margin:.25rem 0}small{opacity:.7}';

function route(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, description }) =>
      `<li><code>${escaped(name)}</code> <small>${escaped(place)}${required ? ', required' : ''}</small> ${escaped(description ?? '')}</li>`,
  );
  return `<section><h2>${method.toUpperCase()} ${escaped(path)}</h2><p>${escaped(operation.summary ?? '')}</p><ul>${parameters.join('')}</ul></section>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
