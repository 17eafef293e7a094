/** Which beach it is, and when it is watched. */
import { useSignal } from '@preact/signals';
import { parseOffset } from '../../../../base/duration.ts';
import { DAYS, type Day, type WindowSetting } from '../../../../schedule/options.ts';
import { daysIn } from '../../../../schedule/weekdays.ts';
import { language } from '../../texts.ts';
import { change, faultOf, settingValue } from './draft.ts';
import { ChoiceField, SwitchField, TextField } from './fields.tsx';
import { asName } from './shapes.ts';
import { t } from './texts.ts';

export function PlaceStep() {
  const isScheduled = settingValue<boolean>('schedule.enabled') ?? false;
  const daylight = settingValue<string>('schedule.daylight') ?? 'sun';
  return (
    <div class="card stack narrow">
      <SiteName />
      <SwitchField path="schedule.enabled" label={t('schedule')} hint={t('schedule.hint')} />
      {isScheduled && (
        <>
          <ChoiceField
            path="schedule.daylight"
            label={t('daylight')}
            options={{ sun: t('daylight.sun'), civil: t('daylight.civil'), all: t('daylight.all') }}
          />
          {daylight !== 'all' && (
            <>
              <Position />
              <div class="pair">
                <Minutes path="schedule.morningOffset" label={t('morning')} />
                <Minutes path="schedule.eveningOffset" label={t('evening')} />
              </div>
            </>
          )}
          <TextField
            path="schedule.timeZone"
            label={t('timeZone')}
            hint={t('timeZone.hint')}
            none={null}
            placeholder={Intl.DateTimeFormat().resolvedOptions().timeZone}
            list={Intl.supportedValuesOf('timeZone')}
          />
          <Windows />
        </>
      )}
    </div>
  );
}

/** Becomes a name as topics have it when the field is left. */
function SiteName() {
  const tidy = () => change('site', asName(settingValue<string>('site') ?? '').replace(/-$/, ''));
  return (
    <div onFocusOut={tidy}>
      <TextField path="site" label={t('site')} hint={t('site.hint')} placeholder="north-pier" />
    </div>
  );
}

/** `39.3551, -9.3811`, as maps give it. */
function Position() {
  const [latitude, longitude] = ['latitude', 'longitude'].map(name =>
    settingValue<number | null>(`schedule.${name}`),
  );
  const typed = useSignal(latitude == null || longitude == null ? '' : `${latitude}, ${longitude}`);
  const isWrong = useSignal(false);
  const fault = faultOf('schedule.latitude') ?? faultOf('schedule.longitude');
  const take = (value: string) => {
    typed.value = value;
    const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(value);
    isWrong.value = found === null && value.trim() !== '';
    if (found === null) return;
    change('schedule.latitude', Number(found[1]));
    change('schedule.longitude', Number(found[2]));
  };
  return (
    <label class="field">
      <span>{t('position')}</span>
      <input
        value={typed.value}
        placeholder="39.3551, -9.3811"
        aria-invalid={isWrong.value || fault !== undefined}
        onInput={({ currentTarget }) => take(currentTarget.value)}
      />
      <small class={isWrong.value || fault !== undefined ? 'fault' : ''}>
        {isWrong.value ? t('position.wrong') : (fault ?? t('position.hint'))}
      </small>
    </label>
  );
}

const MINUTE_MS = 60_000;

function Minutes({ path, label }: { readonly path: string; readonly label: string }) {
  const value = parseOffset(settingValue<string>(path) ?? '') ?? 0;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        min={-360}
        max={360}
        value={value / MINUTE_MS}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          if (!Number.isNaN(valueAsNumber)) change(path, valueAsNumber === 0 ? '0s' : `${valueAsNumber}m`);
        }}
      />
    </label>
  );
}

function Windows() {
  const windows = settingValue<readonly WindowSetting[]>('schedule.windows') ?? [];
  const set = (index: number, next: WindowSetting) => change('schedule.windows', windows.with(index, next));
  const fault = faultOf('schedule.windows');
  return (
    <fieldset class="stack windows">
      <legend>{t('windows')}</legend>
      <p class="small muted">{windows.length === 0 ? t('windows.none') : t('windows.hint')}</p>
      {windows.map((window, index) => (
        <Window
          key={index}
          window={window}
          onChange={next => set(index, next)}
          onRemove={() => change('schedule.windows', windows.toSpliced(index, 1))}
        />
      ))}
      {fault !== undefined && <small class="fault">{fault}</small>}
      <button
        type="button"
        onClick={() => change('schedule.windows', [...windows, { from: '08:00', to: '20:00' }])}
      >
        {t('windows.add')}
      </button>
    </fieldset>
  );
}

interface WindowProps {
  readonly window: WindowSetting;
  readonly onChange: (window: WindowSetting) => void;
  readonly onRemove: () => void;
}

/** A Monday, to have the days named in any language. */
const MONDAY = Date.UTC(2024, 0, 1);

function Window({ window, onChange, onRemove }: WindowProps) {
  const days = new Set<Day>(window.days === undefined ? DAYS : window.days.flatMap(daysIn));
  const named = (index: number, style: 'short' | 'long') =>
    new Intl.DateTimeFormat(language.value, { weekday: style, timeZone: 'UTC' }).format(
      MONDAY + index * 86_400_000,
    );
  const toggle = (day: Day) => {
    const next = DAYS.filter(one => (one === day ? !days.has(one) : days.has(one)));
    const { days: _, ...times } = window;
    if (next.length > 0) onChange(next.length === DAYS.length ? times : { ...times, days: next });
  };
  return (
    <div class="window">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere */}
      <div class="choice" role="group" aria-label={t('days')}>
        {DAYS.map((day, index) => (
          <button
            key={day}
            type="button"
            title={named(index, 'long')}
            aria-pressed={days.has(day)}
            onClick={() => toggle(day)}
          >
            {named(index, 'short')}
          </button>
        ))}
      </div>
      <div class="row times">
        <input
          type="time"
          aria-label={t('from')}
          value={window.from}
          onInput={({ currentTarget }) => onChange({ ...window, from: currentTarget.value })}
        />
        <span aria-hidden="true">–</span>
        <input
          type="time"
          aria-label={t('to')}
          value={window.to === '24:00' ? '00:00' : window.to}
          onInput={({ currentTarget }) => onChange({ ...window, to: currentTarget.value })}
        />
        <button
          type="button"
          class="quiet icon"
          aria-label={t('remove')}
          title={t('remove')}
          onClick={onRemove}
        >
          ×
        </button>
      </div>
    </div>
  );
}
