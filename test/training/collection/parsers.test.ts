import { describe, expect, test } from 'vitest';
import { userAgentOf } from '../../../src/training/collection/contact.ts';
import { openJournal } from '../../../src/training/collection/journal.ts';
import { commonsLicence, licenceName } from '../../../src/training/collection/licences.ts';
import { openverseSearch } from '../../../src/training/collection/openverse.ts';
import { firstLink, oneLine, textOf, webAddress } from '../../../src/training/collection/plain-text.ts';
import { wantedClasses } from '../../../src/training/collection/queries.ts';
import { wikimediaSearch } from '../../../src/training/collection/wikimedia.ts';
import { put } from '../../cli/support.ts';
import { fc } from '../../support/fast-check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test.each([
  ['cc-by-sa-4.0', 'CC BY-SA 4.0'],
  ['cc-by-sa-3.0,2.5,2.0,1.0', 'CC BY-SA 3.0'],
  ['cc-by-2.0-de', 'CC BY 2.0'],
  ['CC-BY-NC-SA-3.0', 'CC BY-NC-SA 3.0'],
  ['cc0', 'CC0 1.0'],
  ['pd', 'public domain'],
  ['cc-pd-mark', 'public domain'],
])('a licence of Commons: %s', (code, name) => {
  const licence = commonsLicence(code, null);
  expect(licence === null ? null : licenceName(licence)).toBe(name);
});

test.each(['', 'gfdl', 'cc-by-something', 'fair use', 'cc-sa-1.0', 'pdf'])('no licence of ours: %j', code => {
  expect(commonsLicence(code, null)).toBeNull();
});

/** Any UTF-16 unit, so that lone surrogates come up; spaces more often. */
const ANY = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map(unit => String.fromCharCode(unit)),
  fc.constantFrom(' ', '\n', '\u{202e}', 'a'),
);

describe('texts from the network', () => {
  test('HTML becomes a line of text', () => {
    const html =
      '<style>a{}</style><a href="//x.example/a?b=1&amp;c">Ann\n <b>O&#39;Hara</b></a>&nbsp;&#x1F3C4; &bogus;';
    expect(textOf(html)).toBe("Ann O'Hara \u{1f3c4} &bogus;");
    expect(firstLink(html)).toBe('https://x.example/a?b=1&c');
    expect([textOf('<p> </p>'), firstLink('<a href="javascript:alert(1)">'), webAddress('x')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('a line is one line, without control characters, and not endless', () => {
    fc.assert(
      fc.property(fc.string({ unit: ANY, maxLength: 400 }), text => {
        const line = oneLine(text);
        if (line === null) return;
        expect(line).not.toMatch(/[\p{Control}\p{Surrogate}\u{202e}]|^\s|\s$/u);
        expect([...line].length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 50 },
    );
  });

  test('no answer, however odd, ends in anything but a page or an error', () => {
    const searches = [
      openverseSearch('https://a.example/', ['by'], []),
      wikimediaSearch('https://a.example/', 1280),
    ];
    const odd = fc.oneof(
      fc.anything(),
      fc.record({ page_count: fc.anything(), results: fc.anything() }),
      fc.record({ page_count: fc.nat(), results: fc.array(fc.anything()) }),
      fc.record({ query: fc.record({ pages: fc.array(fc.anything()) }), continue: fc.anything() }),
    );
    fc.assert(
      fc.property(odd, fc.constantFrom(...searches), (answer, search) => {
        let page: unknown;
        try {
          page = search.read(answer, null);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          return;
        }
        expect(page).toMatchObject({ candidates: expect.any(Array) });
      }),
    );
  });
});

describe('what to search for', () => {
  test.each([
    ['../x=sea', 'no name of a class'],
    ['=sea', 'no name of a class'],
    ['.=sea', 'no name of a class'],
    ['sup', 'sup="stand up paddle"'],
    ['surfing=', 'say what to search for'],
  ])('%s: refused', (text, message) => {
    expect(() => wantedClasses([text])).toThrow(
      expect.objectContaining({ code: 'collection-refused', message: expect.stringContaining(message) }),
    );
  });

  test('queries of a class add up; known classes have their own', () => {
    expect(wantedClasses(['none=sand', 'surfing+sup=both at once', 'none=a=b', 'none=sand'])).toEqual([
      { name: 'none', queries: ['sand', 'a=b'] },
      { name: 'surfing+sup', queries: ['both at once'] },
    ]);
    const [known] = wantedClasses(['kitesurfing']);
    expect(known?.queries).toContain('kitesurfing');
  });
});

describe('how we introduce ourselves', () => {
  test('with the contact, which Wikimedia requires', () => {
    expect(userAgentOf('1.2.3', 'me@example.org', ['wikimedia'])).toBe('surfwatch/1.2.3 (me@example.org)');
    expect(userAgentOf('1.2.3', undefined, ['openverse'])).toBe('surfwatch/1.2.3');
    expect(() => userAgentOf('1.2.3', undefined, ['openverse', 'wikimedia'])).toThrow('Wikimedia requires');
  });

  test.each(['me', 'me@example.org\r\nX: y', 'https://a.example/ (x)', 'ftp://a.example'])(
    '%j: refused',
    contact => {
      expect(() => userAgentOf('1.2.3', contact, [])).toThrow('no e-mail or web address');
    },
  );
});

test('a journal cut off in the middle of a line keeps the rest, and goes on in a line of its own', async () => {
  const folder = await temporaryFolder();
  const whole = JSON.stringify({ kind: 'skipped', key: 'openverse:1', reason: 'gone' });
  await put(folder, '.collect.jsonl', `${whole}\n{"kind":"odd"}\n{"kind":"kept","key":"openve`);
  const journal = await openJournal(folder);
  expect([...journal.skipped]).toEqual([['openverse:1', 'gone']]);
  await journal.write({ kind: 'kept', key: 'openverse:2' });
  const again = await openJournal(folder);
  expect([[...again.skipped.keys()], [...again.kept]]).toEqual([['openverse:1'], ['openverse:2']]);
});
