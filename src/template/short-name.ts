/** `ansible.builtin.x` and `ansible.legacy.x` are `x`. */
export function shortName(name: string): string {
  return name.replace(/^ansible\.(?:builtin|legacy)\./, '');
}
