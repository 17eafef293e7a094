import { describe, expect, test } from 'vitest';
import { escapeHtml, html, trusted } from '../../src/base/html.ts';
import { wrapped } from '../../src/learning/sheet/sheet-png.ts';
import { sampleOfEach } from '../../src/training/data/check-sheet.ts';
import { fc } from '../support/fast-check.ts';

/** Any UTF-16 unit, so that lone surrogates come up; what means something to a browser more often. */
const ANY = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map(unit => String.fromCharCode(unit)),
  fc.constantFrom(...'<>&"\'\0'),
);

describe('html', () => {
  test('escapes text, keeps markup, joins lists and leaves out what is absent', () => {
    const list = ['<a>', html`<b>${'&'}</b>`, [1, null, undefined, false]];
    expect(html`<p title="${'"\''}">${list}</p>${trusted('<hr>')}`.toString()).toBe(
      '<p title="&quot;&#39;">&lt;a&gt;<b>&amp;</b>1</p><hr>',
    );
  });

  test('no text opens a tag, ends an attribute or breaks XML', () => {
    fc.assert(
      fc.property(fc.string({ unit: ANY }), text => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'\p{Surrogate}\u{fffe}\u{ffff}]|[^\P{Control}\t\n\r\u{7f}-\u{9f}]/u);
      }),
    );
    expect(escapeHtml('a\ud800b\u0007')).toBe('a\ufffdb\ufffd');
  });
});

describe('wrapped', () => {
  test.each([
    ['', 10, []],
    ['one two three', 7, ['one two', 'three']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a\nb', 9, ['a', 'b']],
    ['one two three four five', 5, ['one', 'two', 'thre…']],
  ])('%j', (text, width, lines) => {
    expect(wrapped(text, width, 3)).toEqual(lines);
  });

  test('no line is longer than wanted, and none is lost while there is room', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (text, width) => {
        const lines = wrapped(text, width, 1000);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(/[ \t\r\n]/g, ''));
      }),
    );
  });
});

describe('sampleOfEach', () => {
  const items = Array.from({ length: 60 }, (_, index) => ({
    index,
    name: index % 3 === 0 ? 'none' : 'surfing',
  }));

  test('chooses by the seed, in order, and all where there are few', () => {
    const some = sampleOfEach(items, ({ name }) => name, 25, 37);
    expect([...some.keys()]).toEqual(['none', 'surfing']);
    expect(some.get('none')).toHaveLength(20);
    const chosen = (some.get('surfing') ?? []).map(({ index }) => index);
    expect(chosen).toHaveLength(25);
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
    expect(sampleOfEach(items, ({ name }) => name, 25, 37)).toEqual(some);
    expect(sampleOfEach(items, ({ name }) => name, 25, 38)).not.toEqual(some);
  });
});
