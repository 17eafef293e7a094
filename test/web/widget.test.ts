import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WIDGET_POLICY, type WidgetState, widgetPage } from '../../src/web/widget.ts';

const STATE: WidgetState = {
  site: 'north-pier',
  activity: 'windsurfing',
  count: { surfing: 0, windsurfing: 4 },
  since: '2026-06-01T09:13:31.000Z',
  fresh: true,
};
const OPTIONS = { timeZone: 'Europe/Lisbon', language: 'en-GB,en;q=0.9' };

const pageOf = (change: Partial<WidgetState> = {}, options: Partial<typeof OPTIONS> = {}) =>
  widgetPage({ ...STATE, ...change }, { ...OPTIONS, ...options }).toString();

describe('the widget', () => {
  it('says what is on the water, how many ride, and since when by the clock of the place', () => {
    const page = pageOf();
    expect(page).toContain('<h1>Windsurfing</h1>');
    expect(page).toContain('<strong>4</strong> Windsurfing');
    expect(page).not.toContain('</strong> Surfing');
    expect(page).toContain('north-pier · since Jun 1, 2026, 10:13');
    expect(page).not.toContain('not up to date');
  });

  it('says where it is not up to date, and leaves out what is not known', () => {
    const page = pageOf({ activity: 'unknown', count: null, since: null, fresh: false });
    expect(page).toContain('<h1>Unknown</h1>');
    expect(page).toContain('not up to date');
    expect(page).not.toContain('<ul>');
    expect(page).not.toContain('since');
  });

  it('speaks the first of the languages that a browser asks for', () => {
    expect(pageOf({}, { language: 'nl-NL,de;q=0.8,en;q=0.5' })).toMatch(/<html lang="de">[\s\S]*Windsurfen/);
    expect(pageOf({}, { language: '' })).toContain('<html lang="en">');
  });

  it('loads itself again without a script, and nothing else', () => {
    const page = pageOf();
    expect(page).toContain('http-equiv="refresh"');
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  it('bears the policy that it is sent with: the only style is the one named by its hash', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(pageOf())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(WIDGET_POLICY).toContain(`style-src 'sha256-${hash}'`);
    expect(WIDGET_POLICY).not.toContain('unsafe');
    expect(pageOf()).not.toContain('style=');
  });

  it('writes names of sites and activities as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = pageOf({ site: evil, activity: evil, count: { [evil]: 2 } });
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('takes names that every object has for names', () => {
    expect(pageOf({ activity: 'constructor' })).toContain('<h1>constructor</h1>');
  });
});
