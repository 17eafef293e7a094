/** The page: a frame with the navigation, and the view that the address names. */
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { ask } from './api.ts';
import { follow } from './live.ts';
import { Login } from './parts/login.tsx';
import { LANGUAGES, language, type TextKey, text } from './texts.ts';
import { Before } from './views/before.tsx';
import { Label } from './views/label.tsx';
import { Now } from './views/now.tsx';
import { Setup } from './views/setup.tsx';
import { Train } from './views/train.tsx';

const VIEWS = { now: Now, before: Before, label: Label, train: Train, setup: Setup } as const;
type ViewName = keyof typeof VIEWS;

interface Session {
  readonly role: 'look' | 'operate' | null;
  readonly login: boolean;
}

const session = signal<Session | null>(null);
const view = signal<ViewName>(viewOf(location.hash));

function viewOf(hash: string): ViewName {
  const name = hash.replace(/^#\/?/, '').split('/')[0] ?? '';
  return Object.hasOwn(VIEWS, name) ? (name as ViewName) : 'now';
}

async function readSession(): Promise<void> {
  session.value = await ask<Session>('GET', '/session').catch(() => ({ role: null, login: true }));
}

function App() {
  const { value: known } = session;
  if (known === null) return <p class="quiet">…</p>;
  if (known.role === null) return <Login onDone={readSession} />;
  const View = VIEWS[view.value];
  return (
    <>
      <a class="skip" href="#main">
        {text('skip')}
      </a>
      <header>
        <strong class="brand">surfwatch</strong>
        <nav aria-label={text('views')}>
          {(Object.keys(VIEWS) as ViewName[]).map(name => (
            <a key={name} href={`#/${name}`} aria-current={name === view.value ? 'page' : undefined}>
              {text(`view.${name}` as TextKey)}
            </a>
          ))}
        </nav>
        <label class="language">
          <span class="hidden">{text('language')}</span>
          <select
            value={language.value}
            onChange={event => {
              language.value = event.currentTarget.value as keyof typeof LANGUAGES;
            }}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main id="main" tabIndex={-1}>
        <View mayOperate={known.role === 'operate'} />
      </main>
    </>
  );
}

addEventListener('hashchange', () => {
  view.value = viewOf(location.hash);
});
effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => (session.value?.role == null ? undefined : follow()));
await readSession();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
