/** Settings of the page that the daemon serves. */
import type { SettingTree } from '../setting.ts';

const PASSWORD = { format: 'text', default: null, none: 'omit', sensitive: true } as const;
const PEM_FILE = { format: 'path', default: null, none: 'omit', noneMeans: 'plain HTTP' } as const;

export const webSchema = {
  enabled: {
    doc: 'Serve the page, its HTTP interface, `/metrics`, `/healthz` and `/readyz`.',
    format: 'switch',
    default: true,
  },
  host: {
    doc: 'Address it listens on. Any but loopback needs `web.operatePassword`.',
    format: 'host',
    default: '127.0.0.1',
    required: true,
  },
  port: {
    doc: 'TCP port; 0 takes any free one. Where it is taken the daemon goes on without the page.',
    format: 'port',
    default: 8321,
  },
  lookPassword: {
    doc: 'Password of those who may look at everything and change nothing.',
    ...PASSWORD,
    noneMeans: 'nobody logs in to look only',
  },
  operatePassword: {
    doc: 'Password of those who may change things too.',
    ...PASSWORD,
    noneMeans: 'without `web.lookPassword` too, every program and user of this computer may',
  },
  cert: { doc: "PEM file of the page's certificate; needs `web.key`.", ...PEM_FILE },
  key: { doc: 'PEM file of its private key; needs `web.cert`.', ...PEM_FILE },
  trustProxy: {
    doc: 'Believe `X-Forwarded-For` and `X-Forwarded-Proto`. Only behind a proxy that sets both itself.',
    format: 'switch',
    default: false,
  },
  widget: {
    doc: 'Serve `/widget` and `/widget.json` to everybody, for other web pages to embed: what goes on and how many riders, no picture.',
    format: 'switch',
    default: false,
  },
} as const satisfies SettingTree;
