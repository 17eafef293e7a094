/** Parts of the beach that are told apart: drawn on the picture, each with its name and what is seen in it now. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Point } from '../../../../base/geometry.ts';
import type { ZoneSetting } from '../../../../config/zones.ts';
import { boundsOf, contains } from '../../../../vision/zone.ts';
import { ask } from '../../api.ts';
import { newest } from '../../live.ts';
import { Picture, placed } from '../../parts/picture.tsx';
import { activityName } from '../../texts.ts';
import { Corner, Middle } from './corners.tsx';
import { change, faultOf, settingValue } from './draft.ts';
import {
  asName,
  cornerMoved,
  cornerRemoved,
  type DrawnZone,
  drawnOf,
  FEWEST_CORNERS,
  freeName,
  nameFault,
  settingOf,
  sideSplit,
  within,
} from './shapes.ts';
import { beachPicture } from './step-picture.ts';
import { t } from './texts.ts';

interface SeenIn {
  readonly name: string;
  readonly activity: string;
  readonly count?: Readonly<Record<string, number>> | null;
}

const PAUSE_MS = 300;
/** Where a rectangle begins that is moved by its corners. */
const RECTANGLE: readonly Point[] = [
  { x: 0.3, y: 0.4 },
  { x: 0.7, y: 0.4 },
  { x: 0.7, y: 0.7 },
  { x: 0.3, y: 0.7 },
];

export function ZonesStep() {
  const settings = settingValue<readonly ZoneSetting[]>('zones') ?? [];
  const zones = settings.map(drawnOf);
  const chosen = useSignal<number | null>(zones.length > 0 ? 0 : null);
  /** Corners of a zone that is not closed yet. */
  const drawing = useSignal<readonly Point[] | null>(null);
  const seen = useSeen();

  // A zone that nobody touches stays as it is written.
  const set = (index: number, zone: DrawnZone) => change('zones', settings.with(index, settingOf(zone)));
  const add = (points: readonly Point[]) => {
    change('zones', [...settings, settingOf({ name: freeName(zones), points })]);
    chosen.value = settings.length;
    drawing.value = null;
  };
  const remove = (index: number) => {
    change('zones', settings.toSpliced(index, 1));
    chosen.value = null;
  };
  const onPoint = (point: Point) => {
    if (drawing.value !== null) {
      drawing.value = [...drawing.value, within(point)];
      return;
    }
    const hit = zones.findIndex(zone => contains(zone, point));
    chosen.value = hit < 0 ? null : hit;
  };
  const edited = chosen.value === null ? undefined : zones[chosen.value];

  return (
    <div class="sides">
      <div class="stack">
        <Picture
          src={beachPicture()}
          alt={t('beach')}
          onPoint={onPoint}
          shapes={<Shapes zones={zones} chosen={chosen.value} drawing={drawing.value} />}
        >
          {zones.map((zone, index) => (
            <span key={zone.name} class="zone-label" ref={placed(topOf(zone))} aria-hidden="true">
              {zone.name}
              {index === chosen.value ? ' ✎' : ''}
            </span>
          ))}
          {drawing.value?.map((point, index) => (
            <span key={index} class="drawn" ref={placed(point)} />
          ))}
          {edited !== undefined && chosen.value !== null && drawing.value === null && (
            <Handles
              zone={edited}
              onChange={zone => {
                if (chosen.value !== null) set(chosen.value, zone);
              }}
            />
          )}
        </Picture>
        {drawing.value === null ? (
          <p class="small muted">{edited === undefined ? t('zones.why') : t('zones.keys')}</p>
        ) : (
          <div class="row" role="status">
            <span>{t('drawing', { count: drawing.value.length })}</span>
            <button
              type="button"
              class="primary"
              disabled={drawing.value.length < FEWEST_CORNERS}
              onClick={() => {
                if (drawing.value !== null) add(drawing.value);
              }}
            >
              {t('drawing.done')}
            </button>
            <button
              type="button"
              onClick={() => {
                drawing.value = null;
              }}
            >
              {t('drawing.leave')}
            </button>
          </div>
        )}
      </div>
      <div class="card stack">
        <h2>{t('zones')}</h2>
        {zones.length > 0 && (
          <ul class="zones">
            {zones.map((zone, index) => (
              <ZoneRow
                key={index}
                zone={zone}
                fault={faultText(zones, index)}
                seen={seen?.find(({ name }) => name === zone.name)}
                isChosen={chosen.value === index}
                onChoose={() => {
                  chosen.value = index;
                }}
                onName={name => set(index, { ...zone, name: asName(name) })}
                onRemove={() => remove(index)}
              />
            ))}
          </ul>
        )}
        {zones.length === 0 && <p class="muted">{t('zones.none')}</p>}
        <div class="pair">
          <button
            type="button"
            class={zones.length === 0 ? 'primary' : ''}
            disabled={drawing.value !== null}
            onClick={() => {
              drawing.value = [];
              chosen.value = null;
            }}
          >
            {t('zones.draw')}
          </button>
          <button type="button" onClick={() => add(RECTANGLE)}>
            {t('zones.rectangle')}
          </button>
        </div>
      </div>
    </div>
  );
}

function Shapes({
  zones,
  chosen,
  drawing,
}: {
  readonly zones: readonly DrawnZone[];
  readonly chosen: number | null;
  readonly drawing: readonly Point[] | null;
}) {
  const line = (points: readonly Point[]) => points.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <>
      {zones.map(({ name, points }, index) => (
        <polygon
          key={name}
          class={index === chosen ? 'zone chosen' : 'zone'}
          points={line(points)}
          vector-effect="non-scaling-stroke"
        />
      ))}
      {drawing !== null && (
        <polyline class="zone chosen" points={line(drawing)} vector-effect="non-scaling-stroke" />
      )}
    </>
  );
}

function Handles({
  zone,
  onChange,
}: {
  readonly zone: DrawnZone;
  readonly onChange: (zone: DrawnZone) => void;
}) {
  const { points } = zone;
  return (
    <>
      {points.map((point, index) => {
        const next = points[(index + 1) % points.length] ?? point;
        return (
          <Middle
            key={`m${index}`}
            at={{ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }}
            onAdd={() => onChange(sideSplit(zone, index))}
          />
        );
      })}
      {points.map((point, index) => (
        <Corner
          key={index}
          at={point}
          label={t('corner', { number: index + 1, count: points.length, zone: zone.name })}
          onMove={to => onChange(cornerMoved(zone, index, to))}
          onRemove={() => onChange(cornerRemoved(zone, index))}
        />
      ))}
    </>
  );
}

interface ZoneRowProps {
  readonly zone: DrawnZone;
  readonly fault: string | undefined;
  readonly seen: SeenIn | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onName: (name: string) => void;
  readonly onRemove: () => void;
}

function ZoneRow({ zone, fault, seen, isChosen, onChoose, onName, onRemove }: ZoneRowProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <li class={isChosen ? 'chosen' : ''} onFocusCapture={onChoose}>
      <div class="row">
        <input
          ref={input}
          aria-label={t('zone.name')}
          value={zone.name}
          maxLength={64}
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={fault !== undefined}
          onInput={({ currentTarget }) => {
            onName(currentTarget.value);
            // What is not a letter of a name may leave the zone as it was, and nothing is then drawn anew.
            currentTarget.value = asName(currentTarget.value);
          }}
        />
        <button
          type="button"
          class="quiet icon"
          aria-label={t('zone.remove', { zone: zone.name })}
          title={t('remove')}
          onClick={onRemove}
        >
          ×
        </button>
      </div>
      {fault !== undefined && <small class="fault">{fault}</small>}
      <small class="muted" aria-live="polite">
        {seen === undefined ? t('zone.unknown') : saysOf(seen)}
      </small>
    </li>
  );
}

function saysOf({ activity, count }: SeenIn): string {
  const counted = Object.entries(count ?? {}).filter(([, riders]) => riders > 0);
  if (counted.length === 0) return t('zone.now', { what: activityName(activity) });
  return t('zone.now', {
    what: counted.map(([name, riders]) => `${riders} × ${activityName(name)}`).join(', '),
  });
}

function faultText(zones: readonly DrawnZone[], index: number): string | undefined {
  const fault = nameFault(zones, index);
  return fault === null ? faultOf(`zones[${index}]`) : t(`zone.fault.${fault}`);
}

/** Above the upper edge. */
function topOf(zone: DrawnZone): Point {
  const { x, y, w } = boundsOf(zone);
  return { x: x + w / 2, y };
}

/** What is seen in each zone as they are drawn, in the newest frame. */
function useSeen(): readonly SeenIn[] | null {
  const seen = useSignal<readonly SeenIn[] | null>(null);
  useSignalEffect(() => {
    const zones = settingValue<readonly ZoneSetting[]>('zones') ?? [];
    // Asked anew for each frame too.
    void newest.value?.frame;
    const names = zones.map(({ name }) => name);
    if (zones.length === 0 || names.some((_, index) => nameFault(zones.map(drawnOf), index) !== null)) return;
    const asked = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await ask<{ zones: readonly SeenIn[] }>('POST', '/zones/preview', { zones }).catch(
        () => null,
      );
      if (!asked.signal.aborted) seen.value = answer?.zones ?? null;
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  });
  return seen.value;
}
