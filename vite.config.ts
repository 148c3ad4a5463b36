import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Cross-origin isolation: SharedArrayBuffer and precise timers, and what a static host has to send as well.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './', // any host, any sub-path
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true },
  server: { headers: isolation },
  preview: { headers: isolation },
});
