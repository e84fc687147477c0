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

/**
 * Few files: a browser asks a server for six at a time, and forty small ones took a third of the time until the first words
 * were seen. What every page needs is one, what several places share is another, and a transcript is a third.
 */
const chunks = [
  { name: 'icons', test: /lucide-react/, priority: 4 },
  { name: 'base', test: /packages\/web\/src\/app\//, priority: 3 },
  // Languages of code are loaded one by one, when they are met.
  { name: 'common', test: /^(?!.*shiki)/, minShareCount: 3, priority: 2 },
  // All but the file that the router loads: a place begins with a chunk of its own.
  { name: 'transcript', test: /packages\/web\/src\/places\/(reader|trace)\/(?!reader\.tsx)/, priority: 1 },
];

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
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
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
