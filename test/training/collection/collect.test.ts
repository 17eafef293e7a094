import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openverseSearch } from '../../../src/training/collection/openverse.ts';
import { wikimediaSearch } from '../../../src/training/collection/wikimedia.ts';
import { listPhotos } from '../../../src/training/data/dataset.ts';
import { put } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { picture, startStandIn } from './stand-in.ts';
import { collectFrom, politeClient } from './support.ts';

function paths(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pictures/${index}.jpg`);
}

async function picturesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.jpg')).sort();
}

describe('collect', () => {
  test('keeps pictures with their licence, in the layout that is learnt from', async () => {
    const server = await startStandIn({ openverse: paths(6), wikimedia: paths(14).slice(10) });
    const out = await temporaryFolder();
    const searches = [openverseSearch(server.url, ['by'], ['wikimedia']), wikimediaSearch(server.url, 1300)];
    const collected = await collectFrom(server.url, out, { searches, perAuthor: 3 });
    expect(collected).toEqual({
      classes: [{ name: 'surfing', wanted: 100, pictures: 9, added: 9 }],
      skipped: { 'author-has-enough': 1 },
      problems: [],
      interrupted: false,
    });
    const photos = await listPhotos(out);
    expect(new Set(photos.map(({ group }) => group))).toEqual(
      new Set([...Array.from({ length: 6 }, (_, index) => `flickr/Author ${index}`), 'wikimedia/Ann "A."']),
    );
    const names = await picturesIn(join(out, 'surfing'));
    expect(names.every(name => /^(openverse|wikimedia)-[0-9a-f]{16}\.jpg$/.test(name))).toBe(true);
    const [file = ''] = names.filter(name => name.startsWith('wikimedia'));
    expect(JSON.parse(await readFile(join(out, 'surfing', `${file}.json`), 'utf8'))).toMatchObject({
      format: 1,
      api: 'wikimedia',
      title: expect.stringMatching(/^Photo & \d$/),
      author: 'Ann "A."',
      authorUrl: 'https://commons.wikimedia.org/wiki/User:Ann',
      licence: { id: 'by-sa', version: '4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0' },
      landing: expect.stringContaining('https://commons.wikimedia.org/wiki/File:'),
      original: expect.stringContaining('?original'),
      fetched: expect.not.stringContaining('?original'),
      isScaled: true,
      query: 'wave',
      retrievedAt: '2026-06-01T00:00:00.000Z',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      width: 220,
      height: 180,
    });
    const credits = await readFile(join(out, 'ATTRIBUTION.md'), 'utf8');
    expect(credits.split('\n').filter(line => line.startsWith('- `surfing/'))).toHaveLength(9);
    expect(credits).toContain(
      '[Wave 0](<https://photos.example/0>) by [Author 0](<https://photos.example/people/0>), ' +
        '[CC BY 2.0](<https://creativecommons.org/licenses/by/2.0/>)\n',
    );
    expect(server.requests.find(path => path.startsWith('/v1/'))).toBe(
      '/v1/images/?q=wave&license=by&excluded_source=wikimedia&page_size=20&page=1',
    );
    const wiki = new URLSearchParams(server.requests.find(path => path.startsWith('/w/'))?.split('?')[1]);
    expect(wiki.get('gsrsearch')).toBe('wave filetype:bitmap');
    expect([wiki.get('iiurlwidth'), wiki.get('maxlag')]).toEqual(['1280', '5']);
    expect(server.busiest()).toBe(1);
  });

  test('passes over what is no usable picture, and says why; the rest is kept', async () => {
    const answers: Record<
      string,
      { status?: number; headers?: Record<string, string>; body?: Buffer | string }
    > = {
      '/html': { headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' },
      '/broken': { body: (await picture(1)).subarray(0, 500) },
      '/tiny': { body: await picture(1, 100, 100) },
      '/again': { body: await picture(0) },
      '/missing': { status: 404 },
      '/moved': { status: 301, headers: { location: '/pictures/7.jpg' } },
    };
    const special = ['html', 'broken', 'tiny', 'again', 'missing', 'moved', 'busy', 'down'];
    const server = await startStandIn({
      openverse: [
        'pictures/0.jpg',
        ...special,
        'http://169.254.169.254/latest',
        'ftp://a.example/a.jpg',
        'pictures/9.jpg',
      ],
      answer: (request, response, count) => {
        const known = answers[request.url ?? ''];
        if (request.url === '/down') response.writeHead(500).end();
        else if (request.url === '/busy' && count === 1)
          response.writeHead(429, { 'retry-after': '1' }).end();
        else if (request.url === '/busy') void picture(5).then(bytes => response.end(bytes));
        else if (known === undefined) return false;
        else response.writeHead(known.status ?? 200, known.headers).end(known.body);
        return true;
      },
      change: (result, index) => (index === 11 ? { ...result, license: 'by-nc' } : result),
    });
    const out = await temporaryFolder();
    const collected = await collectFrom(server.url, out);
    expect(collected.classes).toEqual([{ name: 'surfing', wanted: 100, pictures: 3, added: 3 }]);
    // An ftp address is no result at all.
    expect(collected.skipped).toEqual({
      duplicate: 1,
      gone: 1,
      later: 1,
      licence: 1,
      'not-a-picture': 2,
      refused: 1,
      'too-small': 1,
    });
    expect(collected.problems).toEqual([expect.stringContaining('is busy (HTTP 500)')]);

    // Only what may do better another time is asked for again.
    server.requests.length = 0;
    const again = await collectFrom(server.url, out);
    expect(again.classes[0]).toMatchObject({ pictures: 3, added: 0 });
    expect(new Set(server.requests)).toEqual(new Set(['/down']));
  });

  test('goes on where it was: nothing is asked for twice', async () => {
    const server = await startStandIn({ openverse: paths(10) });
    const out = await temporaryFolder();
    await collectFrom(server.url, out, { perClass: 3 });
    expect(server.pictures()).toHaveLength(3);
    const collected = await collectFrom(server.url, out, { perClass: 9 });
    expect(collected.classes[0]).toMatchObject({ pictures: 9, added: 6 });
    expect(new Set(server.requests).size).toBe(server.requests.length);
    const before = server.requests.length;
    await collectFrom(server.url, out, { perClass: 9 });
    expect(server.requests).toHaveLength(before);
  });

  test('leaves a picture away that somebody threw out, and follows one that was moved', async () => {
    const server = await startStandIn({ openverse: paths(4) });
    const out = await temporaryFolder();
    const wanted = ['surfing', 'none'].map(name => ({ name, queries: [name] }));
    await collectFrom(server.url, out, { wanted, perClass: 2 });
    const [thrown = '', moved = ''] = await picturesIn(join(out, 'surfing'));
    await rm(join(out, 'surfing', thrown));
    await rename(join(out, 'surfing', moved), join(out, 'none', moved));
    await put(out, 'surfing/openverse-0123456789abcdef.jpg.new', 'half');
    await put(out, 'surfing/mine.jpg.new', 'not ours');
    const collected = await collectFrom(server.url, out, { wanted, perClass: 3 });
    expect(collected.classes.map(({ pictures }) => pictures)).toEqual([0, 3]);
    expect(collected.skipped).toMatchObject({ 'thrown-out-before': 1 });
    expect(await readdir(join(out, 'none'))).toContain(`${moved}.json`);
    expect((await readdir(join(out, 'surfing'))).sort()).toEqual(['mine.jpg.new', `${thrown}.json`].sort());
    const manifest = await readFile(join(out, 'manifest.csv'), 'utf8');
    expect(manifest).toContain(`none/${moved},flickr/`);
    expect(manifest).not.toContain(thrown);
    expect(new Set(server.pictures()).size).toBe(server.pictures().length);
  });

  test('keeps the rows of others in the manifest, and texts in their cells', async () => {
    const server = await startStandIn({
      openverse: paths(1),
      change: result => ({ ...result, creator: 'A, "B"\r\n=C', title: '](x) <b>`|\u202e' }),
    });
    const out = await temporaryFolder();
    await put(out, 'manifest.csv', 'file,camera,group\nsurfing/mine.jpg,phone,club\n');
    await put(out, 'surfing/mine.jpg', await picture(50));
    await collectFrom(server.url, out);
    const photos = await listPhotos(out);
    expect(photos.map(({ group }) => group).sort()).toEqual(['club', 'flickr/A, "B" =C']);
    expect(await readFile(join(out, 'manifest.csv'), 'utf8')).toContain('surfing/mine.jpg,club,,,,,phone\n');
    expect(await readFile(join(out, 'ATTRIBUTION.md'), 'utf8')).toContain('[\\](x) \\<b\\>\\`\\|](<https://');
  });

  test.each([
    ['manifest.csv', 'a,b\n1,2\n'],
    ['manifest.csv', 'file,group\n"x'],
    ['ATTRIBUTION.md', '# Mine'],
    ['surfing/openverse-0123456789abcdef.jpg.json', '{'],
  ])('touches nothing where %s holds %j', async (name, content) => {
    const server = await startStandIn({ openverse: paths(1) });
    const out = await temporaryFolder();
    await put(out, 'surfing/openverse-0123456789abcdef.jpg', '');
    await put(out, 'surfing/openverse-0123456789abcdef.jpg.json', JSON.stringify(PROVENANCE));
    const spoiled = await put(out, name, content);
    await expect(collectFrom(server.url, out)).rejects.toMatchObject({
      code: 'collection-unusable',
      message: expect.stringContaining(spoiled),
    });
    expect(server.requests).toEqual([]);
  });

  test('a search that fails leaves the others to do the work', async () => {
    const server = await startStandIn({
      openverse: paths(2),
      answer: (request, response) => {
        if (!request.url?.startsWith('/w/')) return false;
        response.end(JSON.stringify({ error: { code: 'x', info: 'search is broken' } }));
        return true;
      },
    });
    const searches = [openverseSearch(server.url, ['by'], []), wikimediaSearch(server.url, 100)];
    const collected = await collectFrom(server.url, await temporaryFolder(), { searches });
    expect(collected.classes[0]).toMatchObject({ added: 2 });
    expect(collected.problems).toEqual(['wikimedia, “wave”: not understood: search is broken']);
  });

  test('asks for the scaled copy of what is larger than wanted', async () => {
    const server = await startStandIn({
      openverse: paths(2),
      change: (result, index) => ({
        ...result,
        width: index === 0 ? 1280 : 1281,
        thumbnail: new URL('/pictures/77.jpg', String(result.url)).href,
      }),
    });
    await collectFrom(server.url, await temporaryFolder(), {}, politeClient());
    expect(server.pictures()).toEqual(['/pictures/0.jpg', '/pictures/77.jpg']);
  });
});

const PROVENANCE = {
  format: 1,
  api: 'openverse',
  id: 'x',
  source: 'flickr',
  title: '',
  author: null,
  authorUrl: null,
  licence: { id: 'cc0', version: null, url: null },
  landing: '',
  original: '',
  query: '',
  fetched: '',
  isScaled: false,
  retrievedAt: '',
  sha256: '',
  bytes: 0,
  width: 0,
  height: 0,
};
