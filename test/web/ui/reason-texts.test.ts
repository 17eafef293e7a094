import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../src/errors.ts';
import { REASONS, type ReasonCode } from '../../../src/messaging/reasons.ts';
import { FAULT_TEXTS } from '../../../src/web/ui/fault-texts.ts';
import { REASON_TEXTS } from '../../../src/web/ui/reason-texts.ts';

const valuesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

/** Words that none of the other languages has. */
const ENGLISH =
  /\b(the|of|is|are|it|its|and|which|with|frames?|head|riders?|labelled|label|where|somebody|nobody|cannot)\b/i;

const reasons = Object.entries(REASON_TEXTS).flatMap(([language, texts]) =>
  (Object.keys(REASONS) as ReasonCode[]).map(code => ({ language, code, text: texts[code] })),
);

describe('the reasons in the languages of the page', () => {
  it.each(reasons)('$language $code has each value of the English sentence, and no English', found => {
    const { code, text = '' } = found;
    expect(valuesIn(text)).toEqual(valuesIn(REASONS[code]));
    expect(text.replaceAll(/\{\w+\}|`force`/g, '')).not.toMatch(ENGLISH);
    expect(text).not.toBe(REASONS[code]);
  });

  it('would be found where one was left in English', () => {
    for (const text of Object.values(REASONS).filter(text => text.length > 60)) expect(text).toMatch(ENGLISH);
  });
});

describe('the errors in the languages of the page', () => {
  it.each(Object.entries(FAULT_TEXTS))('have the same codes in %s, and no English', (_, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(FAULT_TEXTS.de));
    for (const [code, text] of Object.entries(texts)) {
      expect(ERRORS).toHaveProperty(code);
      expect(text).not.toMatch(ENGLISH);
    }
  });
});
