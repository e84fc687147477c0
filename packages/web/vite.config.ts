/** Builds the web app into dist/web; in development it stands in front of a running `taffrail serve`. */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { ahead } from './build/ahead.js';

const server = process.env.TAFFRAIL_SERVER ?? 'http://127.0.0.1:7420';

/** By the first part of their addresses, as the router has them. */
const places = {
  '': '/places/workbench/',
  sessions: '/places/sessions/',
  s: '/places/reader/',
  search: '/places/search/',
  analytics: '/places/analytics/',
  settings: '/places/settings/',
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss(), ahead(places)],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Every asset is a file: the server's content policy allows no inline data.
    assetsInlineLimit: 0,
    // Places share icons by twos and threes: a file for each would be a dozen requests before the first place is seen.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'icons', test: /lucide-react/ }] } } },
  },
  server: {
    port: 7421,
    // The server only accepts its own origin, so the proxy speaks in its name.
    proxy: {
      '/api': { target: server, changeOrigin: true, ws: true, headers: { origin: server } },
      '/stream': { target: server, changeOrigin: true, ws: true, headers: { origin: server } },
    },
  },
});
