import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist/web', rollupOptions: { input: ['index.html', 'apollo.html', 'urql.html'] } },
});
