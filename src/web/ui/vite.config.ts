/** Builds the page into `dist/web`. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The page is served at the top, or below the name of one of several cameras.
  base: './',
  // React's way of JSX, by Preact.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/web',
    emptyOutDir: true,
    // The content-security policy takes no data: scripts, and pictures are few.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
