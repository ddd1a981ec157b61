/** Attributes of an element; undefined ones are left out, numbers are rounded to what a screen can show. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text that means nothing to HTML or SVG. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A number with two decimals at most. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** An element of HTML or SVG. Attributes are escaped, children are markup already. */
export function element(tag: string, attributes: Attributes, ...children: readonly string[]): string {
  const pairs = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}="${typeof value === 'number' ? short(value) : escaped(value)}"`],
  );
  return `<${tag}${pairs.join('')}>${children.join('')}</${tag}>`;
}

/** A text within a picture. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

/** What a pointer that rests on the element shows. */
export function hint(text: string): string {
  return element('title', {}, escaped(text));
}

/** A picture that scales with the page; `description` is for those who can't see it. */
export function picture(width: number, height: number, description: string, ...children: readonly string[]): string {
  const attributes = { viewBox: `0 0 ${short(width)} ${short(height)}`, role: 'img', 'aria-label': description };
  return element('svg', attributes, ...children);
}
