/** Describes the fields of a payload's schema as rows of a table. */
import * as z from 'zod';

export interface Field {
  /** Dotted; `[]` for the entries of a list, `<name>` for any name. */
  readonly path: string;
  readonly type: string;
  readonly doc: string;
}

/** A node of a JSON Schema, as far as the payloads use it. */
interface Node {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** The variants of a payload, each with its fields; those of the same fields stand together. */
export function variantsOf(schema: z.ZodType): { title: string; fields: Field[] }[] {
  const node = z.toJSONSchema(schema) as Node;
  const byNames = new Map<string, Node[]>();
  for (const variant of node.oneOf ?? [node]) {
    const names = Object.keys(variant.properties ?? {}).join();
    byNames.set(names, [...(byNames.get(names) ?? []), variant]);
  }
  return [...byNames.values()].map(nodes => {
    const title = byNames.size === 1 ? node.description : titleOf(nodes);
    return { title: title ?? '', fields: fieldsOf(merged(nodes)) };
  });
}

function titleOf(nodes: readonly Node[]): string | undefined {
  const [first] = nodes;
  if (nodes.length === 1) return first?.description;
  const titles = nodes.map(({ properties = {}, description }) => {
    const kind = Object.values(properties).find(
      property => property.const !== undefined && differs(property, nodes),
    );
    return `\`${kind?.const}\`: ${description}`;
  });
  return titles.join(' ');
}

/** Whether a property tells its variant from the others. */
function differs({ const: value }: Node, nodes: readonly Node[]): boolean {
  const same = nodes.filter(({ properties = {} }) =>
    Object.values(properties).some(other => other.const === value),
  );
  return same.length < nodes.length;
}

/** What a payload that is no object holds. */
export function textOf(schema: z.ZodType): string {
  return typeOf(z.toJSONSchema(schema) as Node);
}

/** Variants of the same fields as one, a field that tells them apart with all its values. */
function merged(nodes: readonly Node[]): Node {
  const [first = {}] = nodes;
  const properties = Object.entries(first.properties ?? {}).map(([name, property]): [string, Node] => {
    const values = new Set(nodes.map(({ properties = {} }) => properties[name]?.const));
    return values.size === 1 ? [name, property] : [name, withValues(property, [...values].map(String))];
  });
  return { ...first, properties: Object.fromEntries(properties) };
}

function withValues({ const: _, ...node }: Node, values: readonly string[]): Node {
  return { ...node, enum: values };
}

function fieldsOf(node: Node, prefix = ''): Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
    const optional = node.required?.includes(name) === true ? '' : ', optional';
    const path = `${prefix}${name}`;
    const field = { path, type: `${typeOf(property)}${optional}`, doc: property.description ?? '' };
    const inner = present(property);
    if (inner.type === 'array') return [field, ...fieldsOf(inner.items ?? {}, `${path}[].`)];
    return [field, ...fieldsOf(inner, `${path}.`)];
  });
}

/** Without the null that a value may be. */
function present(node: Node): Node {
  return node.anyOf?.find(({ type }) => type !== 'null') ?? node;
}

function typeOf(node: Node): string {
  const { type } = node;
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' or ');
  if (typeof type === 'object') return type.map(each => typeOf({ ...node, type: each })).join(' or ');
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map(value => `\`${value}\``).join(', ');
  if (node.type === 'array') return `list of ${plural(typeOf(node.items ?? {}))}`;
  if (
    node.type === 'object' &&
    node.properties === undefined &&
    typeof node.additionalProperties === 'object'
  )
    return `object of name: ${typeOf(node.additionalProperties)}`;
  if (node.type === 'integer') return 'whole number';
  if (node.type === 'number') return `number${range(node)}`;
  if (node.contentEncoding === 'binary') return 'bytes';
  if (node.type === 'string') return TEXTS[node.format ?? ''] ?? 'text';
  return type ?? 'any';
}

const TEXTS: Readonly<Record<string, string>> = { 'date-time': 'time', ulid: 'ULID' };

function plural(type: string): string {
  return type === 'text' ? 'texts' : type === 'object' ? 'objects' : type;
}

function range({ minimum, maximum }: Node): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum}..${maximum}`;
  return minimum === undefined ? '' : ` ≥ ${minimum}`;
}
