/** The settings that a board needs, step by step; nothing is changed before it is saved. */
import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Fault, Notice } from '../../parts/notice.tsx';
import { text } from '../../texts.ts';
import { BrokerStep, HomeStep } from './broker.tsx';
import { CameraStep } from './camera.tsx';
import { DetailStep } from './detail.tsx';
import { changes, config, load, waiting } from './draft.ts';
import { PlaceStep } from './place.tsx';
import { SaveStep } from './save.tsx';
import { t } from './texts.ts';
import { ZonesStep } from './zones.tsx';
import './setup.css';

const STEPS = {
  camera: CameraStep,
  place: PlaceStep,
  zones: ZonesStep,
  detail: DetailStep,
  broker: BrokerStep,
  home: HomeStep,
  save: SaveStep,
} as const;
type Step = keyof typeof STEPS;
const NAMES = Object.keys(STEPS) as Step[];

/** `#/setup/zones` is the step `zones`. */
const step = signal<Step>(stepOf(location.hash));

function stepOf(hash: string): Step {
  const name = hash.split('/')[2];
  return NAMES.find(known => known === name) ?? 'camera';
}

addEventListener('hashchange', () => {
  if (location.hash.startsWith('#/setup')) step.value = stepOf(location.hash);
});

export function Setup({ mayOperate }: { readonly mayOperate: boolean }) {
  if (mayOperate) return <Steps />;
  return (
    <div class="stack">
      <h1>{text('setup')}</h1>
      <Notice kind="info" title={text('lookOnly')} />
    </div>
  );
}

function Steps() {
  const fault = useSignal<unknown>(null);
  useEffect(() => {
    load().catch((error: unknown) => {
      fault.value = error;
    });
  }, []);
  const shown = step.value;
  const Shown = STEPS[shown];
  useEffect(() => scrollTo(0, 0), [shown]);
  return (
    <div class="stack setting-up">
      <h1>{text('setup')}</h1>
      <ol class="steps" aria-label={t('steps')}>
        {NAMES.map(name => (
          <li key={name}>
            <a
              ref={name === shown ? inSight : null}
              href={`#/setup/${name}`}
              aria-current={name === shown ? 'step' : undefined}
            >
              {t(`step.${name}`)}
            </a>
          </li>
        ))}
      </ol>
      <Fault error={fault.value} />
      {config.value === null ? (
        fault.value === null && <p class="muted">{text('loading')}</p>
      ) : (
        <section key={shown} aria-label={t(`step.${shown}`)}>
          <Shown />
        </section>
      )}
      <Onward shown={shown} />
    </div>
  );
}

/** On a phone the steps are wider than it. */
function inSight(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/** The way to the steps before and after, and to what is not saved yet. */
function Onward({ shown }: { readonly shown: Step }) {
  const count = Object.keys(changes.value).length;
  const index = NAMES.indexOf(shown);
  const [before, after] = [NAMES[index - 1], NAMES[index + 1]];
  return (
    <div class="onward">
      {before !== undefined ? (
        <a class="button" href={`#/setup/${before}`}>
          {t('back')}
        </a>
      ) : (
        <span />
      )}
      <span class="small muted" role="status">
        {count > 0 ? t('changes', { count }) : waiting.value.length > 0 ? t('restart.needed') : ''}
      </span>
      <div class="row">
        {count > 0 && shown !== 'save' && after !== 'save' && (
          <a class="button" href="#/setup/save">
            {t('step.save')}
          </a>
        )}
        {after !== undefined && (
          <a class="button primary" href={`#/setup/${after}`}>
            {t('onward')}
          </a>
        )}
      </div>
    </div>
  );
}
