import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { listPhotos } from '../../../src/training/data/dataset.ts';
import { LAUNCHER, ROOT, surfwatch } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

const CONTACT = ['--contact', 'https://example.org/surfwatch'];

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [LAUNCHER, 'dataset', 'collect', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const collect = (args: readonly string[]) => surfwatch(['dataset', 'collect', ...args]);

async function ended(child: ChildProcess) {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const [output, errors, [status, signal]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'close'),
  ]);
  return { output, errors, status, signal };
}

function from(server: StandIn): string[] {
  return ['--openverse-url', server.url, '--wikimedia-url', server.url, ...CONTACT];
}

async function servedPictures(server: StandIn, count: number): Promise<void> {
  while (server.pictures().length < count) await new Promise(resolve => setTimeout(resolve, 10));
}

describe('surfwatch dataset collect', () => {
  test('killed in the middle, it leaves nothing half done and goes on where it was', async () => {
    const pictures = Array.from({ length: 20 }, (_, index) => `pictures/${index}.jpg`);
    const server = await startStandIn({
      openverse: pictures.slice(0, 10),
      wikimedia: pictures.slice(10),
      slowness: 20,
    });
    const out = await temporaryFolder();
    const args = [
      'surfing=wave',
      'none=sand',
      '--per-class',
      '7',
      '--per-author',
      '50',
      '--out',
      out,
      '--json',
    ];
    const killed = start([...args, ...from(server)]);
    const end = ended(killed);
    await servedPictures(server, 5);
    killed.kill('SIGKILL');
    expect(await end).toMatchObject({ signal: 'SIGKILL', output: '' });
    const asked = server.pictures();
    const names = await readdir(join(out, 'surfing'));
    const kept = names.filter(name => name.endsWith('.jpg'));
    expect(kept.length).toBeGreaterThan(2);
    for (const name of kept) {
      await sharp(join(out, 'surfing', name), { failOn: 'error' }).stats();
      expect(names).toContain(`${name}.json`);
    }

    const { status, output, errors } = await ended(start([...args, ...from(server)]));
    expect([status, errors]).toEqual([0, '']);
    const report = JSON.parse(output);
    expect(report).toMatchObject({ out, problems: [], interrupted: false });
    expect(report.classes.map((one: { pictures: number }) => one.pictures)).toEqual([7, 7]);
    const photos = await listPhotos(out);
    expect(photos).toHaveLength(14);
    expect(photos.every(({ group }) => /^(flickr|wikimedia)\//.test(group))).toBe(true);
    // The one that was under way when it was killed, at most, had to be fetched anew.
    const all = server.pictures();
    expect(all.length - new Set(all).size).toBeLessThanOrEqual(1);
    expect(all.slice(asked.length).filter(path => asked.slice(0, -1).includes(path))).toEqual([]);
    expect((await readdir(join(out, 'surfing'))).filter(name => name.endsWith('.new'))).toEqual([]);
    expect([...server.userAgents]).toEqual([
      expect.stringMatching(/^surfwatch\/\d+\.\d+\.\d+ \(https:\/\/example\.org\/surfwatch\)$/),
    ]);
  });

  test('Ctrl-C: it stops in good order', async () => {
    const pictures = Array.from({ length: 12 }, (_, index) => `pictures/${index}.jpg`);
    const server = await startStandIn({ openverse: pictures, slowness: 50 });
    const out = await temporaryFolder();
    const child = start(['surfing', '--from', 'openverse', '--out', out, ...from(server)]);
    const end = ended(child);
    await servedPictures(server, 3);
    child.kill('SIGINT');
    const { status, output, errors } = await end;
    expect([status, errors]).toEqual([130, 'stopping; the same command goes on from here\n']);
    expect(output).toMatch(/^class +pictures +new +wanted\nsurfing +(\d) +\1 +100$/m);
    const photos = await listPhotos(out);
    const manifest = await readFile(join(out, 'manifest.csv'), 'utf8');
    expect(manifest.trim().split('\n')).toHaveLength(photos.length + 1);
  });

  test('wrong usage: said so, status 2, and nothing is fetched', async () => {
    const out = ['--out', '/nonexistent/folder'];
    const [contact, licence] = await Promise.all([
      collect(['surfing', ...out]),
      collect(['surfing', '--license', 'by,gfdl', ...CONTACT, ...out]),
    ]);
    expect([contact.status, licence.status]).toEqual([2, 2]);
    expect(contact.errors).toContain('collection-refused: --contact is missing: Wikimedia requires');
    expect(licence.errors).toContain('gfdl is none of them');
  });

  test('a service that can’t be reached: said so, status 1', async () => {
    const out = await temporaryFolder();
    const nowhere = ['--openverse-url', 'http://127.0.0.1:9/', '--from', 'openverse'];
    const { status, errors } = await collect(['surfing=wave', '--out', out, ...nowhere]);
    expect(status).toBe(1);
    expect(errors).toContain('collection-failed: openverse, “wave”: http://127.0.0.1:9');
    expect(await readdir(out)).toEqual([]);
  });
});
