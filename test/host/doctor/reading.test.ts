import { describe, expect, it } from 'vitest';
import { readingFinding } from '../../../src/host/doctor/reading.ts';

const FRAME = { size: { width: 1280, height: 720 }, scale: 2 };
const AUTO = { detail: 'auto', share: 0.5 } as const;

function taking(ms: number) {
  return { ...FRAME, tookMs: { decode: 10, embed: ms - 15, score: 5 } };
}

describe('the check of how small a rider can be seen', () => {
  it('is content where there is time enough', () => {
    const { status, detail } = readingFinding(taking(400), AUTO, 1_000);
    expect(status).toBe('ok');
    expect(detail).toMatch(
      /^riders of 6\.0 pixels \(0\.8 % .* at detail 2; reading a frame takes 400 ms here, 500 ms/,
    );
  });

  it('says what is seen in the time there is', () => {
    const { status, detail, remedy } = readingFinding(taking(1_800), AUTO, 1_000);
    expect(status).toBe('warn');
    // Half of the pixels twice: half of the scale.
    expect(detail).toContain(
      'so riders of 12.0 pixels (1.7 % of the height) and more are seen well at detail 1',
    );
    expect(remedy).toContain('camera.interval');
  });

  it('warns of a detail that was set and takes too long', () => {
    const { status, remedy } = readingFinding(taking(1_800), { detail: 2, share: 0.5 }, 1_000);
    expect([status, remedy]).toEqual(['warn', expect.stringContaining('Set `vision.detail`')]);
  });
});
