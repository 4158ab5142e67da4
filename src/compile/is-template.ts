/** Whether text holds a template. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}
