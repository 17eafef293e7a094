/** The page: a frame with the navigation, and the view that the address names. */
import './style.css';
import { effect, signal, useSignal } from '@preact/signals';
import { type ComponentType, render } from 'preact';
import { ask } from './api.ts';
import { follow, newest, topics } from './live.ts';
import { Icon } from './parts/icons.tsx';
import { Login } from './parts/login.tsx';
import { Fault } from './parts/notice.tsx';
import { logOut, readSession, session } from './session.ts';
import { chooseLanguage, LANGUAGES, language, text } from './texts.ts';
import { chooseTheme, THEMES, theme } from './theme.ts';
import { Cameras } from './views/cameras/cameras.tsx';
import { Now } from './views/now/now.tsx';

interface ViewProps {
  readonly mayOperate: boolean;
}

const VIEW_NAMES = ['now', 'before', 'label', 'train', 'setup'] as const;
type ViewName = (typeof VIEW_NAMES)[number];

/** All but the first are loaded when somebody goes there. */
const LOADERS: Readonly<Record<ViewName, () => Promise<ComponentType<ViewProps>>>> = {
  now: async () => Now,
  before: async () => (await import('./views/before/before.tsx')).Before,
  label: async () => (await import('./views/label/label.tsx')).Label,
  train: async () => (await import('./views/train/train.tsx')).Train,
  setup: async () => (await import('./views/setup/setup.tsx')).Setup,
};

const view = signal(viewOf(location.hash));
const shown = signal<{ readonly name: ViewName; readonly View: ComponentType<ViewProps> } | null>(null);
const fault = signal<unknown>(null);

/** `#/before/2026-06` names the view `before`; what follows is its own. */
function viewOf(hash: string): ViewName {
  const name = hash.replace(/^#\/?/, '').split('/')[0];
  return VIEW_NAMES.find(known => known === name) ?? 'now';
}

function App() {
  const known = session.value;
  return (
    <>
      <a class="skip" href="#main">
        {text('skip')}
      </a>
      <header class="top">
        <a class="brand" href="#/now">
          <img src="./icon.svg" alt="" width="28" height="28" />
          surfwatch
        </a>
        {known !== null && known.role !== null && known.page !== 'list' && <Navigation />}
        {known?.page === 'entry' && (
          <a class="small" href="../">
            {text('cameras')}
          </a>
        )}
        <Preferences />
      </header>
      <main id="main" tabIndex={-1}>
        <Content />
      </main>
    </>
  );
}

function Content() {
  const known = session.value;
  if (known === null) {
    return fault.value === null ? <p class="muted">{text('loading')}</p> : <Fault error={fault.value} />;
  }
  if (known.role === null) return <Login />;
  if (fault.value !== null) return <Fault error={fault.value} />;
  if (known.page === 'list') return <Cameras />;
  if (shown.value === null) return <p class="muted">{text('loading')}</p>;
  const { name, View } = shown.value;
  return <View key={name} mayOperate={known.role === 'operate'} />;
}

function Navigation() {
  return (
    <nav aria-label={text('views')}>
      {VIEW_NAMES.map(name => (
        <a key={name} href={`#/${name}`} aria-current={name === view.value ? 'page' : undefined}>
          <Icon name={name} />
          <span>{text(name)}</span>
        </a>
      ))}
    </nav>
  );
}

/** Language, light or dark, and the way out. */
function Preferences() {
  const isOpen = useSignal(false);
  return (
    <details
      class="preferences"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary aria-label={`${language.value.toUpperCase()}: ${text('settings')}`} title={text('settings')}>
        {language.value.toUpperCase()}
      </summary>
      <div class="card">
        <label class="field">
          <span>{text('language')}</span>
          <select
            value={language.value}
            onChange={({ currentTarget }) => chooseLanguage(currentTarget.value)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{text('theme')}</span>
          <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(currentTarget.value)}>
            {THEMES.map(name => (
              <option key={name} value={name}>
                {text(`theme.${name}`)}
              </option>
            ))}
          </select>
        </label>
        {session.value?.login && session.value.role !== null && (
          <button type="button" onClick={logOut}>
            {text('logout')}
          </button>
        )}
      </div>
    </details>
  );
}

/** A board whose configuration names no camera begins with its setup. */
async function beginWithSetup(): Promise<void> {
  const { file, text } = await ask<{ file: string | null; text: string }>('GET', '/config');
  if (file !== null && !/"camera"\s*:/.test(text) && location.hash === '') location.replace('#/setup');
}

function isList(): boolean {
  return session.value?.page === 'list';
}

addEventListener('hashchange', () => {
  // `#main` is where the link that skips the navigation leads.
  if (location.hash !== '#main') view.value = viewOf(location.hash);
});
effect(() => {
  const name = view.value;
  LOADERS[name]().then(
    View => {
      if (view.peek() !== name) return;
      fault.value = null;
      shown.value = { name, View };
    },
    (error: unknown) => {
      fault.value = error;
    },
  );
});
effect(() => {
  document.title = `${text(isList() ? 'cameras' : view.value)} · surfwatch`;
});
effect(() => {
  const isBlind = topics.value['camera/availability'] === 'offline' && newest.value === null;
  if (!isBlind || isList() || session.value?.role !== 'operate' || location.hash !== '') return;
  beginWithSetup().catch(() => undefined);
});
effect(() => ((session.value?.role ?? null) === null || isList() ? undefined : follow()));
readSession().catch((error: unknown) => {
  fault.value = error;
});
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
