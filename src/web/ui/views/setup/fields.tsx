/** Fields that are bound to a setting each: they show what holds, take what is typed, and say what is wrong with it. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { change, faultOf, SECRET, settingValue } from './draft.ts';
import { t } from './texts.ts';

interface FieldProps {
  /** Path of the setting: `camera.http.url`. */
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
}

/** @param input gets the ids that tie it to its label, its hint and what is wrong with it */
function Field({
  path,
  label,
  hint,
  input,
}: FieldProps & {
  readonly input: (ties: {
    readonly id: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': boolean;
  }) => ComponentChildren;
}) {
  const id = useId();
  const fault = faultOf(path);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {input({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': fault !== undefined })}
      <small id={`${id}-about`} class={fault === undefined ? '' : 'fault'}>
        {fault === undefined ? hint : `${label}: ${fault}`}
      </small>
    </div>
  );
}

interface TextProps extends FieldProps {
  readonly placeholder?: string;
  /** What an empty field means: null for a setting that may be none. */
  readonly none?: null | '';
  /** Which keyboard a phone shows. */
  readonly inputMode?: 'text' | 'url';
  readonly list?: readonly string[];
}

export function TextField({ none = '', inputMode = 'text', placeholder = '', list, ...props }: TextProps) {
  const value = settingValue<string | readonly string[] | null>(props.path) ?? '';
  const listId = useId();
  return (
    <Field
      {...props}
      input={ties => (
        <>
          <input
            {...ties}
            type="text"
            inputMode={inputMode}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={String(value)}
            placeholder={placeholder}
            {...(list !== undefined && { list: listId })}
            onInput={({ currentTarget: { value: typed } }) => change(props.path, typed === '' ? none : typed)}
          />
          {list !== undefined && (
            <datalist id={listId}>
              {list.map(one => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      )}
    />
  );
}

/** One that is kept is not shown, and stays as it is where nothing is typed. */
export function PasswordField(props: FieldProps) {
  const value = settingValue<string | null>(props.path) ?? '';
  return (
    <Field
      {...props}
      input={ties => (
        <input
          {...ties}
          type="password"
          autocomplete="new-password"
          value={value === SECRET ? '' : value}
          placeholder={value === SECRET ? t('kept') : ''}
          onInput={({ currentTarget: { value: typed } }) => change(props.path, typed === '' ? null : typed)}
        />
      )}
    />
  );
}

export function NumberField({
  min,
  max,
  ...props
}: FieldProps & { readonly min?: number; readonly max?: number }) {
  return (
    <Field
      {...props}
      input={ties => (
        <input
          {...ties}
          type="number"
          inputMode="decimal"
          min={min}
          max={max}
          step="any"
          value={settingValue<number>(props.path) ?? ''}
          onInput={({ currentTarget: { valueAsNumber } }) => {
            if (!Number.isNaN(valueAsNumber)) change(props.path, valueAsNumber);
          }}
        />
      )}
    />
  );
}

interface ChoiceProps extends FieldProps {
  /** What each value means. */
  readonly options: Readonly<Record<string, string>>;
}

export function ChoiceField({ options, ...props }: ChoiceProps) {
  return (
    <Field
      {...props}
      input={ties => (
        <select
          {...ties}
          value={settingValue<string>(props.path) ?? ''}
          onChange={({ currentTarget }) => change(props.path, currentTarget.value)}
        >
          {Object.entries(options).map(([value, says]) => (
            <option key={value} value={value}>
              {says}
            </option>
          ))}
        </select>
      )}
    />
  );
}

export function SwitchField({ path, label, hint }: FieldProps) {
  return (
    <label class="row switch">
      <input
        type="checkbox"
        checked={settingValue<boolean>(path) ?? false}
        onChange={({ currentTarget }) => change(path, currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <small class="muted">{hint}</small>}
      </span>
    </label>
  );
}

interface CardsProps<V extends string> {
  readonly legend: string;
  readonly value: V;
  readonly options: Readonly<Record<V, { readonly title: string; readonly says: string }>>;
  readonly onChoose: (value: V) => void;
}

/** A few choices that differ much, each with a sentence. */
export function Cards<V extends string>({ legend, value, options, onChoose }: CardsProps<V>) {
  const name = useId();
  return (
    <fieldset class="cards">
      <legend>{legend}</legend>
      {(Object.keys(options) as V[]).map(one => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === value}
            onChange={() => onChoose(one)}
          />
          <span>
            <strong>{options[one].title}</strong>
            <small class="muted">{options[one].says}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
