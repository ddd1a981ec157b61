const markOf = (name: string): RegExp => new RegExp(`(<!-- ${name} -->)([^]*?)(<!-- /${name} -->)`);

/** What a document of Markdown says between the two comments that name a section. Fails if it has no such section. */
export function sectionOf(doc: string, name: string): string {
  const text = markOf(name).exec(doc)?.[2];
  if (text === undefined) throw new Error(`there is no section <!-- ${name} --> ... <!-- /${name} -->`);
  return text.trim();
}

/** The document with another text in that section. Fails if it has no such section. */
export function withSection(doc: string, name: string, text: string): string {
  sectionOf(doc, name);
  return doc.replace(markOf(name), (_, begin: string, _before: string, end: string) => `${begin}\n${text}\n${end}`);
}
