import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { appendZip } from '../../../../src/exchange/export/tflite/export.ts';

const MODEL = Uint8Array.from({ length: 1001 }, (_, index) => index % 251);
const FILES = { 'labels.txt': 'surfing\nwindsurfing\n', 'more.json': '{}\n' };

test('the files are read from the whole, and the bytes before them are as they were', () => {
  const whole = appendZip(MODEL, FILES);
  expect(whole.subarray(0, MODEL.length)).toEqual(MODEL);
  const found = Object.entries(unzipSync(whole)).map(([name, bytes]) => [name, strFromU8(bytes)]);
  expect(Object.fromEntries(found)).toEqual(FILES);
});

test('the files are stored as they are, to be mapped into memory', () => {
  expect(Buffer.from(appendZip(MODEL, FILES)).includes('surfing\nwindsurfing\n')).toBe(true);
});

test('the same files give the same bytes', () => {
  expect(appendZip(MODEL, FILES)).toEqual(appendZip(MODEL, FILES));
});
