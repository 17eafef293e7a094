import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT, packageRootOf, SHIPPED_MODELS } from '../../src/base/paths.ts';

test('the package root is the folder of package.json', () => {
  expect(PACKAGE_ROOT).toBe(resolve(import.meta.dirname, '../..'));
  expect(existsSync(SHIPPED_MODELS)).toBe(true);
});

test('it is the same from src and from dist, and the nearest one', () => {
  const root = mkdtempSync(join(tmpdir(), 'surfwatch-paths-'));
  try {
    const inner = join(root, 'node_modules', 'surf watch');
    for (const folder of ['src/base', 'dist/ops']) mkdirSync(join(inner, folder), { recursive: true });
    for (const folder of [root, inner]) writeFileSync(join(folder, 'package.json'), '{}');
    for (const module of ['src/base/paths.ts', 'dist/ops/paths.js']) {
      expect(packageRootOf(pathToFileURL(join(inner, module)).href)).toBe(inner);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a module outside of any package is told', () => {
  expect(() => packageRootOf('file:///nowhere/at/all.js')).toThrow('/nowhere/at/all.js');
});
