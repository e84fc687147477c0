/** Builds the web app into dist/web; in development it stands in front of a running `taffrail serve`. */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.TAFFRAIL_SERVER ?? 'http://127.0.0.1:7420';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss()],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Every asset is a file: the server's content policy allows no inline data.
    assetsInlineLimit: 0,
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
