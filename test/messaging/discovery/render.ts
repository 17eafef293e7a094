/** Renders templates as Home Assistant does (models.py, MqttValueTemplate): with `value`, and `value_json` where it is JSON. */
import { Template } from '@huggingface/jinja';

export function render(template: string, payload: unknown): string {
  const value = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return new Template(template).render({ value, value_json: parsed(value), dict });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Jinja's own function: mappings and named arguments in one. */
function dict(...parts: unknown[]): unknown {
  return Object.assign({}, ...parts.map(plain));
}

/** The renderer hands over values in boxes, and mappings as maps. */
function plain(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null && 'value' in value) return plain(value.value);
  return value;
}
